"""What libcamera is asked for."""

import pytest

from hardware import tuning
from hardware.exposing import Exposure, Limits

CAMERA_MODULE_3 = {
    "FrameDurationLimits": (69_669, 220_535_845, None),
    "ExposureTime": (26, 220_416_802, 20_000),
    "AnalogueGain": (1.12, 16.0, 1.0),
    "AeExposureMode": (0, 3, 0),
    "AeFlickerMode": (0, 1, 0),
    "AeFlickerPeriod": (100, 1_000_000, None),
    "AfMode": (0, 2, 0),
    "AfRange": (0, 2, 0),
    "AfSpeed": (0, 1, 0),
    "AfMetering": (0, 1, 0),
    "AfWindows": ((0, 0, 0, 0), (65535, 65535, 65535, 65535), (0, 0, 0, 0)),
}
"""What such a camera offers, as picamera2 tells it."""
FRAME_US = 66_667


def test_a_camera_that_focuses_is_asked_for_what_is_near_and_for_short_exposures():
    assert tuning.controls(CAMERA_MODULE_3, frame_us=FRAME_US, mains_hz=50) == {
        "FrameDurationLimits": (FRAME_US, FRAME_US),
        "AfMode": tuning.AF_CONTINUOUS,
        "AfRange": tuning.AF_MACRO,
        "AfSpeed": tuning.AF_FAST,
        "AeExposureMode": tuning.SHORT_EXPOSURE,
        "AeFlickerMode": tuning.FLICKER_MANUAL,
        "AeFlickerPeriod": 10_000,
    }


def test_where_mains_have_60_hz_lamps_flicker_120_times_a_second():
    assert tuning.controls(CAMERA_MODULE_3, frame_us=FRAME_US, mains_hz=60)["AeFlickerPeriod"] == 8333


def test_lamps_that_do_not_flicker_are_not_heeded():
    assert not any("Flicker" in name for name in tuning.controls(CAMERA_MODULE_3, frame_us=1, mains_hz=0))


@pytest.mark.parametrize("offered", [{}, {"AeExposureMode": (0, 3, 0)}, {"AfMode": (0, 2, 0)}])
def test_nothing_is_asked_for_that_is_not_offered(offered):
    assert tuning.controls(offered, frame_us=FRAME_US, mains_hz=50).keys() == offered.keys()
    assert tuning.focus_window(offered, (0, 0, 4608, 2592)) == {}
    assert tuning.limits(offered, frame_us=FRAME_US) is None


def test_it_focuses_by_the_middle_of_what_can_be_seen():
    assert tuning.focus_window(CAMERA_MODULE_3, (100, 0, 4000, 2000)) == {
        "AfMetering": tuning.AF_IN_WINDOWS,
        "AfWindows": [(1100, 500, 2000, 1000)],
    }


def test_a_camera_that_does_not_say_what_it_sees_focuses_as_it_likes():
    assert tuning.focus_window(CAMERA_MODULE_3, None) == {}


def test_no_exposure_is_longer_than_a_frame():
    assert tuning.limits(CAMERA_MODULE_3, frame_us=FRAME_US) == Limits(
        Exposure(26, 1.12), Exposure(FRAME_US, 16.0)
    )


def test_a_camera_without_a_longest_exposure_has_that_of_a_frame():
    offered = {"ExposureTime": (0, 0, None), "AnalogueGain": (1.0, 8.0, None)}

    assert tuning.limits(offered, frame_us=FRAME_US) == Limits(Exposure(1, 1.0), Exposure(FRAME_US, 8.0))


def test_an_exposure_is_asked_for_by_its_numbers_and_the_automatic_one_by_zeros():
    assert tuning.exposure_controls(Exposure(5000, 2.0)) == {"ExposureTime": 5000, "AnalogueGain": 2.0}
    assert tuning.exposure_controls(None) == {"ExposureTime": 0, "AnalogueGain": 0.0}


@pytest.mark.parametrize(
    ("sensor_px", "reading_px", "divisor", "fine_px"),
    [
        ((4608, 2592), (1280, 720), 1, (4608, 2592)),
        ((4608, 2592), (1280, 720), 2, (2304, 1296)),
        ((3280, 2464), (1280, 720), 2, (1640, 922)),
        ((4608, 2592), (640, 480), 1, (3456, 2592)),
        ((2592, 1944), (1280, 720), 2, None),
        ((1280, 720), (1280, 720), 1, None),
    ],
    ids=["whole", "half", "cut to its shape", "cut at its sides", "hardly finer", "no finer"],
)
def test_the_finer_picture_is_all_that_has_the_shape_of_the_other(sensor_px, reading_px, divisor, fine_px):
    assert tuning.detail_size(sensor_px, reading_px, divisor) == fine_px
