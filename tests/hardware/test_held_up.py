"""How well a code is seen: its size, the size of its squares, how sharp; never what it says."""

import cv2
import numpy as np
import pytest

from hardware import held_up
from hardware.frame import Frame
from hardware.pictures import load_luma
from hardware.simulated.codes import write_code
from hardware.viewfinder import Viewfinder
from tests import people


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A card's code in the middle of a camera's picture, about 300 pixels wide."""
    write_code(people.CCCD, path := tmp_path_factory.mktemp("code") / "card.png")
    code = cv2.resize(load_luma(path), (300, 300), interpolation=cv2.INTER_AREA)
    picture = np.full((720, 1280), 200, np.uint8)
    picture[200:500, 400:700] = code
    return picture


def test_a_code_that_is_seen_well_is_told_in_figures(scene):
    seen = held_up.look(scene)

    assert seen.is_good
    assert 0.15 < seen.share < 0.24
    assert 3 < seen.module_px < 9
    assert "Thử" not in str(seen)
    assert str(seen).startswith(f"fills {seen.share:.0%} of the picture's width")


def test_a_blurred_one_says_what_to_do(scene):
    seen = held_up.look(cv2.GaussianBlur(scene, (0, 0), 2.2))

    assert not seen.is_good
    assert str(seen).endswith("blurred; clean the lens, set its focus to where cards are held")


def test_a_small_one_says_what_to_do(scene):
    small = cv2.resize(scene, None, fx=0.42, fy=0.42, interpolation=cv2.INTER_AREA)
    seen = held_up.look(small)

    assert seen.module_px < 3
    assert not seen.is_good


def test_where_no_code_is_there_is_nothing_to_tell():
    assert held_up.look(np.full((480, 640), 120, np.uint8)) is None
    assert held_up.held_up(Viewfinder()) is None


def test_the_newest_picture_is_looked_at(scene):
    viewfinder = Viewfinder()
    viewfinder.put(Frame(scene, 1, 0.0))

    good, says = held_up.held_up(viewfinder)

    assert good
    assert "sharpness" in says


@pytest.mark.parametrize("flat", [np.zeros((1, 9), np.uint8), np.full((9, 9), 7, np.uint8)])
def test_what_has_no_edges_is_not_sharp(flat):
    assert held_up.sharpness(flat) == 0
