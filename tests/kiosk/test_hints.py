"""A code is before the camera and cannot be read: what the door says, and when."""

import pytest

from kiosk import views, words
from kiosk.events import CodeGlimpsed
from kiosk.glimpse import Glimpse
from kiosk.model import Status
from kiosk.signals import Colour, Glow, Pattern
from kiosk.states import OutOfOrder, Showing, Typing, Waiting
from tests import people
from tests.kiosk.doors import Door

FRAME_S = 1 / 15


def glimpsed(door, glimpse, seconds):
    """The camera sees a code on every frame for so long."""
    for _ in range(round(seconds / FRAME_S)):
        door.happen(CodeGlimpsed(glimpse)).wait(FRAME_S)
    return door


def seen(door, language="en", *, keypad=True):
    return door.view(language, status=Status(line_up=True, keypad_present=keypad)).hint


def test_a_moment_is_no_reason_for_a_hint():
    door = glimpsed(Door(), Glimpse.TOO_SMALL, 1.0)

    assert seen(door) == ""
    assert door.sounds == []
    assert views.lamp(door.state, door.clock.now()) == Glow(Colour.DIM_WHITE)


def test_a_code_too_small_for_a_second_and_a_half_is_asked_closer():
    door = glimpsed(Door(), Glimpse.TOO_SMALL, 1.7)

    assert seen(door) == "A little closer, please"
    assert views.lamp(door.state, door.clock.now()) == Glow(Colour.AMBER, Pattern.BREATHING)


def test_the_hint_sounds_once():
    door = glimpsed(Door(), Glimpse.TOO_BRIGHT, 5)

    assert door.sounds == ["hint"]


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("glimpse", sorted(set(Glimpse) - {Glimpse.NOTHING, Glimpse.UNCLEAR}))
def test_each_reason_has_its_words(glimpse, language):
    door = glimpsed(Door(), glimpse, 2)

    assert seen(door, language) == words.load(language).say(f"hint.{glimpse}")


def test_where_nothing_tells_which_hint_is_right_they_come_in_turn():
    door, said = Door(), []
    for _ in range(56):
        glimpsed(door, Glimpse.UNCLEAR, 0.1)
        said.append(seen(door))

    assert list(dict.fromkeys(said)) == [
        "",
        "Hold it still for a moment",
        "A little closer, please",
        "Tilt it a little, away from the light",
    ]


def test_after_eight_seconds_the_keypad_is_offered():
    assert seen(glimpsed(Door(), Glimpse.TOO_SMALL, 8.5)) == "Cannot be read? Key in your number"


def test_without_a_keypad_none_is_offered():
    assert seen(glimpsed(Door(), Glimpse.TOO_SMALL, 8.5), keypad=False) == "A little closer, please"


def test_a_code_taken_away_takes_the_hint_with_it():
    door = glimpsed(Door(), Glimpse.TOO_SMALL, 2)

    assert seen(door.wait(1.1)) == ""


def test_a_frame_without_the_code_does_not_begin_it_all_anew():
    door = glimpsed(Door(), Glimpse.TOO_SMALL, 1.2).wait(0.5)

    assert seen(glimpsed(door, Glimpse.TOO_SMALL, 0.2)) == "A little closer, please"


def test_a_code_that_is_read_at_last_is_answered_at_once():
    door = glimpsed(Door(), Glimpse.TOO_SMALL, 3).show(people.CCCD)

    assert isinstance(door.state, Showing)
    assert seen(door.wait(door.policy.result_s)) == ""


def test_a_glimpse_disturbs_nobody_who_types():
    door = glimpsed(Door().type("0"), Glimpse.TOO_SMALL, 3)

    assert isinstance(door.state, Typing)
    assert "hint" not in door.sounds


@pytest.mark.parametrize("state", [OutOfOrder(), Waiting()])
def test_a_glimpse_alone_is_never_a_visit(state):
    door = glimpsed(Door(state=state), Glimpse.UNCLEAR, 1)

    assert door.journal.visits == []
