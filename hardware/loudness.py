"""How far a tone must swing to sound as loud as a volume says."""

from math import asin, pi

_LOUDNESS_EXPONENT = 0.6


def amplitude(volume: int) -> float:
    """
    The swing of a tone as a share of the widest, so that equal steps of volume sound equally large.

    Loudness grows with the sound pressure to the power 0.6: it doubles with each 10 dB (S. S. Stevens, "The
    Measurement of Loudness", J. Acoust. Soc. Am. 27, 815, 1955; the sone of ISO 532).

    Args:
        volume: 0 to 100.

    Raises:
        ValueError: If the volume is none.
    """
    if not 0 <= volume <= 100:  # noqa: PLR2004 - per cent
        raise ValueError(f"volume {volume}: take 0 to 100")
    return (volume / 100) ** (1 / _LOUDNESS_EXPONENT)


def duty(volume: int) -> float:
    """
    Which part of each period a pin must be high for a square tone of this volume: 0 to 0.5.

    The fundamental of a pulse wave swings by 2/π · sin(π · duty) of the voltage (its Fourier series), widest
    at a half; more than a half is softer again. Short pulses keep their overtones, so the softest volumes
    sound thinner, too.

    Raises:
        ValueError: If the volume is not 0 to 100.
    """
    return asin(amplitude(volume)) / pi
