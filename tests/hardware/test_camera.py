"""The Pi's camera, as far as a machine without one goes; `tests/device` goes further."""

import sys

import numpy as np
import pytest

from hardware.camera import PicameraCamera
from hardware.scanner import CameraScanner
from kiosk.errors import DeviceMissing, SettingsError


def test_a_machine_without_picamera2_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)

    with pytest.raises(DeviceMissing, match="apt install python3-picamera2"):
        PicameraCamera().open()


def test_closing_a_camera_that_was_never_opened_does_no_harm():
    PicameraCamera().close()


@pytest.mark.parametrize(
    ("rotation_deg", "upright"),
    [(0, [[1, 2], [3, 4]]), (90, [[3, 1], [4, 2]]), (180, [[4, 3], [2, 1]]), (270, [[2, 4], [1, 3]])],
)
def test_a_picture_is_turned_clockwise(rotation_deg, upright):
    """The rows hold two bytes of padding, and a row of colour follows."""
    camera = PicameraCamera(rotation_deg=rotation_deg)
    camera._size_px_given = (2, 2)
    rows = np.array([[1, 2, 9, 9], [3, 4, 9, 9], [7, 7, 7, 7]], np.uint8)

    assert camera._upright(rows).tolist() == upright


@pytest.mark.parametrize(
    "option",
    [{"width_px": 63}, {"width_px": 101}, {"height_px": 5000}, {"frames_per_s": 0}, {"rotation_deg": 45}],
)
def test_an_option_out_of_range_is_named(option):
    (name,) = option

    with pytest.raises(SettingsError, match=f"{name} = "):
        CameraScanner(**option)
