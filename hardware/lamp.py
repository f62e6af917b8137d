"""The lamp: a red, green and blue light on three pins."""

from typing import Any

from gpiozero import RGBLED

from hardware.pins import missing, pin_errors, real_pins
from kiosk.errors import DeviceClosed
from kiosk.signals import Colour, Glow, Pattern

SHARES: dict[Colour, tuple[float, float, float]] = {
    Colour.OFF: (0, 0, 0),
    Colour.DIM_WHITE: (0.08, 0.08, 0.08),
    Colour.WHITE: (1, 1, 1),
    Colour.GREEN: (0, 1, 0),
    Colour.BLUE: (0, 0, 1),
    Colour.AMBER: (1, 0.4, 0),
    Colour.RED: (1, 0, 0),
}
"""How bright red, green and blue shine, 0 to 1."""

BLINK_S = 0.5
"""Half of a blink, on or off: 1 Hz."""

BREATH_S = 2.0
"""Half of a breath, in or out: four seconds each."""


class GpioLamp:
    """
    An RGB light, each colour between its pin and ground through a resistor.

    Args:
        red_pin: GPIO number of red.
        green_pin: GPIO number of green.
        blue_pin: GPIO number of blue.
        active_high: False for a light with a common anode, which shines where the pin is low.
        pin_factory: Where pins come from; None for those of this box.

    Raises:
        DeviceMissing: If a pin cannot be had.
    """

    def __init__(
        self,
        *,
        red_pin: int = 17,
        green_pin: int = 27,
        blue_pin: int = 22,
        active_high: bool = True,
        pin_factory: Any = None,
    ) -> None:
        pins = real_pins() if pin_factory is None else pin_factory
        try:
            self._light = RGBLED(red_pin, green_pin, blue_pin, active_high=active_high, pin_factory=pins)
        except pin_errors() as error:
            named = f"lamp.red_pin = {red_pin}, green_pin = {green_pin}, blue_pin = {blue_pin}"
            raise missing(named, error) from error
        self._glow: Glow | None = None
        self._closed = False

    def light(self, glow: Glow) -> None:
        """
        Take this colour and pattern and return at once. Main thread only.

        A glow that is already on goes on undisturbed, so that asking again does not restart its pattern.

        Raises:
            DeviceClosed: If the lamp was closed.
        """
        if self._closed:
            raise DeviceClosed("the lamp was closed; make a new one")
        if glow == self._glow:
            return
        colour = SHARES[glow.colour]
        match glow.pattern:
            case Pattern.STEADY:
                self._light.value = colour
            case Pattern.BLINKING:
                self._light.blink(on_time=BLINK_S, off_time=BLINK_S, on_color=colour)
            case Pattern.BREATHING:
                self._light.pulse(fade_in_time=BREATH_S, fade_out_time=BREATH_S, on_color=colour)
        self._glow = glow

    def close(self) -> None:
        """Go dark and give the pins back. Calling it twice does no harm."""
        if not self._closed:
            self._closed = True
            self._light.off()
            self._light.close()
