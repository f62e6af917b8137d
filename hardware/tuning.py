"""
How libcamera is asked to see cards held close: the names and numbers of its controls.

Only what a camera offers is asked for. Numbers are those of libcamera's `control_ids_core.yaml`; a test holds
them against the library's own.
"""

from collections.abc import Mapping
from typing import Any

from hardware.exposing import Exposure, Limits

AF_CONTINUOUS = 2
AF_MACRO = 1
"""On the Camera Module 3: 3 to 15 dioptres, 33 to 7 cm away. Cards and phones are held at 8 to 20 cm."""
AF_FAST = 1
AF_IN_WINDOWS = 1
SHORT_EXPOSURE = 1
"""Rather more gain than more time: noise is read, blur is not."""
FLICKER_MANUAL = 1

Offered = Mapping[str, tuple[Any, Any, Any]]
"""`Picamera2.camera_controls`: the least, the most and the usual of each control."""


def controls(offered: Offered, *, frame_us: int, mains_hz: int) -> dict[str, Any]:
    """
    What a camera is started with.

    Args:
        offered: What it can be asked for.
        frame_us: From one frame to the next, in microseconds.
        mains_hz: Of the current that feeds the lamps: 50, 60, or 0 for lamps that do not flicker.
    """
    wanted: dict[str, Any] = {
        "FrameDurationLimits": (frame_us, frame_us),
        "AfMode": AF_CONTINUOUS,
        "AfRange": AF_MACRO,
        "AfSpeed": AF_FAST,
        "AeExposureMode": SHORT_EXPOSURE,
    }
    # Exposures of whole flickers see each lamp alike; half of the period, since light knows no direction.
    if mains_hz and "AeFlickerPeriod" in offered:
        wanted |= {"AeFlickerMode": FLICKER_MANUAL, "AeFlickerPeriod": 1_000_000 // (2 * mains_hz)}
    return {name: value for name, value in wanted.items() if name in offered}


def focus_window(offered: Offered, area: tuple[int, int, int, int] | None) -> dict[str, Any]:
    """
    Focus by the middle of the picture, for behind a card is a room full of edges.

    Args:
        offered: What the camera can be asked for.
        area: What of the sensor can be seen, as left, top, width and height; None if the camera does not say.
    """
    if area is None or not {"AfMetering", "AfWindows"} <= offered.keys():
        return {}
    left, top, width, height = area
    window = (left + width // 4, top + height // 4, width // 2, height // 2)
    return {"AfMetering": AF_IN_WINDOWS, "AfWindows": [window]}


def limits(offered: Offered, *, frame_us: int) -> Limits | None:
    """What the exposure can be, no longer than a frame; None where the camera cannot be told."""
    if not {"ExposureTime", "AnalogueGain"} <= offered.keys():
        return None
    shortest_us, longest_us, _ = offered["ExposureTime"]
    least_gain, most_gain, _ = offered["AnalogueGain"]
    # Some say 0 for no end.
    longest_us = min(longest_us or frame_us, frame_us)
    return Limits(Exposure(max(1, shortest_us), max(1.0, least_gain)), Exposure(longest_us, most_gain))


def exposure_controls(exposure: Exposure | None) -> dict[str, Any]:
    """What sets an exposure; None is the automatic one, which is asked for by zeros."""
    return {
        "ExposureTime": exposure.time_us if exposure else 0,
        "AnalogueGain": exposure.gain if exposure else 0.0,
    }


def detail_size(
    sensor_px: tuple[int, int], reading_px: tuple[int, int], divisor: int
) -> tuple[int, int] | None:
    """
    Width and height of the finer picture: all that the sensor has of the shape of the other, or a share.

    Args:
        sensor_px: Width and height of the sensor.
        reading_px: Width and height of the picture that is read, which is a part of it made smaller.
        divisor: 1 for all pixels, 2 for half as many across and down.

    Returns:
        Even numbers; None where that is not finer by a fifth at least.
    """
    times = min(sensor / reading for sensor, reading in zip(sensor_px, reading_px, strict=True)) / divisor
    if times < _WORTHWHILE_TIMES:
        return None
    width_px, height_px = (int(length * times) // 2 * 2 for length in reading_px)
    return width_px, height_px


_WORTHWHILE_TIMES = 1.2
