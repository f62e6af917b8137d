"""Whatever is written can be read."""

from itertools import combinations

import pytest

from hardware.theme import PALETTES, SIGN_GROUND, SIGN_INK, contrast
from kiosk.signals import Mood


@pytest.mark.parametrize("ink", ["foreground", "quiet", "accent"])
@pytest.mark.parametrize("ground", ["background", "panel"])
@pytest.mark.parametrize("mood", Mood)
def test_every_ink_stands_out_from_every_ground(mood, ground, ink):
    palette = PALETTES[mood]
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 7


def test_signs_stand_out_from_their_ground():
    assert contrast(SIGN_INK, SIGN_GROUND) >= 7


def test_black_on_white_is_the_greatest_contrast():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


def test_a_known_grey_has_the_contrast_that_others_compute():
    """#767676 on white is the well-known limit of 4.5:1."""
    assert contrast((0x76, 0x76, 0x76), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_no_two_moods_share_a_background():
    for one, other in combinations(Mood, 2):
        assert PALETTES[one].background != PALETTES[other].background
