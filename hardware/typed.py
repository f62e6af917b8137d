"""
What a reader typed, from the keys that it pressed.

Readers are set to a keymap, American from the factory, and think that the box is set to the same. What comes
out wrong is read once more as another keymap would have it, with small and capital letters exchanged, or with
the Shift that got lost, until it is a known code. A reader in Alt mode types Vietnamese letters as Windows
takes them: Alt held, their number on the pad. Letters that a reader leaves out are lost.
"""

from collections.abc import Iterator, Sequence

from hardware import keymaps
from hardware.keyboards import Stroke
from hardware.keymaps import AMERICAN, FRENCH, GERMAN, Keymap
from hardware.wholeness import ENDS, is_known

_SHIFTS = frozenset({keymaps.LEFT_SHIFT, keymaps.RIGHT_SHIFT})
_CTRLS = frozenset({keymaps.LEFT_CTRL, keymaps.RIGHT_CTRL})
_BYTE, _ASCII, _LAST_CONTROL = 256, 128, 31
_NO_OEM_LETTER = 192
"""From here on code page 437 has no letter of Vietnamese, and 1252 has."""
_QR_FIELDS = 6
_MOST_DIGITS = 7
"""The number of a letter has no more: a million and some, and a leading zero at most."""


def text_of(strokes: Sequence[Stroke]) -> str:
    """
    What the keys say, with the Enter or Tab at its end.

    As the first keymap has it that makes a known code of it; as the American one has it if none does.
    """
    readings = _readings(strokes)
    first = next(readings)
    for reading in (first, *readings):
        if is_known(reading.strip(ENDS)):
            return reading
    return first


def _readings(strokes: Sequence[Stroke]) -> Iterator[str]:
    american = _typed(strokes, AMERICAN)
    yield american
    yield american.swapcase()
    if "\\" in american:
        yield _with_shift(american)
    for keymap in (GERMAN, FRENCH):
        other = _typed(strokes, keymap)
        yield other
        yield other.swapcase()


def _with_shift(text: str) -> str:
    """The text of a card, had the Shift not got lost, which made backslashes of bars."""
    body = text.rstrip(ENDS)
    fields = body.replace("\\", "|").split("|")
    if fields[-1] == "4":
        fields[0], fields[-1] = fields[0].upper(), "$"
    elif len(fields) == _QR_FIELDS:
        fields = [*(field.upper() for field in fields[:-1]), fields[-1].replace(",", "<")]
    else:
        fields = [field.title() for field in fields]
    return "|".join(fields) + text[len(body) :]


def _typed(strokes: Sequence[Stroke], keymap: Keymap) -> str:
    return "".join(_Hands(keymap).type(strokes))


class _Hands:
    """Presses the keys anew: what is held down meanwhile, and what is typed by its number."""

    def __init__(self, keymap: Keymap) -> None:
        self._keymap = keymap
        self._held: set[int] = set()
        self._is_locked = False
        self._number = ""
        self._numbers: list[str] = []

    def type(self, strokes: Sequence[Stroke]) -> Iterator[str]:
        for stroke in strokes:
            if not stroke.down:
                self._held.discard(stroke.code)
                if stroke.code == keymaps.LEFT_ALT:
                    if 0 < len(self._number) <= _MOST_DIGITS:
                        self._numbers.append(self._number)
                    self._number = ""
                continue
            self._held.add(stroke.code)
            if keymaps.LEFT_ALT in self._held:
                if len(self._number) <= _MOST_DIGITS:
                    self._number += keymaps.PAD_DIGITS.get(stroke.code, "")
            elif letter := self._letter(stroke.code):
                yield from self._by_number()
                yield letter
        yield from self._by_number()

    def _letter(self, code: int) -> str:
        if code == keymaps.CAPS_LOCK:
            self._is_locked = not self._is_locked
        if self._held & _CTRLS:
            return ""
        if keymaps.RIGHT_ALT in self._held:
            return self._keymap.alternate.get(code, "")
        letter = (self._keymap.shifted if self._held & _SHIFTS else self._keymap.plain).get(code, "")
        return letter.swapcase() if self._is_locked else letter

    def _by_number(self) -> Iterator[str]:
        """Letters typed by their numbers, one after the other."""
        numbers, self._numbers = self._numbers, []
        values = [int(number) for number in numbers]
        if values and all(_ASCII <= value < _BYTE for value in values):
            try:
                yield bytes(values).decode()
            except UnicodeDecodeError:
                pass
            else:
                return
        for number, value in zip(numbers, values, strict=True):
            yield _numbered(value, is_ansi=number.startswith("0"))


def _numbered(value: int, *, is_ansi: bool) -> str:
    """The letter of a number, as Windows has it: below 256 of a code page, which a leading zero chooses."""
    if value <= _LAST_CONTROL:
        return ""
    if _ASCII <= value < _BYTE:
        page = "cp1252" if is_ansi or value >= _NO_OEM_LETTER else "cp437"
        return bytes([value]).decode(page, "replace")
    try:
        letter = chr(value)
    except (ValueError, OverflowError):
        return ""
    return letter if letter.isprintable() else ""
