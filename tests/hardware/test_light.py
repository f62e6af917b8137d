"""The white light."""

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.light import GpioLight, NoLight
from hardware.simulated.light import SimulatedLight
from kiosk.errors import DeviceClosed, DeviceMissing

PIN = 21


@pytest.fixture
def pins():
    return MockFactory(pin_class=MockPWMPin)


@pytest.fixture
def light(pins):
    opened = GpioLight(percent=40, pin_factory=pins)
    yield opened
    opened.close()


def test_it_is_dark_at_first(light, pins):
    assert pins.pin(PIN).state == 0


def test_it_shines_as_bright_as_was_asked_for(light, pins):
    light.shine(on=True)
    assert pins.pin(PIN).state == pytest.approx(0.4)


def test_it_goes_dark_again(light, pins):
    light.shine(on=True)
    light.shine(on=False)
    assert pins.pin(PIN).state == 0


def test_asking_again_does_not_touch_the_pin(light, pins):
    light.shine(on=True)
    before = len(pins.pin(PIN).states)
    light.shine(on=True)
    assert len(pins.pin(PIN).states) == before


def test_one_that_shines_where_the_pin_is_low_does(pins):
    light = GpioLight(percent=40, active_high=False, pin_factory=pins)
    light.shine(on=True)
    assert pins.pin(PIN).state == pytest.approx(0.6)
    light.close()


def test_closing_goes_dark_and_twice_does_no_harm(light, pins):
    light.shine(on=True)
    light.close()
    light.close()
    assert pins.pin(PIN).state == 0


def test_a_closed_light_does_not_shine(light):
    light.close()
    with pytest.raises(DeviceClosed):
        light.shine(on=True)


@pytest.mark.usefixtures("light")
def test_a_pin_in_use_is_a_missing_device_with_its_setting(pins):
    with pytest.raises(DeviceMissing, match=r"light\.pin = 21"):
        GpioLight(pin_factory=pins)


def test_a_box_without_a_light_does_nothing():
    light = NoLight(pin=PIN)
    light.shine(on=True)
    light.close()


def test_the_simulated_light_tells_how_bright_it_is():
    light = SimulatedLight(pin=PIN, percent=50)
    light.shine(on=True)
    assert light.brightness == pytest.approx(0.5)
    light.close()
