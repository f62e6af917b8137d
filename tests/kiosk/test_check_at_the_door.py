"""The check of the box on its own screen: who opens it, what it shows, and that nobody waits for it."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.checking.examining import check_running
from kiosk.commands import chosen_settings
from kiosk.effects import Examine
from kiosk.events import Examined, KeyPressed, Tick
from kiosk.findings import PAGE_ROWS, Finding, State
from kiosk.flow import step
from kiosk.flow.checking import BEGUN_S, CHECK_S
from kiosk.model import Reason, Status
from kiosk.signals import Choice, Mood
from kiosk.stages import steps
from kiosk.states import Checking, SettingUp, Typing, Waiting
from kiosk.store.handover import Handover
from kiosk.store.holding import BRIDGE, Hold
from kiosk.store.journal import SqliteJournal
from kiosk.store.opening import FILE_NAME
from tests import people
from tests.kiosk.books import BOOT
from tests.kiosk.doors import GUARDED, WELL, Door
from tests.kiosk.setup_codes import NOBODYS, OURS, badge, signed

WELL_PARTS = tuple(Finding(part, State.OK, "well") for part in ("camera", "keypad", *"abcdef"))
ILL = Finding("broker", State.WARNING, "does not answer")
FINDINGS = (*WELL_PARTS, ILL)


def new_box(policy=NOBODYS):
    return Door(policy=policy).happen(Tick(stages=steps()))


def checked():
    """A door at its first page, some seconds after the key."""
    door = new_box().type("8")
    door.clock.move(BEGUN_S)
    return door.happen(Examined(FINDINGS))


def test_a_box_that_is_set_up_offers_its_check():
    assert Choice("8", "Kiểm tra máy") in new_box().view("vi").keys
    assert Choice("8", "Check the box") in new_box().view("en").keys


def test_a_box_without_keys_offers_none():
    assert new_box().view("en", status=Status(keypad_present=False)).keys == ()


def test_a_key_has_the_box_looked_at_and_the_screen_says_so():
    door = new_box()
    state, effects = step(door.state, KeyPressed("8"), door.clock.now(), door.policy)

    assert isinstance(state, Checking)
    assert Examine() in effects
    assert door.type("8").view("en").headline == "CHECKING THE BOX"


def test_a_technicians_badge_opens_the_way_to_it_at_a_box_in_service():
    assert isinstance(Door(policy=OURS).show(badge()).type("8").state, Checking)


@pytest.mark.parametrize("policy", [OURS, GUARDED])
def test_at_a_box_in_service_the_key_begins_a_number(policy):
    door = Door(policy=policy).type("8")

    assert (door.typed, type(door.state)) == ("8", Typing)


def test_the_pages_turn_on_and_back():
    door = checked()
    first = door.view("en")
    assert first.turn == "1/3"

    last = door.type("##").view("en")
    assert last.detail == "look at it · 3/3"
    assert door.type("**").view("en") == first


def test_all_parts_are_told_and_then_what_is_ill():
    door = checked()
    first = door.view("en")
    assert (len(first.rows), first.headline) == (PAGE_ROWS, "THE BOX CAN SERVE")

    ill = door.type("##").view("en")
    assert (ill.headline, ill.note, ill.mood) == ("Way to the centre", "does not answer", Mood.AMBER)


def test_the_keys_say_what_they_do():
    door = checked()
    assert [(one.key, one.text) for one in door.view("en").keys] == [("#", "next"), ("*", "end")]

    assert [(one.key, one.text) for one in door.type("##").view("en").keys] == [("#", "end"), ("*", "back")]


def test_one_page_has_one_key():
    door = new_box().type("8").happen(Examined(WELL_PARTS[:2]))

    assert [(one.key, one.text) for one in door.view("en").keys] == [("#", "end")]


@pytest.mark.parametrize("keys", ["*", "###", "##***"])
def test_it_ends_before_the_first_page_and_behind_the_last(keys):
    door = checked().type(keys)

    assert isinstance(door.happen(Tick(stages=steps())).state, SettingUp)


def test_it_closes_by_itself_some_time_after_the_last_key():
    door = checked().wait(CHECK_S - 1).type("#").wait(CHECK_S - 1)
    assert isinstance(door.state, Checking)

    assert isinstance(door.wait(1).state, SettingUp)


def test_what_comes_too_late_is_not_shown():
    door = new_box().type("8").wait(CHECK_S).happen(Examined(FINDINGS))

    assert isinstance(door.state, SettingUp)


def test_nothing_found_keeps_the_screen_as_it_is():
    door = new_box().type("8").happen(Examined(()))

    assert door.type("#").view("en").headline == "CHECKING THE BOX"
    assert not isinstance(door.type("*").state, Checking)


def test_a_visitor_is_served_meanwhile_and_closes_it():
    door = checked().show(people.CCCD)
    assert door.reason is Reason.WELCOME

    assert isinstance(door.wait(5).happen(Tick(stages=steps())).state, SettingUp)


def test_a_set_up_code_is_taken_meanwhile():
    assert checked().show(signed()).handed_over == [signed()]


def test_a_pin_that_begins_with_the_same_digit_is_typed_all_the_same():
    door = new_box().type("8")
    door.clock.move(BEGUN_S / 2)

    assert door.type("12345").typed == "812345"


def test_other_digits_do_nothing_while_it_is_shown():
    door = checked().type("5")

    assert (type(door.state), door.sounds[-1]) == (Checking, "erase")


def test_the_language_changes_on_every_page():
    door = Door(policy=NOBODYS)
    door.happen(Tick(stages=steps())).type("#8")

    assert door.view("vi", "en").language == "vi"


def test_a_door_that_is_out_of_order_does_not_show_it():
    assert not isinstance(checked().happen(Tick(able=False)).state, Checking | Waiting)


# What the running door finds.


@pytest.fixture
def settings(tmp_path):
    return chosen_settings(
        None, str(tmp_path), ("devices.scanner=camera", "devices.keypad=matrix"), simulated=False
    )


def found(settings, status):
    return {one.part: one for one in check_running(settings, status)}


def test_its_devices_are_told_and_not_tried(settings):
    told = found(settings, Status(scanner_present=False, lost=frozenset({"camera"})))

    assert (told["camera"].state, told["keypad"].state) == (State.MISSING, State.OK)
    assert "screen" not in told


def test_the_network_is_as_the_bridge_tells(settings, tmp_path, monkeypatch):
    """The door has none: any socket that it asked for would be refused."""
    monkeypatch.setattr("socket.socket", _refused)
    hold = Hold(tmp_path, BRIDGE)
    Handover(tmp_path).tell_address("192.0.2.7")

    told = found(settings, WELL)
    hold.release()

    assert (told["network"].state, told["network"].says) == (State.OK, "192.0.2.7")
    assert told["broker"].state is State.OK


def test_a_line_that_is_down_is_a_warning_with_a_remedy(settings):
    told = found(settings, Status(line_up=False))["broker"]

    assert told.state is State.WARNING
    assert "see network" in told.says


def _refused(*_):
    raise PermissionError("no network here")


def test_the_door_keeps_its_locks_on_the_journal(settings, tmp_path):
    """A file that is opened and closed in a process takes all its locks away (sqlite.org/howtocorrupt, 2.2)."""
    with closing(SqliteJournal(tmp_path, boot=BOOT, door=True)) as journal:
        journal.waiting()
        before = locks(tmp_path / FILE_NAME)

        found(settings, WELL)

        assert before
        assert locks(tmp_path / FILE_NAME) == before


def locks(file):
    """The locks that this process has on a file."""
    mark = f" {os.getpid()} "
    lines = Path("/proc/locks").read_text().splitlines()
    return [line.split(":", 1)[1] for line in lines if mark in line and f":{file.stat().st_ino} " in line]
