"""The button inside the box that opens setting up, held down by whoever has the housing open."""

from threading import Event
from typing import Any

from gpiozero import Button

from hardware.pins import missing, pin_errors, real_pins
from hardware.reopening import Reopening
from kiosk.ports import Report
from kiosk.reports import ButtonHeld


class NoButton:
    """
    Is never pressed.

    Args:
        options: As the others take them.
    """

    def __init__(self, **options: Any) -> None:
        self.options = options

    def run(self, report: Report, stop: Event) -> None:  # noqa: ARG002
        """Wait until `stop` is set."""
        stop.wait()


class GpioButton:
    """
    A button between a pin, which is pulled up, and ground.

    Only one that was let go before counts: a button that is stuck, or a wire that touches ground, opens
    nothing when the box starts.

    Args:
        pin: Its GPIO number.
        hold_s: How long it must be held, in seconds, more than 0. Default 3.
        pin_factory: Where pins come from; None for those of this box.
    """

    def __init__(self, *, pin: int = 26, hold_s: float = 3.0, pin_factory: Any = None) -> None:
        self._pin = pin
        self._hold_s = hold_s
        self._pins = pin_factory

    def run(self, report: Report, stop: Event) -> None:
        """
        Report each time that it is held long enough, once for each press, until `stop` is set.

        A pin that cannot be had is reported once and tried again, after 1 second at first and half a minute
        at last.
        """
        Reopening("button", "button").serve(
            self._open, lambda button: _watch(button, report, stop), report, stop
        )

    def _open(self) -> Any:
        pins = real_pins() if self._pins is None else self._pins
        try:
            return Button(self._pin, hold_time=self._hold_s, pin_factory=pins)
        except pin_errors() as error:
            raise missing(f"button.pin = {self._pin}", error) from error


def _watch(button: Any, report: Report, stop: Event) -> None:
    # gpiozero calls this from a thread of its own, once for each press.
    button.when_held = lambda: report(ButtonHeld())
    stop.wait()
