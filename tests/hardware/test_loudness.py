"""Equal steps of volume sound equally large."""

from math import log10, pi, sin

import pytest

from hardware.loudness import amplitude, duty


def loudness(swing):
    """In sone, with 1 for the widest swing: it doubles with each 10 dB."""
    return 2 ** (20 * log10(swing) / 10)


@pytest.mark.parametrize("volume", [1, 10, 25, 50, 75, 100])
def test_half_the_volume_is_half_as_loud(volume):
    assert loudness(amplitude(volume)) == pytest.approx(volume / 100, rel=0.02)


@pytest.mark.parametrize("volume", [1, 10, 25, 50, 75, 100])
def test_the_fundamental_of_the_pulses_swings_as_the_volume_says(volume):
    """By its Fourier series, found by summing up one period of the pulses."""
    steps = 20_000
    high = round(duty(volume) * steps)
    fundamental = abs(sum(sin(2 * pi * (step + 0.5 - high / 2) / steps + pi / 2) for step in range(high)))
    widest = abs(sum(sin(2 * pi * (step + 0.5) / steps) for step in range(steps // 2)))

    assert fundamental / widest == pytest.approx(amplitude(volume), abs=0.0002)


def test_the_loudest_pulse_is_half_of_each_period():
    assert duty(100) == 0.5


def test_the_softest_is_no_pulse_at_all():
    assert duty(0) == 0


@pytest.mark.parametrize("volume", [-1, 101])
def test_what_is_no_volume_is_refused(volume):
    with pytest.raises(ValueError, match=f"volume {volume}"):
        amplitude(volume)
