"""The pins of the box."""

import sys
from types import ModuleType

import pytest
from gpiozero import Device

from hardware.pins import missing, real_pins, simulated_pins
from kiosk.errors import DeviceMissing


@pytest.fixture(autouse=True)
def no_pins_yet(monkeypatch):
    monkeypatch.setattr(Device, "pin_factory", None)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)


def test_without_lgpio_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "lgpio", None)

    with pytest.raises(DeviceMissing, match="lgpio is missing; sudo apt install python3-lgpio"):
        real_pins()


def test_an_old_library_of_the_same_name_is_told_from_the_right_one(monkeypatch):
    """PyPI gives it to Python 3.13, which has no wheel of the right one."""
    monkeypatch.setitem(sys.modules, "lgpio", ModuleType("lgpio"))

    with pytest.raises(DeviceMissing, match="pip uninstall lgpio"):
        real_pins()


def test_another_library_is_taken_where_it_is_named(monkeypatch):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")

    assert type(real_pins()).__name__ == "MockFactory"
    assert real_pins() is real_pins()


def test_a_library_that_does_not_exist_is_no_bug(monkeypatch):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "no-such-library")

    with pytest.raises(DeviceMissing, match="no-such-library"):
        real_pins()


def test_all_simulated_devices_share_their_pins():
    assert simulated_pins() is simulated_pins()


def test_a_pin_that_another_program_holds_is_told_apart():
    """As lgpio says it."""
    assert "`gpioinfo` names it" in str(missing("button.pin = 26", Exception("'GPIO busy'")))


def test_any_other_trouble_with_a_pin_leads_to_the_wiring():
    assert "match the wiring" in str(missing("button.pin = 99", ValueError("no pin 99")))
