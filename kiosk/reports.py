"""What devices tell the door, and those who look at them."""

from dataclasses import dataclass, field
from typing import Final

from kiosk.findings import Finding
from kiosk.model import Source

KEYS: Final = "0123456789*#ABCD"
"""Every key that a keypad may have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What a device read at one moment.

    Attributes:
        texts: What the codes before it hold, exact, in Unicode NFC; never empty.
        source: The kind of device.
    """

    texts: tuple[str, ...] = field(repr=False)
    source: Source


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key of the keypad, of `KEYS`: `A` to `D` where there are four columns."""

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """
    A device was found or lost.

    Attributes:
        device: Its place in the door: `scanner`, `keypad` or `button`.
        present: Whether it now works.
        problem: What is wrong, for the log; empty when present.
        part: Which of several that do the same, by its name in the device table; `touch` is the screen's.
    """

    device: str
    present: bool
    problem: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class ButtonHeld:
    """The button inside the box was held down: whoever has the housing open wants to set the box up."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found of the box's parts, by whoever has looked."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """Somebody asked the door to end: the window was closed, or a script is done."""
