"""
The colours of the screen: one palette for each mood.

Whatever is written has a contrast of at least 7:1 against what it stands on (WCAG 2.2, criterion 1.4.6).
Moods differ in lightness too, so that they can be told apart without seeing colours.
"""

from dataclasses import dataclass

from kiosk.signals import Mood

Rgb = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


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


PALETTES: dict[Mood, Palette] = {
    Mood.NEUTRAL: Palette(
        background=(10, 28, 46),
        foreground=(255, 255, 255),
        quiet=(190, 207, 224),
        accent=(255, 201, 64),
        panel=(22, 48, 74),
    ),
    Mood.GREEN: Palette(
        background=(0, 94, 45),
        foreground=(255, 255, 255),
        quiet=(240, 252, 244),
        accent=(255, 250, 224),
        panel=(0, 74, 35),
    ),
    Mood.BLUE: Palette(
        background=(11, 72, 160),
        foreground=(255, 255, 255),
        quiet=(234, 242, 255),
        accent=(255, 245, 208),
        panel=(7, 54, 124),
    ),
    Mood.AMBER: Palette(
        background=(255, 194, 51),
        foreground=(31, 22, 0),
        quiet=(58, 42, 0),
        accent=(31, 22, 0),
        panel=(255, 211, 107),
    ),
    Mood.RED: Palette(
        background=(160, 16, 25),
        foreground=(255, 255, 255),
        quiet=(255, 242, 240),
        accent=(255, 244, 214),
        panel=(126, 9, 17),
    ),
    Mood.GREY: Palette(
        background=(52, 59, 66),
        foreground=(255, 255, 255),
        quiet=(226, 231, 236),
        accent=(255, 218, 122),
        panel=(38, 44, 50),
    ),
}
"""Every mood has its palette."""

SIGN_GROUND: Rgb = (20, 24, 28)
"""Ground of the small signs, the same in every mood."""

SIGN_INK: Rgb = (255, 212, 90)
"""Words and icon of the small signs."""


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
