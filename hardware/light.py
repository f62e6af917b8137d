"""The white light on what is held before the camera, so that cards read in a dark hall too."""

from typing import Any

from gpiozero import PWMLED

from hardware.pins import missing, pin_errors, real_pins
from kiosk.errors import DeviceClosed

_PULSES_HZ = 2000
"""So fast that a short exposure sees several: else the picture has stripes. At 100 % it shines steadily."""


class NoLight:
    """
    Stays dark.

    Args:
        options: As the others take them.
    """

    def __init__(self, **options: Any) -> None:
        self.options = options

    def shine(self, *, on: bool) -> None:
        """Stay dark."""

    def close(self) -> None:
        """Give nothing back."""


class GpioLight:
    """
    A white LED on one pin, dark at first.

    Args:
        pin: Its GPIO number.
        percent: How bright it shines, 1 to 100. Default 100.
        active_high: False for one that shines where the pin is low.
        pin_factory: Where pins come from; None for those of this box.

    Raises:
        DeviceMissing: If the pin cannot be had.
    """

    def __init__(
        self, *, pin: int = 21, percent: int = 100, active_high: bool = True, pin_factory: Any = None
    ) -> None:
        pins = real_pins() if pin_factory is None else pin_factory
        try:
            self._led = PWMLED(pin, active_high=active_high, frequency=_PULSES_HZ, pin_factory=pins)
        except pin_errors() as error:
            raise missing(f"light.pin = {pin}", error) from error
        self._share = percent / 100
        self._on = False
        self._closed = False

    def shine(self, *, on: bool) -> None:
        """
        Shine, or do not, and return at once; what is so already goes on undisturbed. Main thread only.

        Raises:
            DeviceClosed: If the light was closed.
        """
        if self._closed:
            raise DeviceClosed("the light was closed; make a new one")
        if on != self._on:
            self._led.value = self._share if on else 0
            self._on = on

    def close(self) -> None:
        """Go dark and give the pin back. Calling it twice does no harm."""
        if not self._closed:
            self._closed = True
            self._led.off()
            self._led.close()
