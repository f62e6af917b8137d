"""A device that is brought back whenever it is missing or lost."""

from threading import Event

import pytest

from hardware.reopening import Reopening
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.reports import DeviceChange
from tests.hardware.hearing import SOON_S

FOUND = DeviceChange("keypad", present=True, part="usb")


def gone(problem):
    return DeviceChange("keypad", present=False, problem=problem, part="usb")


class Device:
    """A device that opens and works as a test has written down; at the end of that the door ends."""

    def __init__(self, *happenings):
        self.happenings = list(happenings)
        self.opened = self.closed = 0
        self.stop = Event()
        self.told = []

    def open(self):
        happening = self.happenings.pop(0)
        if isinstance(happening, Exception):
            raise happening
        self.opened += 1
        self.work_ends_with = happening
        return self

    def work(self, opened):
        assert opened is self
        if self.work_ends_with is None:
            self.stop.set()
        else:
            raise DeviceLost(self.work_ends_with)

    def close(self):
        self.closed += 1

    def serve(self):
        Reopening("keypad", "usb", first_pause_s=0.001, longest_pause_s=0.002).serve(
            self.open, self.work, self.told.append, self.stop
        )
        return self.told


def test_a_device_that_is_there_is_found():
    assert Device(None).serve() == [FOUND]


def test_a_device_that_stays_missing_is_told_once():
    assert Device(*[DeviceMissing("not there")] * 4, None).serve() == [gone("not there"), FOUND]


def test_another_problem_of_what_is_missing_is_told_too():
    told = Device(DeviceMissing("not there"), DeviceMissing("taken"), None).serve()

    assert told == [gone("not there"), gone("taken"), FOUND]


def test_each_loss_is_told():
    told = Device("cable", "cable", None).serve()

    assert told == [FOUND, gone("cable"), FOUND, gone("cable"), FOUND]


def test_whatever_was_opened_is_closed():
    device = Device("cable", DeviceMissing("not there"), None)
    device.serve()

    assert (device.opened, device.closed) == (2, 2)


def test_a_bug_is_no_loss_and_closes_it_too():
    device = Device(None)
    device.work = lambda _opened: 1 / 0

    with pytest.raises(ZeroDivisionError):
        device.serve()
    assert (device.closed, device.told) == (1, [FOUND])


def test_the_end_of_the_door_ends_a_long_pause():
    device = Device(*[DeviceMissing("not there")] * 2)
    reopening = Reopening("keypad", "usb", first_pause_s=10 * SOON_S, longest_pause_s=10 * SOON_S)

    def tell(change):
        device.told.append(change)
        device.stop.set()

    reopening.serve(device.open, device.work, tell, device.stop)

    assert device.told == [gone("not there")]


def test_a_door_that_has_ended_opens_nothing():
    device = Device()
    device.stop.set()

    assert device.serve() == []
