"""Whatever is written can be read, by day and by night, and no result is told by its hue alone."""

from itertools import combinations, product

import pytest

from hardware.theme import DAY, NIGHT, SCALES, Ground, Role, contrast, ground, ink, palette
from kiosk.signals import Mood

by_day_and_night = pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
moods = pytest.mark.parametrize("mood", Mood)


@by_day_and_night
@moods
@pytest.mark.parametrize("where", Ground)
def test_every_ink_stands_out_from_its_ground(where, mood, night):
    inks = {ink(role, where, mood, night=night) for role in Role}

    assert min(contrast(one, ground(where, mood, night=night)) for one in inks) >= 7


@by_day_and_night
def test_moods_can_be_told_apart_without_seeing_colours(night):
    for one, other in combinations(Mood, 2):
        backgrounds = [palette(mood, night=night).background for mood in (one, other)]
        assert contrast(*backgrounds) >= 1.12, (one, other)


@moods
def test_night_is_darker_than_day(mood):
    black = (0, 0, 0)

    assert contrast(NIGHT[mood].background, black) < contrast(DAY[mood].background, black)


@by_day_and_night
@moods
def test_plates_can_be_told_from_the_screen(mood, night):
    colours = palette(mood, night=night)

    assert colours.panel != colours.background


@by_day_and_night
def test_a_guard_on_duty_does_not_look_like_trouble(night):
    calm, ill = (ground(where, Mood.NEUTRAL, night=night) for where in (Ground.CALM, Ground.SIGN))

    assert calm != ill


@pytest.mark.parametrize(
    ("role", "part"),
    [
        (Role.HEADLINE, 8),
        (Role.NAME, 9),
        (Role.DETAIL, 16),
        (Role.NOTE, 16),
        (Role.CHOICE, 16),
        (Role.ROW, 16),
        (Role.HINT, 16),
        (Role.SIGN, 24),
        (Role.KEYS, 24),
        (Role.NOTICE, 24),
        (Role.PLACE, 24),
    ],
)
def test_sizes_are_at_least_what_the_rules_of_the_screen_ask(role, part):
    assert SCALES[role].smallest <= part
    assert SCALES[role].largest <= SCALES[role].smallest


def test_every_role_has_its_size():
    assert set(SCALES) == set(Role)


def test_black_on_white_is_the_greatest_contrast():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


def test_a_known_grey_has_the_contrast_that_others_compute():
    """#767676 on white is the well-known limit of 4.5:1."""
    assert contrast((0x76, 0x76, 0x76), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_no_two_moods_share_a_background():
    for (one, other), night in product(combinations(Mood, 2), (False, True)):
        assert palette(one, night=night).background != palette(other, night=night).background
