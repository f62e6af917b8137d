"""The button inside the box."""

from contextlib import closing
from threading import Event

import pytest
from gpiozero import GPIODevice
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.button import GpioButton, NoButton
from hardware.simulated.button import SimulatedButton
from kiosk.reports import ButtonHeld, DeviceChange
from tests.hardware.hearing import hearing

PIN = 26
HOLD_S = 0.05
LONG_S = 6 * HOLD_S
THERE = DeviceChange("button", present=True, part="button")


@pytest.fixture
def pins():
    return MockFactory()


def pause(seconds):
    """Let time pass in which nothing should happen."""
    Event().wait(seconds)


def test_a_button_held_long_enough_is_told_once(pins):
    with hearing(GpioButton(hold_s=HOLD_S, pin_factory=pins)) as door:
        assert door.next() == THERE
        pins.pin(PIN).drive_low()
        assert door.next() == ButtonHeld()
        pause(LONG_S)
        assert door.rest() == []


def test_a_button_held_again_is_told_again(pins):
    with hearing(GpioButton(hold_s=HOLD_S, pin_factory=pins)) as door:
        assert door.next() == THERE
        for _ in range(2):
            pins.pin(PIN).drive_low()
            assert door.next() == ButtonHeld()
            pins.pin(PIN).drive_high()


def test_a_button_pressed_in_passing_is_nothing(pins):
    with hearing(GpioButton(hold_s=30, pin_factory=pins)) as door:
        assert door.next() == THERE
        pins.pin(PIN).drive_low()
        pins.pin(PIN).drive_high()
        pause(LONG_S)
        assert door.rest() == []


class StuckPin(MockPin):
    """A wire that touches ground until it is mended."""

    is_stuck = True

    def drive_high(self):
        if self.is_stuck:
            self.drive_low()
        else:
            super().drive_high()


def test_a_button_that_is_stuck_from_the_start_opens_nothing():
    pins = MockFactory(pin_class=StuckPin)
    with hearing(GpioButton(hold_s=HOLD_S, pin_factory=pins)) as door:
        assert door.next() == THERE
        pause(LONG_S)
        assert door.rest() == []
        pins.pin(PIN).is_stuck = False
        pins.pin(PIN).drive_high()
        pins.pin(PIN).drive_low()
        assert door.next() == ButtonHeld()


def test_a_pin_in_use_is_told_with_its_setting():
    pins = MockFactory()
    with closing(GPIODevice(PIN, pin_factory=pins)), hearing(GpioButton(pin_factory=pins)) as door:
        lost = door.next()
    assert (lost.device, lost.present) == ("button", False)
    assert lost.problem.startswith("button.pin = 26: ")


def test_after_the_end_the_pin_is_free_again(pins):
    with hearing(GpioButton(pin_factory=pins)) as door:
        assert door.next() == THERE
    GPIODevice(PIN, pin_factory=pins).close()


def test_a_box_without_a_button_reports_nothing():
    with hearing(NoButton(pin=PIN, hold_s=3)) as door:
        pause(HOLD_S)
        assert door.rest() == []


def test_the_simulated_button_is_held_by_its_lever():
    button = SimulatedButton(pin=PIN, hold_s=HOLD_S)
    with hearing(button) as door:
        button.hold()
        assert [door.next(), door.next()] == [THERE, ButtonHeld()]
        button.let_go()
