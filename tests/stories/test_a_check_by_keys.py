"""A technician without a terminal looks at a new box, on its own screen, by its keys."""

import pytest

from tests import people
from tests.ports import free_port
from tests.programs import Bridge, Door

SETS_UP = "kiosk.sets_up=true"


@pytest.fixture
def door(tmp_path):
    bridge = Bridge(tmp_path, free_port(), SETS_UP)
    opened = Door(tmp_path, f"--set={SETS_UP}", "--set=door.same_code_s=1")
    opened.next(state="setting_up")
    yield opened
    opened.stop()
    bridge.stop()


def turned_through(door):
    """Open the check, and turn to its end; how many pages there were."""
    door.say("key 8")
    door.next(state="checking", cue="click")
    pages = 0
    while True:
        # Before anything is found, there is no page to turn to.
        door.say("wait 0.2", "key #")
        line = sounded(door)
        if line["state"] == "setting_up":
            return pages + 1
        pages += line["cue"] == "click"


def sounded(door):
    """The next line with a sound."""
    while True:
        line = door.next()
        if line["cue"]:
            return line


def test_a_new_box_tells_how_its_parts_are_page_by_page(door):
    # More parts than one page holds, and at least one that is ill: nobody has enrolled the box.
    assert turned_through(door) > 2

    # As often as one likes.
    assert turned_through(door) > 1


def test_a_visitor_is_served_meanwhile(door, house):
    door.say("key 8")
    door.next(state="checking")

    door.say(f"show {house.card(people.CCCD)}")

    door.next(state="showing", cue="welcome", reason="welcome")
    door.next(state="setting_up")
