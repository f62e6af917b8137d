"""Chooses, of the keyboards that are plugged in, the one that is the pad, or the reader."""

import errno
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hardware.keyboards import FOLDER, Keyboard, Keyboards
from kiosk.errors import DeviceMissing

READER_NAME = re.compile(
    r"bar ?code|scan|reader|\bqr|symbol|zebra|honeywell|datalogic|newland", re.IGNORECASE
)
PAD_NAME = re.compile(r"key ?pad|num(eric|ber)|numpad|calculator|ten ?key", re.IGNORECASE)
"""What they call themselves: nearly all say that they have every key there is."""

LAST_RESORT = 9
"""Says of a keyboard that nothing about it tells what it is."""

_LOOK_S = 2.0
"""From one look for a keyboard that suits better to the next."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Which keyboard is meant.

    Attributes:
        part: The section of the settings, for messages.
        what: What it is, for messages: `numeric pad`.
        device: Its file, below `/dev/input` or with its whole path; empty for the one that suits best.
        suits: How well a keyboard suits: 0 is best, None not at all. One that suits worst, `LAST_RESORT`, is
            taken only when it is the only one.
        shared: Whether both a pad and a reader are plugged into this box: then a last resort may be the
            other, and is taken by neither.
    """

    part: str
    what: str
    device: str
    suits: Callable[[Keyboard], int | None]
    shared: bool = False


def take(keyboards: Keyboards, wanted: Wanted) -> Keyboard:
    """
    Open the keyboard that is meant, and let its keys reach nobody else.

    Raises:
        DeviceMissing: If it is not plugged in, cannot be opened, is in use, or could be one of several.
    """
    if wanted.device:
        return _named(keyboards, wanted)
    problems: list[str] = []
    fitting = list(_fitting(keyboards, wanted, problems))
    taken: Keyboard | None = None
    try:
        taken = _best(fitting, wanted, problems)
    finally:
        for _, keyboard in fitting:
            if keyboard is not taken:
                keyboard.close()
    return taken


class Lookout:
    """
    Looks, beside a keyboard that was taken as a last resort, for one that suits better.

    Args:
        keyboards: What is plugged in.
        wanted: Which keyboard is meant.
        taken: The one that was taken for it.
    """

    def __init__(self, keyboards: Keyboards, wanted: Wanted, taken: Keyboard) -> None:
        self._keyboards = keyboards
        self._wanted = wanted
        self._is_needed = not wanted.device and wanted.suits(taken) == LAST_RESORT
        self._next_s = time.monotonic() + _LOOK_S

    def sees_better(self) -> bool:
        """Whether a better one can be had; looks every two seconds, however often it is asked."""
        if not self._is_needed or time.monotonic() < self._next_s:
            return False
        self._next_s = time.monotonic() + _LOOK_S
        fitting = list(_fitting(self._keyboards, self._wanted, []))
        try:
            return any(rank < LAST_RESORT and not _refusal(keyboard) for rank, keyboard in fitting)
        finally:
            for _, keyboard in fitting:
                keyboard.close()


def _fitting(keyboards: Keyboards, wanted: Wanted, problems: list[str]) -> Iterator[tuple[int, Keyboard]]:
    """Those that suit, opened, with how well they do; and what kept others from being opened."""
    for path in keyboards.paths():
        try:
            keyboard = keyboards.open(path)
        except DeviceMissing:
            raise
        except OSError as error:
            problems.append(_why(str(path), error))
            continue
        rank = wanted.suits(keyboard)
        if rank is None:
            keyboard.close()
        else:
            yield rank, keyboard


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


def _best(fitting: list[tuple[int, Keyboard]], wanted: Wanted, problems: list[str]) -> Keyboard:
    sure = [keyboard for rank, keyboard in sorted(fitting, key=lambda one: one[0]) if rank < LAST_RESORT]
    doubtful = [keyboard for rank, keyboard in fitting if rank == LAST_RESORT]
    is_undecided = len(doubtful) > 1 or wanted.shared
    for keyboard in sure if is_undecided else sure + doubtful:
        if refusal := _refusal(keyboard):
            problems.append(refusal)
        else:
            return keyboard
    if is_undecided and doubtful and not sure:
        names = " or ".join(keyboard.name for keyboard in doubtful)
        problem = f"the {wanted.what} may be {names}; name its file in {wanted.part}.device"
    else:
        problem = problems[-1] if problems else f"no {wanted.what} found; plug one in"
    raise DeviceMissing(f"{wanted.part}: {problem}")


def _refusal(keyboard: Keyboard) -> str:
    """Let its keys reach nobody else; says why that cannot be, nothing when it can."""
    try:
        keyboard.grab()
    except OSError as error:
        return _why(keyboard.name, error)
    return ""


def _why(name: str, error: OSError) -> str:
    match error.errno:
        case errno.EBUSY:
            remedy = "another program, or another part of this door, has taken it"
        case errno.EACCES | errno.EPERM:
            remedy = "put the door's user into the group input"
        case errno.EILSEQ:
            remedy = "the door cannot use it; plug in another"
        case _:
            remedy = "plug it in; its name is in /dev/input/by-id"
    return f"{name}: {error.strerror}; {remedy}"
