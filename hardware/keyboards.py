"""Keyboards on USB, as the kernel tells of them: pads of keys, and readers that type what they read."""

import errno
import fcntl
import re
import struct
import time
from collections.abc import Callable
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

READER_NAME = re.compile(
    r"bar ?code|scan|reader|\bqr|symbol|zebra|honeywell|datalogic|newland", re.IGNORECASE
)
PAD_NAME = re.compile(r"key ?pad|num(eric|ber)|numpad|calculator|ten ?key", re.IGNORECASE)
"""What they call themselves: nearly all say that they have every key there is."""

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
            OSError: If it cannot be opened.
            DeviceMissing: If evdev is not installed.
        """
        try:
            from evdev import InputDevice  # noqa: PLC0415  # of the optional extra `pi`
        except ImportError as problem:
            raise DeviceMissing(
                f"evdev cannot be used ({problem}): sudo apt install python3-evdev"
            ) from problem
        device = InputDevice(path)
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Which keyboard is meant.

    Attributes:
        part: The section of the settings, for messages.
        what: What it is, for messages: `numeric pad`.
        device: Its file, below `/dev/input` or with its whole path; empty for the one that suits best.
        suits: How well a keyboard suits: 0 is best, None not at all. Of several that suit worst, none is
            taken: `LAST_RESORT`.
    """

    part: str
    what: str
    device: str
    suits: Callable[[Keyboard], int | None]


LAST_RESORT = 9
"""Says of a keyboard that nothing about it tells what it is."""


def take(keyboards: Keyboards, wanted: Wanted) -> Keyboard:
    """
    Open the keyboard that is meant, and let its keys reach nobody else.

    Raises:
        DeviceMissing: If it is not plugged in, cannot be opened, is in use, or could be one of several.
    """
    if wanted.device:
        return _named(keyboards, wanted)
    fitting: list[tuple[int, Keyboard]] = []
    problem = ""
    for path in keyboards.paths():
        try:
            keyboard = keyboards.open(path)
        except OSError as error:
            if isinstance(error, DeviceMissing):
                raise
            problem = problem or _why(str(path), error)
            continue
        rank = wanted.suits(keyboard)
        if rank is None:
            keyboard.close()
        else:
            fitting.append((rank, keyboard))
    return _best(fitting, wanted, problem)


def _named(keyboards: Keyboards, wanted: Wanted) -> Keyboard:
    setting = f'{wanted.part}.device = "{wanted.device}"'
    keyboard = None
    try:
        keyboard = keyboards.open(FOLDER / wanted.device)
        keyboard.grab()
    except DeviceMissing:
        raise
    except OSError as error:
        if keyboard is not None:
            keyboard.close()
        raise DeviceMissing(_why(setting, error)) from error
    return keyboard


def _best(fitting: list[tuple[int, Keyboard]], wanted: Wanted, problem: str) -> Keyboard:
    fitting.sort(key=lambda one: one[0])
    taken: Keyboard | None = None
    try:
        if len(fitting) > 1 and fitting[0][0] == LAST_RESORT:
            names = ", ".join(keyboard.name for _, keyboard in fitting)
            raise DeviceMissing(
                f"{wanted.part}: {names}: any of them may be the {wanted.what}; name its file in "
                f"{wanted.part}.device"
            )
        for _, keyboard in fitting:
            try:
                keyboard.grab()
            except OSError as error:
                problem = _why(keyboard.name, error)
                continue
            taken = keyboard
            return keyboard
    finally:
        for _, keyboard in fitting:
            if keyboard is not taken:
                keyboard.close()
    raise DeviceMissing(
        f"{wanted.part}: {problem}" if problem else f"{wanted.part}: no {wanted.what} found; plug one in"
    )


def _why(name: str, error: OSError) -> str:
    match error.errno:
        case errno.EBUSY:
            remedy = "another program, or another part of this door, has taken it"
        case errno.EACCES | errno.EPERM:
            remedy = "put the door's user into the group input"
        case _:
            remedy = "plug it in; its name is in /dev/input/by-id"
    return f"{name}: {error.strerror}; {remedy}"
