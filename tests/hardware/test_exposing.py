"""How the exposure is stepped."""

from itertools import groupby

import pytest

from hardware.exposing import GONE_FRAMES, LADDERS, PATIENCE_FRAMES, STEP_FRAMES, Exposure, Limits, Stepping
from kiosk.glimpse import Glimpse

AUTOMATIC = Exposure(8000, 2.0)
LIMITS = Limits(Exposure(30, 1.0), Exposure(66_667, 16.0))
NO_HELP = [Glimpse.NOTHING, Glimpse.CUT, Glimpse.TOO_SMALL]


@pytest.fixture
def stepping():
    return Stepping(LIMITS)


def shown(stepping, *glimpses, automatic=AUTOMATIC):
    """The exposures that come of these glimpses, frame by frame."""
    return [stepping.after(glimpse, lambda: automatic) for glimpse in glimpses]


def runs(exposures):
    return [(exposure, len(list(same))) for exposure, same in groupby(exposures)]


@pytest.mark.parametrize("glimpse", NO_HELP)
def test_what_no_exposure_mends_leaves_it_automatic(stepping, glimpse):
    assert set(shown(stepping, *[glimpse] * 100)) == {None}


def test_every_other_glimpse_has_its_steps():
    assert {*LADDERS, *NO_HELP} == {*Glimpse}


@pytest.mark.parametrize(
    ("glimpse", "steps"),
    [
        (Glimpse.UNCLEAR, [(4000, 2.0), (8000, 4.0), (2000, 2.0)]),
        (Glimpse.TOO_BRIGHT, [(4000, 2.0), (2000, 2.0), (1000, 2.0)]),
        (Glimpse.TOO_DARK, [(8000, 4.0), (8000, 8.0), (16_000, 4.0)]),
        (Glimpse.TOO_BLURRED, [(4000, 4.0), (2000, 8.0), (4000, 2.0)]),
    ],
)
def test_a_code_that_is_not_read_is_tried_with_other_exposures_again_and_again(stepping, glimpse, steps):
    seen = [(Exposure(*step), STEP_FRAMES) for step in steps]
    frames = PATIENCE_FRAMES - 1 + (len(steps) + 1) * STEP_FRAMES * 2

    assert runs(shown(stepping, *[glimpse] * frames)) == [
        (None, PATIENCE_FRAMES - 1),
        *seen,
        (None, STEP_FRAMES),
        *seen,
        (None, STEP_FRAMES),
    ]


def test_a_code_that_is_read_within_a_moment_changes_nothing(stepping):
    glimpses = [Glimpse.UNCLEAR] * (PATIENCE_FRAMES - 1) + [Glimpse.NOTHING] * GONE_FRAMES

    assert set(shown(stepping, *glimpses * 3)) == {None}


def test_the_exposure_that_reads_stays_for_a_moment_and_then_it_is_automatic(stepping):
    shown(stepping, *[Glimpse.UNCLEAR] * PATIENCE_FRAMES)

    exposures = shown(stepping, *[Glimpse.NOTHING] * (GONE_FRAMES + 5))

    assert runs(exposures) == [(Exposure(4000, 2.0), GONE_FRAMES - 1), (None, 6)]


def test_a_frame_that_shows_nothing_now_and_then_does_not_begin_anew(stepping):
    shown(stepping, *[Glimpse.UNCLEAR] * (PATIENCE_FRAMES + STEP_FRAMES - 1), Glimpse.NOTHING)

    assert shown(stepping, Glimpse.UNCLEAR) == [Exposure(8000, 4.0)]


def test_steps_start_from_what_the_camera_chose_for_the_room_as_it_is(stepping):
    cycle = [Glimpse.UNCLEAR] * (PATIENCE_FRAMES + 4 * STEP_FRAMES - 1)
    shown(stepping, *cycle)

    assert shown(stepping, Glimpse.UNCLEAR, automatic=Exposure(1000, 1.0)) == [Exposure(500, 1.0)]


def test_no_step_leaves_what_the_camera_can_do():
    stepping = Stepping(Limits(Exposure(5000, 1.0), Exposure(9000, 3.0)))

    exposures = shown(stepping, *[Glimpse.TOO_BLURRED] * 60, *[Glimpse.NOTHING] * 9)
    exposures += shown(stepping, *[Glimpse.TOO_DARK] * 60)

    assert {exposure for exposure in exposures if exposure} == {
        Exposure(5000, 3.0),
        Exposure(5000, 2.0),
        Exposure(8000, 3.0),
        Exposure(9000, 3.0),
    }
