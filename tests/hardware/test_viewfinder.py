"""The newest frame and nothing older."""

import numpy as np

from hardware.frame import Frame
from hardware.scanner import Scanner
from hardware.simulated.camera import SimulatedCamera
from hardware.viewfinder import VIEWFINDER, Viewfinder


def frame(number):
    return Frame(np.zeros((2, 2), np.uint8), number, float(number))


def test_before_the_first_frame_there_is_none():
    assert Viewfinder().newest() is None


def test_the_newest_frame_takes_the_place_of_the_one_before():
    viewfinder = Viewfinder()
    viewfinder.put(frame(1))
    viewfinder.put(newest := frame(2))

    assert viewfinder.newest() is newest


def test_a_cleared_viewfinder_shows_nothing():
    viewfinder = Viewfinder()
    viewfinder.put(frame(1))
    viewfinder.clear()

    assert viewfinder.newest() is None


def test_scanner_and_screen_meet_at_the_same_one():
    assert Scanner(SimulatedCamera(width_px=64, height_px=64))._viewfinder is VIEWFINDER


def test_no_pixel_shows_in_a_log():
    assert "luma" not in repr(frame(1))
