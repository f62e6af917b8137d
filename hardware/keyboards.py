"""Keyboards on USB, as the kernel tells of them: pads of keys, and readers that type what they read."""

import errno
import fcntl
import struct
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from kiosk.errors import DeviceLost, DeviceMissing

FOLDER = Path("/dev/input")

# linux/input-event-codes.h and linux/input.h
_EV_SYN, _EV_KEY, _EV_MSC = 0, 1, 4
_SYN_DROPPED = 3
_EVIOCSCLOCKID = 0x400445A0
_EVIOCSMASK = 0x40104593

_UP, _DOWN = 0, 1
"""What a key event says; 2 is the repetition of a key that is held."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """
    A key went down or came up.

    Attributes:
        code: Which key, by the kernel's number of it; what stands on it depends on the keymap.
        down: Whether it went down.
        at_s: When, in monotonic seconds, by the kernel: a busy machine makes no gap.
    """

    code: int = field(repr=False)
    down: bool = field(repr=False)
    at_s: float


class Keyboard(Protocol):
    """One opened keyboard."""

    @property
    def name(self) -> str:
        """What it calls itself."""
        ...

    @property
    def codes(self) -> frozenset[int]:
        """The keys that it can have."""
        ...

    def fileno(self) -> int:
        """What to wait on."""
        ...

    def grab(self) -> None:
        """
        Let its keys reach nobody else.

        Raises:
            OSError: If somebody else has done so (`EBUSY`).
        """
        ...

    def strokes(self) -> list[Stroke | None]:
        """
        What happened since the last call; does not wait. None stands where the kernel lost some.

        Raises:
            DeviceLost: If it was unplugged.
        """
        ...

    def close(self) -> None:
        """Give it back."""
        ...


class Keyboards(Protocol):
    """What is plugged in."""

    def paths(self) -> list[Path]:
        """The files of all input devices, keyboards or not, in the order in which they were plugged in."""
        ...

    def open(self, path: Path) -> Keyboard:
        """
        Open one.

        Raises:
            OSError: If it cannot be opened.
            DeviceMissing: If the library for it is missing.
        """
        ...


class PluggedIn:
    """
    The keyboards of this box (`Keyboards`).

    Args:
        folder: Where their files lie.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def paths(self) -> list[Path]:
        """The files of all input devices, keyboards or not, in the order in which they were plugged in."""
        found = self._folder.glob("event*")
        return sorted(found, key=lambda path: (len(path.name), path.name))

    def open(self, path: Path) -> Keyboard:
        """
        Open one.

        Raises:
            OSError: If it cannot be opened, or its name is not UTF-8, which evdev cannot take.
            DeviceMissing: If evdev is not installed.
        """
        try:
            from evdev import InputDevice  # noqa: PLC0415  # of the optional extra `pi`
        except ImportError as problem:
            raise DeviceMissing(
                f"evdev cannot be used ({problem}): sudo apt install python3-evdev"
            ) from problem
        try:
            device = InputDevice(path)
        except UnicodeDecodeError as problem:
            raise OSError(errno.EILSEQ, "its name is not UTF-8") from problem
        try:
            return _EventDevice(device)
        except OSError:
            device.close()
            raise


class _EventDevice:
    """A keyboard that the kernel has as `/dev/input/event…` (`Keyboard`)."""

    def __init__(self, device: Any) -> None:
        self._device = device
        self.name: str = device.name
        self.codes = frozenset[int](device.capabilities().get(_EV_KEY, ()))
        # A wall clock that is set in the middle of a text would tear it apart.
        fcntl.ioctl(device.fd, _EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
        # The kernel keeps 64 events for whoever is slow: without scan codes they are 15 keys, else 10.
        fcntl.ioctl(device.fd, _EVIOCSMASK, struct.pack("IIQ", _EV_MSC, 0, 0))

    def fileno(self) -> int:
        return int(self._device.fd)

    def grab(self) -> None:
        self._device.grab()

    def strokes(self) -> list[Stroke | None]:
        try:
            events = list(self._device.read())
        except BlockingIOError:
            return []
        except OSError as error:
            raise DeviceLost(f"{self.name}: unplugged ({error.strerror}); plug it in again") from error
        told: list[Stroke | None] = []
        for event in events:
            if event.type == _EV_KEY and event.value in {_UP, _DOWN}:
                told.append(Stroke(event.code, event.value == _DOWN, event.timestamp()))
            elif event.type == _EV_SYN and event.code == _SYN_DROPPED:
                told.append(None)
        return told

    def close(self) -> None:
        self._device.close()
