"""The lamp."""

from threading import Event

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.lamp import BLINK_S, BREATH_S, SHARES, GpioLamp
from hardware.simulated.lamp import SimulatedLamp
from kiosk.errors import DeviceClosed, DeviceMissing
from kiosk.signals import Colour, Glow, Pattern

RED, GREEN, BLUE = 17, 27, 22
SOON_S = 5


class WatchedPin(MockPWMPin):
    """Says when it has gone bright and dark again."""

    def __init__(self, factory, info):
        self.lit, self.dark_again = Event(), Event()
        super().__init__(factory, info)

    def _change_state(self, value):
        if value > 0:
            self.lit.set()
        elif self.lit.is_set():
            self.dark_again.set()
        return super()._change_state(value)


@pytest.fixture
def pins():
    return MockFactory(pin_class=WatchedPin)


@pytest.fixture
def lamp(pins):
    opened = GpioLamp(pin_factory=pins)
    yield opened
    opened.close()


def shine(pins):
    return tuple(pins.pin(number).state for number in (RED, GREEN, BLUE))


@pytest.mark.parametrize("colour", Colour)
def test_a_steady_colour_shines_as_its_shares_say(lamp, pins, colour):
    lamp.light(Glow(colour))
    assert shine(pins) == pytest.approx(SHARES[colour])


def test_no_two_colours_are_alike():
    assert len(set(SHARES.values())) == len(Colour)


def test_no_pattern_flashes_as_fast_as_can_harm():
    """Three times a second is the most; this blinks once, and breathes in four seconds."""
    assert (2 * BLINK_S, 2 * BREATH_S) == (1, 4)


def test_blinking_goes_on_and_off(lamp, pins):
    lamp.light(Glow(Colour.RED, Pattern.BLINKING))
    assert pins.pin(RED).lit.wait(SOON_S)
    assert pins.pin(RED).dark_again.wait(SOON_S)


def test_blinking_in_red_leaves_blue_dark(lamp, pins):
    lamp.light(Glow(Colour.RED, Pattern.BLINKING))
    assert pins.pin(RED).lit.wait(SOON_S)
    assert not pins.pin(BLUE).lit.is_set()


def test_breathing_swells_slowly(lamp, pins):
    lamp.light(Glow(Colour.BLUE, Pattern.BREATHING))
    assert pins.pin(BLUE).lit.wait(SOON_S)
    assert 0 < pins.pin(BLUE).state < 0.5


def test_the_same_glow_does_not_restart_its_pattern(lamp):
    lamp.light(Glow(Colour.RED, Pattern.BLINKING))
    pattern = lamp._light._blink_thread
    lamp.light(Glow(Colour.RED, Pattern.BLINKING))
    assert lamp._light._blink_thread is pattern


def test_a_steady_colour_ends_a_pattern(lamp, pins):
    lamp.light(Glow(Colour.RED, Pattern.BLINKING))
    lamp.light(Glow(Colour.GREEN))
    assert lamp._light._blink_thread is None
    assert shine(pins) == (0, 1, 0)


def test_a_light_with_a_common_anode_shines_where_the_pin_is_low(pins):
    lamp = GpioLamp(active_high=False, pin_factory=pins)
    lamp.light(Glow(Colour.RED))
    assert shine(pins) == (0, 1, 1)
    lamp.close()


def test_closing_goes_dark_in_the_middle_of_a_pattern(lamp, pins):
    lamp.light(Glow(Colour.RED, Pattern.BLINKING))
    assert pins.pin(RED).lit.wait(SOON_S)
    lamp.close()
    assert shine(pins) == (0, 0, 0)


def test_closing_twice_does_no_harm(lamp):
    lamp.close()
    lamp.close()


def test_a_closed_lamp_does_not_shine(lamp):
    lamp.close()
    with pytest.raises(DeviceClosed):
        lamp.light(Glow(Colour.RED))


def test_a_pin_in_use_is_a_missing_device_with_a_remedy(lamp, pins):
    with pytest.raises(DeviceMissing, match=r"lamp\.red_pin = 17"):
        GpioLamp(pin_factory=pins)


def test_pins_of_a_lamp_that_could_not_open_are_free_again(lamp, pins):
    with pytest.raises(DeviceMissing):
        GpioLamp(red_pin=2, green_pin=3, blue_pin=BLUE, pin_factory=pins)
    GpioLamp(red_pin=2, green_pin=3, blue_pin=4, pin_factory=pins).close()


def test_the_simulated_lamp_remembers_how_it_glowed():
    lamp = SimulatedLamp()
    for glow in (Glow(Colour.DIM_WHITE), Glow(Colour.GREEN), Glow(Colour.GREEN), Glow(Colour.DIM_WHITE)):
        lamp.light(glow)
    lamp.close()
    assert lamp.glows == [Glow(Colour.DIM_WHITE), Glow(Colour.GREEN), Glow(Colour.DIM_WHITE)]
