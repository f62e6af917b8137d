"""The pins of the box, real or simulated."""

import sys
import warnings
from functools import cache
from typing import Any

from gpiozero import Device
from gpiozero.exc import BadPinFactory, GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPWMPin

from kiosk.errors import DeviceMissing


def real_pins() -> Any:
    """
    The pins of this Raspberry Pi, as gpiozero finds them.

    Raises:
        DeviceMissing: If this machine has no pins, or no library that reaches them.
    """
    with warnings.catch_warnings(record=True) as tried:
        warnings.simplefilter("always")
        try:
            Device.ensure_pin_factory()
        except (BadPinFactory, *pin_errors()) as error:
            why = "; ".join(str(warning.message) for warning in tried)
            raise DeviceMissing(
                f"pins: gpiozero reaches no GPIO pins here ({why or error}); on a Raspberry Pi install "
                "python3-lgpio and put the user into the group gpio, elsewhere choose simulated devices"
            ) from error
    return Device.pin_factory


@cache
def simulated_pins() -> MockFactory:
    """The pins that all simulated devices of this process share; two devices on one pin still collide."""
    return MockFactory(pin_class=MockPWMPin)


def pin_errors() -> tuple[type[Exception], ...]:
    """What a pin that cannot be had raises: gpiozero's errors, the kernel's, lgpio's where it is in use."""
    lgpio = sys.modules.get("lgpio")
    # lgpio.error is a plain Exception, which gpiozero lets through: `GPIO busy` is one.
    return (GPIOZeroError, OSError) if lgpio is None else (GPIOZeroError, OSError, lgpio.error)


def missing(device: str, error: Exception) -> DeviceMissing:
    """What to raise when the pins of a device cannot be had."""
    return DeviceMissing(
        f"{device}: {error}; see that no other program or device uses the pin, and that the settings match "
        "the wiring"
    )
