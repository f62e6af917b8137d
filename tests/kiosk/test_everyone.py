"""For everyone: the language and the time that somebody needs."""

import pytest

from kiosk.rules import Policy
from kiosk.states import Showing, Typing, Waiting
from tests import people
from tests.kiosk.doors import ZONE, Door

TWO = Policy(ZONE, languages=2)


def test_a_key_changes_the_language():
    door = Door(policy=TWO).type("#")

    assert door.view("vi", "en").headline == "Hold your card or code to the camera"


def test_the_key_says_the_language_it_changes_to():
    door = Door(policy=TWO)
    assert door.view("vi", "en").keys[-1].text == "English"

    assert door.type("#").view("vi", "en").keys[-1].text == "Tiếng Việt"


def test_after_the_last_language_comes_the_first():
    assert Door(policy=TWO).type("##").state.memory.language == 0


def test_the_answer_is_in_the_language_that_was_chosen():
    door = Door(policy=TWO).type("#").wait(2).show(people.CCCD)

    assert door.view("vi", "en").headline == "WELCOME"


def test_the_next_visitor_is_greeted_in_the_first_language():
    door = Door(policy=TWO).type("#").wait(29)
    assert door.state.memory.language == 1

    assert door.wait(1).state.memory.language == 0


def test_the_language_stays_while_somebody_is_at_it():
    door = Door(policy=TWO).type("#")
    for _ in range(20):
        door.wait(10).type("0")

    assert door.state.memory.language == 1


def test_a_foreigner_does_not_change_the_language_for_those_who_come_after():
    door = Door(policy=TWO).type("#")
    for card in (people.CCCD, people.CAN_CUOC, people.PERSONAL_QR):
        door.wait(11).show(card)
    door.wait(5).wait(0.1)

    assert door.state.memory.language == 0


def test_a_place_of_one_language_offers_none():
    assert all(choice.key != "#" for choice in Door().view().keys)


def test_the_fourth_column_changes_the_language_on_any_screen():
    door = Door(policy=TWO).show(people.CCCD).type("A")

    assert door.view("vi", "en").headline == "WELCOME"


def test_a_key_doubles_the_time_of_an_answer():
    door = Door().show(people.CCCD).wait(1).type("*").wait(7.9)
    assert isinstance(door.state, Showing)

    assert isinstance(door.wait(0.2).state, Waiting)


@pytest.mark.parametrize("key", ["*", "B"])
def test_a_key_doubles_the_time_to_type(key):
    door = Door().type(f"*{key}").wait(39)
    assert isinstance(door.state, Typing)

    assert isinstance(door.wait(2).state, Waiting)


def test_whoever_wanted_time_has_it_until_they_are_gone():
    door = Door().type("*B").type("0912").wait(39)
    assert door.typed == "0912"

    door.wait(2).wait(0.1)
    assert not door.state.memory.unhurried


def test_the_fourth_column_erases_the_whole_number():
    assert Door().type("0912C").typed == ""


def test_the_fourth_column_opens_the_keypad():
    assert isinstance(Door().type("D").state, Typing)
