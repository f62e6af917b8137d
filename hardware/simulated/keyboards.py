"""Keyboards without USB: plugged in, struck and unplugged by hand. All above the kernel's file is real."""

import errno
import os
import time
from collections import deque
from pathlib import Path
from threading import Lock

from hardware import keymaps
from hardware.keyboards import FOLDER, Keyboard, Stroke
from hardware.keymaps import AMERICAN
from kiosk.errors import DeviceLost

ALL_KEYS = frozenset(range(1, 120))
"""What nearly every keyboard, pad or reader says that it has."""
_STROKE_S = 1e-5
"""From stroke to stroke: quick, so that a long text is typed before anybody waits for it."""
_TYPED_BY = {letter: code for code, letter in AMERICAN.plain.items() if code not in keymaps.PAD_DIGITS}
_TYPED_WITH_SHIFT = {letter: code for code, letter in AMERICAN.shifted.items()}
_PAD = {digit: code for code, digit in keymaps.PAD_DIGITS.items()}


class SimulatedKeyboard:
    """
    One keyboard, with levers that any thread may pull.

    Args:
        name: What it calls itself.
        codes: The keys that it has.
    """

    def __init__(self, name: str, codes: frozenset[int] = ALL_KEYS) -> None:
        self.name = name
        self.codes = codes
        self.is_plugged = True
        self._lock = Lock()
        self._opened: list[_Opened] = []
        self._grabbed: _Opened | None = None

    def strike(self, *strokes: Stroke | None) -> bool:
        """
        Tell these strokes to whoever has grabbed it, or else to all who have opened it.

        Returns:
            Whether anybody was there.
        """
        with self._lock:
            told = [self._grabbed] if self._grabbed else self._opened
            for one in told:
                one.tell(strokes)
            return bool(told)

    def press(self, *codes: int) -> bool:
        """Press keys, one after the other, at once."""
        now_s = time.monotonic()
        return self.strike(*(Stroke(code, down, now_s) for code in codes for down in (True, False)))

    def unplug(self) -> None:
        """Pull the cable."""
        with self._lock:
            self.is_plugged = False
            for one in self._opened:
                one.tell(())

    def plug(self) -> None:
        """Plug the cable in again."""
        self.is_plugged = True

    def open(self) -> "_Opened":
        """
        Begin to hear of its strokes.

        Raises:
            OSError: If it is unplugged.
        """
        if not self.is_plugged:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        with self._lock:
            self._opened.append(opened := _Opened(self))
        return opened

    def grab(self, opened: "_Opened") -> None:
        """
        Tell no other of its strokes.

        Raises:
            OSError: If another has grabbed it.
        """
        with self._lock:
            if self._grabbed is not None:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            self._grabbed = opened

    def forget(self, opened: "_Opened") -> None:
        """Tell this one nothing any more."""
        with self._lock:
            self._opened.remove(opened)
            if self._grabbed is opened:
                self._grabbed = None


class _Opened:
    """A keyboard that somebody has opened (`hardware.keyboards.Keyboard`)."""

    def __init__(self, keyboard: SimulatedKeyboard) -> None:
        self._keyboard = keyboard
        self.name = keyboard.name
        self.codes = keyboard.codes
        self._strokes: deque[Stroke | None] = deque()
        self._reads, self._writes = os.pipe()
        os.set_blocking(self._reads, False)
        os.set_blocking(self._writes, False)

    def fileno(self) -> int:
        return self._reads

    def grab(self) -> None:
        self._keyboard.grab(self)

    def tell(self, strokes: tuple[Stroke | None, ...]) -> None:
        self._strokes.extend(strokes)
        os.write(self._writes, b"!")

    def strokes(self) -> list[Stroke | None]:
        os.read(self._reads, 4096)
        if not self._keyboard.is_plugged:
            raise DeviceLost(f"{self.name}: unplugged by hand")
        return [self._strokes.popleft() for _ in range(len(self._strokes))]

    def close(self) -> None:
        self._keyboard.forget(self)
        os.close(self._reads)
        os.close(self._writes)


class SimulatedKeyboards:
    """
    What is plugged in (`hardware.keyboards.Keyboards`).

    Args:
        keyboards: The keyboards, plugged in or not, as `event0`, `event1` …
    """

    def __init__(self, *keyboards: SimulatedKeyboard) -> None:
        self._keyboards = {FOLDER / f"event{number}": one for number, one in enumerate(keyboards)}

    def paths(self) -> list[Path]:
        """The files of those that are plugged in."""
        return [path for path, keyboard in self._keyboards.items() if keyboard.is_plugged]

    def open(self, path: Path) -> Keyboard:
        """
        Open one.

        Raises:
            OSError: If there is none of this name.
        """
        if path not in self._keyboards:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self._keyboards[path].open()


def strokes_of(text: str, began_s: float, stroke_s: float = _STROKE_S) -> list[Stroke]:
    """
    What a reader on an American keymap strikes to type a text.

    Letters that no key has are typed by their numbers, Alt held.

    Args:
        text: What it types.
        began_s: When it begins (monotonic seconds).
        stroke_s: From one stroke to the next.
    """
    strokes: list[Stroke] = []

    def strike(code: int, *, down: bool) -> None:
        strokes.append(Stroke(code, down, began_s + len(strokes) * stroke_s))

    def hold(held: int | None, codes: list[int]) -> None:
        if held is not None:
            strike(held, down=True)
        for code in codes:
            strike(code, down=True)
            strike(code, down=False)
        if held is not None:
            strike(held, down=False)

    for letter in text:
        if letter in _TYPED_BY:
            hold(None, [_TYPED_BY[letter]])
        elif letter in _TYPED_WITH_SHIFT:
            hold(keymaps.LEFT_SHIFT, [_TYPED_WITH_SHIFT[letter]])
        else:
            hold(keymaps.LEFT_ALT, [_PAD[digit] for digit in f"0{ord(letter)}"])
    return strokes
