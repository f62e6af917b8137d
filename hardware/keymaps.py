"""What stands on the keys: the kernel's numbers of keys, and the keymaps that readers are set to."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

# linux/input-event-codes.h
ESC, BACKSPACE, TAB, ENTER, SPACE = 1, 14, 15, 28, 57
LEFT_CTRL, RIGHT_CTRL, LEFT_SHIFT, RIGHT_SHIFT, LEFT_ALT, RIGHT_ALT, CAPS_LOCK = 29, 97, 42, 54, 56, 100, 58
PAD_DIGITS = {82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9"}
PAD_ENTER, PAD_DOT, PAD_STAR, PAD_PLUS, PAD_MINUS, PAD_SLASH, PAD_EQUALS, PAD_COMMA = (
    96,
    83,
    55,
    78,
    74,
    98,
    117,
    121,
)
UNLOCKED_DIGITS = {
    110: "0", 107: "1", 108: "2", 109: "3", 105: "4", 355: "5", 106: "6", 102: "7", 103: "8", 104: "9",
}  # fmt: skip
"""The same keys of a pad that keeps NumLock to itself, while it is off: Insert, End, Down …, Clear, Home …"""
DELETE = 111

TOP_DIGITS = dict(zip(range(2, 12), "1234567890", strict=True))
LETTERS = frozenset(chain(range(16, 26), range(30, 39), range(44, 51)))

_PLACES = (*chain((41,), range(2, 14), range(16, 28), range(30, 41), (43, 86), range(44, 54)),)
"""Keys that type, row by row; 43 stands before Enter, 86 after the left Shift."""

_EVERYWHERE = {
    **PAD_DIGITS, SPACE: " ", ENTER: "\n", PAD_ENTER: "\n", TAB: "\t",
    PAD_DOT: ".", PAD_STAR: "*", PAD_PLUS: "+", PAD_MINUS: "-", PAD_SLASH: "/", PAD_EQUALS: "=",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keymap:
    """
    What each key types: alone, with Shift, and with AltGr.

    Keys that do not stand in a table type nothing.
    """

    plain: dict[int, str]
    shifted: dict[int, str]
    alternate: dict[int, str]


def _keymap(plain: Iterable[str], shifted: Iterable[str], alternate: dict[int, str]) -> Keymap:
    return Keymap(
        dict(zip(_PLACES, "".join(plain), strict=True)) | _EVERYWHERE,
        dict(zip(_PLACES, "".join(shifted), strict=True)) | _EVERYWHERE,
        alternate,
    )


AMERICAN = _keymap(
    ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "\\\\", "zxcvbnm,./"),
    ("~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"', "||", "ZXCVBNM<>?"),
    {},
)
GERMAN = _keymap(
    ("^1234567890ß´", "qwertzuiopü+", "asdfghjklöä", "#<", "yxcvbnm,.-"),
    ('°!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ", "'>", "YXCVBNM;:_"),
    {8: "{", 9: "[", 10: "]", 11: "}", 12: "\\", 16: "@", 27: "~", 86: "|"},
)
FRENCH = _keymap(
    ("²&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù", "*<", "wxcvbn,;:!"),
    ("²1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%", "µ>", "WXCVBN?./§"),
    {3: "~", 4: "#", 5: "{", 6: "[", 7: "|", 8: "`", 9: "\\", 10: "^", 11: "@", 12: "]", 13: "}"},
)
