"""What the door can tell of a code that it cannot read."""

import cv2
import numpy as np
import pytest

from hardware.decoder import Decoder
from hardware.glimpsing import glimpse
from hardware.simulated.codes import draw_code
from hardware.straightening import Located
from hardware.watching import Place
from kiosk.glimpse import Glimpse
from tests import people
from tests.clips import clip

QUIET_MODULES = 4


def room():
    return np.full((480, 640), 118, np.uint8)


def found(module_px, *, top_px=40, left_px=60, dark=30, light=215, soft_px=0.4):
    """A room with a code in it, and the place where it was found."""
    drawn = draw_code(people.CCCD, module_px=1)
    modules = drawn.shape[0] - 2 * QUIET_MODULES
    side_px = round(drawn.shape[0] * module_px)
    code = cv2.resize(drawn, (side_px, side_px), interpolation=cv2.INTER_AREA)
    luma = room()
    seen = luma[top_px : top_px + side_px, left_px : left_px + side_px]
    levels = dark + code[: seen.shape[0], : seen.shape[1]].astype(float) * (light - dark) / 255
    seen[:] = cv2.GaussianBlur(levels, (0, 0), soft_px).clip(0, 255).astype(np.uint8)
    first_px, last_px = QUIET_MODULES * module_px, (QUIET_MODULES + modules) * module_px
    square = [(first_px, first_px), (last_px, first_px), (last_px, last_px), (first_px, last_px)]
    corners = np.array(square, np.float32) + np.array([left_px, top_px], np.float32)
    return luma, Place(0, 0, 480, Located(corners, modules))


def test_a_good_code_that_is_not_read_all_the_same_is_unclear():
    assert glimpse(*found(5)) is Glimpse.UNCLEAR


def test_a_code_far_away_is_too_small():
    assert glimpse(*found(1.8)) is Glimpse.TOO_SMALL


def test_a_code_out_of_focus_is_too_blurred():
    assert glimpse(*found(6, soft_px=6)) is Glimpse.TOO_BLURRED


def test_a_code_in_the_dark_is_too_dark():
    assert glimpse(*found(5, dark=10, light=40)) is Glimpse.TOO_DARK


def test_a_dazzling_screen_is_too_bright():
    assert glimpse(*found(5, dark=180, light=255)) is Glimpse.TOO_BRIGHT


@pytest.mark.parametrize("edge", [{"left_px": 380}, {"top_px": 260}])
def test_a_code_half_outside_is_cut(edge):
    assert glimpse(*found(6, **edge)) is Glimpse.CUT


def test_small_counts_before_bright_since_closer_helps_with_both():
    assert glimpse(*found(1.8, dark=180, light=255)) is Glimpse.TOO_SMALL


def test_a_texture_that_may_be_a_code_is_judged_by_its_light_alone():
    assert glimpse(room(), Place(0, 0, 200)) is Glimpse.UNCLEAR
    assert glimpse(room() // 4, Place(0, 0, 200)) is Glimpse.TOO_DARK
    assert glimpse(room() * 0 + 255, Place(0, 0, 200)) is Glimpse.TOO_BRIGHT


def test_a_mere_guess_is_nothing():
    assert glimpse(room(), Place(0, 0, 200, is_guess=True)) is Glimpse.NOTHING


def test_an_empty_room_shows_nothing_though_somebody_walks_by():
    decoder, seen = Decoder(), set()
    for shot in clip("empty", 1, width_px=640, height_px=360):
        decoder.read(shot.luma)
        seen.add(decoder.glimpse)

    assert seen == {Glimpse.NOTHING}


def test_a_code_that_is_read_leaves_no_glimpse():
    decoder = Decoder()

    assert decoder.read(draw_code(people.CCCD, module_px=4)) == [people.CCCD]
    assert decoder.glimpse is Glimpse.NOTHING


def test_a_phone_too_far_away_is_asked_closer():
    decoder, seen = Decoder(), set()
    for shot in clip("phone_far", 2, width_px=640, height_px=360):
        decoder.read(shot.luma)
        seen.add(decoder.glimpse)

    assert Glimpse.TOO_SMALL in seen
