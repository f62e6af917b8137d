"""Several devices that do the same, as one."""

from queue import SimpleQueue
from threading import Event

import pytest

from kiosk.joining import JoinedKeypad, JoinedScanner
from kiosk.model import Source
from kiosk.reports import DeviceChange, KeyPress, Reading
from tests.hardware.hearing import SOON_S, Hearing, hearing

FOUND = {name: DeviceChange("scanner", present=True, part=name) for name in ("camera", "wedge")}
LOST = {name: DeviceChange("scanner", present=False, problem="gone", part=name) for name in FOUND}


class Part:
    """A device that says what a test wants it to."""

    def __init__(self):
        self.last_frame_s = None
        self.begun = Event()
        self.saying = SimpleQueue()
        self.ended = Event()

    def run(self, report, stop):
        self.begun.set()
        while not stop.is_set():
            if self.saying.empty():
                stop.wait(0.001)
                continue
            said = self.saying.get()
            if isinstance(said, BaseException):
                raise said
            if said is None:
                return
            report(said)
        self.ended.set()


class Hanging:
    """A camera that hangs in its library for ever."""

    last_frame_s = None

    def __init__(self):
        self.over = Event()

    def run(self, report, stop):
        self.over.wait()


@pytest.fixture
def camera():
    return Part()


@pytest.fixture
def wedge():
    return Part()


@pytest.fixture
def joined(camera, wedge):
    return JoinedScanner({"camera": camera, "wedge": wedge})


@pytest.fixture
def door(joined):
    with hearing(joined) as listening:
        yield listening


def test_each_part_is_heard(door, camera, wedge):
    for part, text in ((camera, "a"), (wedge, "b")):
        part.saying.put(Reading((text,), Source.READER))

        assert door.next().texts == (text,)


def test_each_part_says_for_itself_that_it_is_lost(door, camera):
    camera.saying.put(LOST["camera"])

    assert door.next() == LOST["camera"]


def test_keys_come_from_whichever_keypad():
    parts = {"matrix": Part(), "usb": Part()}
    with hearing(JoinedKeypad(parts)) as door:
        for part, key in zip(parts.values(), "12", strict=True):
            part.saying.put(KeyPress(key))

            assert door.next() == KeyPress(key)


def test_all_parts_end_with_the_door(joined, camera, wedge):
    with hearing(joined):
        camera.begun.wait(SOON_S)
        wedge.begun.wait(SOON_S)

    assert camera.ended.is_set()
    assert wedge.ended.is_set()


def test_a_part_that_takes_its_time_to_end_is_waited_for(joined, camera, wedge):
    """Not only the first one to end."""

    class Slow(Part):
        def run(self, report, stop):
            super().run(report, stop)
            wedge.ended.wait(SOON_S)
            self.ended.clear()
            for _ in range(100_000):
                pass
            self.ended.set()

    joined.parts["camera"] = slow = Slow()
    with hearing(joined):
        slow.begun.wait(SOON_S)
        wedge.begun.wait(SOON_S)

    assert slow.ended.is_set()


@pytest.mark.parametrize("name", ["camera", "wedge"])
def test_a_bug_of_any_part_is_a_bug_of_all(joined, name):
    door = Hearing(joined)
    joined.parts[name].saying.put(bug := ZeroDivisionError())
    door.thread.join(SOON_S)

    assert door.problem is bug
    door.end()


def test_a_part_that_ends_unasked_ends_all(joined, wedge):
    door = Hearing(joined)
    wedge.saying.put(None)
    door.thread.join(SOON_S)

    assert not door.thread.is_alive()
    assert door.problem is None
    door.end()


def test_a_part_that_hangs_does_not_keep_the_door_from_ending(monkeypatch):
    monkeypatch.setattr("kiosk.joining._END_S", 0.05)
    hanging = Hanging()
    with hearing(JoinedScanner({"camera": hanging, "wedge": Part()})):
        pass
    hanging.over.set()


def test_before_it_runs_nothing_has_lived(joined):
    assert joined.last_frame_s is None


def test_the_stalest_part_counts(door, joined, camera, wedge):
    """A camera that hangs is not hidden by a reader that lives."""
    for part, name, seen_s in ((camera, "camera", 50.0), (wedge, "wedge", 90.0)):
        part.last_frame_s = seen_s
        part.saying.put(FOUND[name])
        door.next()

    assert joined.last_frame_s == 50.0


def test_a_part_that_is_lost_does_not_count(door, joined, camera, wedge):
    camera.last_frame_s, wedge.last_frame_s = None, 90.0
    camera.saying.put(LOST["camera"])
    door.next()

    assert joined.last_frame_s == 90.0


def test_a_part_that_came_back_counts_again(door, joined, camera, wedge):
    wedge.last_frame_s = 90.0
    for change in (LOST["camera"], FOUND["camera"]):
        camera.saying.put(change)
        door.next()
    camera.last_frame_s = 50.0

    assert joined.last_frame_s == 50.0


def test_when_all_are_lost_nothing_lives(door, joined, camera, wedge):
    for part, name in ((camera, "camera"), (wedge, "wedge")):
        part.saying.put(LOST[name])
        door.next()

    assert joined.last_frame_s is None


def test_a_part_that_never_told_anything_is_as_stale_as_the_door_is_old(joined, camera, wedge):
    wedge.last_frame_s = float("inf")
    with hearing(joined):
        camera.begun.wait(SOON_S)

        assert joined.last_frame_s < float("inf")
