"""The pins of the box, real or simulated."""

import os
import sys
from functools import cache
from typing import Any

from gpiozero import Device
from gpiozero.exc import BadPinFactory, GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPWMPin

from kiosk.errors import DeviceMissing


def real_pins() -> Any:
    """
    The pins of this Raspberry Pi, by the library lgpio, which speaks to every model and kernel.

    Another library of gpiozero's is taken where `GPIOZERO_PIN_FACTORY` names one.

    Raises:
        DeviceMissing: If this machine has no pins, or no library that reaches them.
    """
    if Device.pin_factory is None:
        try:
            Device.pin_factory = _by_name() if os.environ.get("GPIOZERO_PIN_FACTORY") else _by_lgpio()
        except ModuleNotFoundError as error:
            raise _no_pins("lgpio is missing; sudo apt install python3-lgpio") from error
        except AttributeError as error:
            raise _no_pins(
                "the lgpio of this Python is not the one of the Raspberry Pi; pip uninstall lgpio, then sudo "
                "apt install python3-lgpio"
            ) from error
        except (BadPinFactory, *pin_errors()) as error:
            raise _no_pins(
                f"{error or type(error).__name__}; on a Raspberry Pi put the user into the group gpio, and "
                "see that python3-lgpio is installed"
            ) from error
    return Device.pin_factory


def _by_lgpio() -> Any:
    from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415  # lgpio is on a Pi only

    return LGPIOFactory()


def _by_name() -> Any:
    Device.ensure_pin_factory()
    return Device.pin_factory


def _no_pins(why: str) -> DeviceMissing:
    return DeviceMissing(f"pins: no GPIO pins can be reached: {why}; elsewhere choose simulated devices")


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
    if "busy" in str(error):
        remedy = "another program holds the pin: `gpioinfo` names it; end it, or choose another pin"
    else:
        remedy = "see that no other program or device uses the pin, and that the settings match the wiring"
    return DeviceMissing(f"{device}: {error}; {remedy}")
