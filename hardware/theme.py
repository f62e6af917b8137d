"""
How the screen looks: the sizes of its letters, and the colours of each mood by day and by night.

Whatever is written has a contrast of at least 7:1 against what it stands on (WCAG 2.2, criterion 1.4.6).
Moods differ in lightness too, so that they can be told apart without seeing colours. At night all is
darker, and as easy to read.
"""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.signals import Mood

Rgb = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


class Role(StrEnum):
    """What a text is on the screen; decides its size, weight and colour."""

    PLACE = "place"
    DOOR = "door"
    TIME = "time"
    HEADLINE = "headline"
    TITLE = "title"
    """A headline over a list or a field, which is what matters there."""
    NAME = "name"
    WHO = "who"
    """A name where something else matters more, such as a question."""
    DETAIL = "detail"
    NOTE = "note"
    DIGITS = "digits"
    HINT = "hint"
    NOTICE = "notice"
    CAPTION = "caption"
    CHOICE = "choice"
    ROW = "row"
    ROW_DETAIL = "row_detail"
    TURN = "turn"
    KEYS = "keys"
    CAP = "cap"
    """The name of a key, on a drawing of it."""
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Scale:
    """
    How large a text is, as parts of the screen's height: 8 is an eighth of it.

    Attributes:
        largest: What it likes best.
        smallest: What it has wherever it fits so.
    """

    largest: float
    smallest: float


SCALES: dict[Role, Scale] = {
    Role.TIME: Scale(9, 12),
    Role.PLACE: Scale(16, 24),
    Role.DOOR: Scale(21, 24),
    Role.HEADLINE: Scale(5.4, 8),
    Role.TITLE: Scale(9, 16),
    Role.WHO: Scale(12, 20),
    Role.NAME: Scale(7, 9),
    Role.DETAIL: Scale(9, 16),
    Role.NOTE: Scale(11, 16),
    Role.DIGITS: Scale(5.2, 9),
    Role.HINT: Scale(12, 16),
    Role.NOTICE: Scale(21, 24),
    Role.CAPTION: Scale(24, 24),
    Role.CHOICE: Scale(9, 16),
    Role.ROW: Scale(11, 16),
    Role.ROW_DETAIL: Scale(16, 24),
    Role.TURN: Scale(16, 24),
    Role.KEYS: Scale(21, 24),
    Role.CAP: Scale(20, 24),
    Role.SIGN: Scale(24, 24),
}
"""The type scale: headline at least H/8, name H/9, body H/16, footer H/24."""

BOLD_ROLES = frozenset(
    {
        Role.PLACE,
        Role.TIME,
        Role.HEADLINE,
        Role.TITLE,
        Role.NAME,
        Role.WHO,
        Role.DIGITS,
        Role.HINT,
        Role.CHOICE,
        Role.ROW,
        Role.TURN,
        Role.CAP,
    }
)
"""Roles written in bold letters; all others are medium."""


class Ground(StrEnum):
    """What a text stands on."""

    BARE = "bare"
    """The screen itself."""
    PANEL = "panel"
    """A field, a key, a line of a list."""
    KEY = "key"
    """A key that does something else than to give its digit, and what names a key."""
    PRESSED = "pressed"
    """A key under a finger."""
    BAND = "band"
    """The hint over the camera's picture."""
    SIGN = "sign"
    """What is ill with the box."""
    CALM = "calm"
    """A sign of nothing ill."""
    PAPER = "paper"
    """White, below the office's own code."""


@dataclass(frozen=True, slots=True)
class Palette:
    """
    What a screen is painted with.

    Attributes:
        background: Fills the screen.
        foreground: Headline, name and drawing.
        quiet: Words that may wait: the place, a note.
        accent: What somebody should act on, such as the digits being typed.
        panel: Ground of panes, fields and keys; carries every colour of text as well.
    """

    background: Rgb
    foreground: Rgb
    quiet: Rgb
    accent: Rgb
    panel: Rgb


DAY: dict[Mood, Palette] = {
    Mood.NEUTRAL: Palette(
        background=(10, 26, 44),
        foreground=(255, 255, 255),
        quiet=(190, 207, 224),
        accent=(255, 201, 64),
        panel=(24, 50, 78),
    ),
    Mood.GREEN: Palette(
        background=(0, 99, 48),
        foreground=(255, 255, 255),
        quiet=(240, 252, 244),
        accent=(255, 250, 224),
        panel=(0, 78, 37),
    ),
    Mood.BLUE: Palette(
        background=(14, 70, 166),
        foreground=(255, 255, 255),
        quiet=(234, 242, 255),
        accent=(255, 245, 208),
        panel=(8, 50, 122),
    ),
    Mood.AMBER: Palette(
        background=(255, 194, 51),
        foreground=(31, 22, 0),
        quiet=(58, 42, 0),
        accent=(31, 22, 0),
        panel=(255, 211, 107),
    ),
    Mood.RED: Palette(
        background=(126, 6, 16),
        foreground=(255, 255, 255),
        quiet=(255, 242, 240),
        accent=(255, 244, 214),
        panel=(96, 3, 11),
    ),
    Mood.GREY: Palette(
        background=(46, 52, 58),
        foreground=(255, 255, 255),
        quiet=(226, 231, 236),
        accent=(255, 218, 122),
        panel=(34, 39, 44),
    ),
}
"""The colours by day, for every mood."""

NIGHT: dict[Mood, Palette] = {
    Mood.NEUTRAL: Palette(
        background=(3, 7, 12),
        foreground=(214, 221, 228),
        quiet=(160, 174, 188),
        accent=(226, 172, 62),
        panel=(14, 24, 36),
    ),
    Mood.GREEN: Palette(
        background=(0, 70, 35),
        foreground=(220, 234, 226),
        quiet=(206, 224, 213),
        accent=(226, 224, 196),
        panel=(0, 50, 25),
    ),
    Mood.BLUE: Palette(
        background=(7, 44, 114),
        foreground=(218, 226, 238),
        quiet=(202, 214, 232),
        accent=(228, 220, 186),
        panel=(4, 29, 79),
    ),
    Mood.AMBER: Palette(
        background=(212, 154, 28),
        foreground=(16, 11, 0),
        quiet=(20, 14, 0),
        accent=(16, 11, 0),
        panel=(222, 168, 52),
    ),
    Mood.RED: Palette(
        background=(78, 4, 10),
        foreground=(236, 222, 220),
        quiet=(226, 208, 205),
        accent=(232, 218, 184),
        panel=(56, 2, 7),
    ),
    Mood.GREY: Palette(
        background=(20, 24, 28),
        foreground=(212, 217, 222),
        quiet=(182, 189, 196),
        accent=(222, 184, 96),
        panel=(33, 38, 43),
    ),
}
"""The colours by night, for every mood."""

_SIGN, _SIGN_INK = (20, 24, 28), (255, 212, 90)
_CALM, _CALM_INK = (28, 66, 70), (216, 244, 240)
_BAND, _BAND_INK = (255, 194, 51), (31, 22, 0)
_NIGHT_BAND, _NIGHT_BAND_INK = (212, 154, 28), (16, 11, 0)
_PAPER, _NIGHT_PAPER, CODE_INK = (255, 255, 255), (196, 200, 204), (0, 0, 0)


def palette(mood: Mood, *, night: bool = False) -> Palette:
    """The colours of a screen."""
    return (NIGHT if night else DAY)[mood]


def ground(where: Ground, mood: Mood, *, night: bool = False) -> Rgb:
    """The colour of what texts stand on."""
    colours = palette(mood, night=night)
    return {
        Ground.BARE: colours.background,
        Ground.PANEL: colours.panel,
        Ground.KEY: colours.accent,
        Ground.PRESSED: colours.foreground,
        Ground.BAND: _NIGHT_BAND if night else _BAND,
        Ground.SIGN: _SIGN,
        Ground.CALM: _CALM,
        Ground.PAPER: _NIGHT_PAPER if night else _PAPER,
    }[where]


def ink(role: Role, where: Ground, mood: Mood, *, night: bool = False) -> Rgb:
    """The colour of a text, for what it is and what it stands on."""
    colours = palette(mood, night=night)
    match where:
        case Ground.KEY | Ground.PRESSED:
            return colours.background
        case Ground.BAND:
            return _NIGHT_BAND_INK if night else _BAND_INK
        case Ground.SIGN:
            return _SIGN_INK
        case Ground.CALM:
            return _CALM_INK
        case Ground.PAPER:
            return CODE_INK
    match role:
        case Role.DOOR | Role.NOTE | Role.ROW_DETAIL | Role.CAPTION | Role.TURN:
            return colours.quiet
        case Role.DIGITS | Role.DETAIL | Role.WHO:
            return colours.accent
    return colours.foreground


def contrast(one: Rgb, other: Rgb) -> float:
    """How well two colours stand apart: 1 (not at all) to 21 (black on white), as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - WCAG's own
        for share in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
