"""
Where everything of a view stands: `compose()` gives its page.

Pure. Sizes are parts of the screen's height H, as `hardware.theme.SCALES` says. An upright screen is measured
as the same panel lying down, a little larger: its H is 1.15 of its width, or its height where that is less.

Each text has at least its smallest size wherever it, and what shares its room, fit so, wrapped at word
borders. Where they do not, as when a sentence is very long or a screen narrow, those with the largest letters
shrink first, and those of a kind (the lines of a list, the answers to a question) all alike. What stands at
the foot of a waiting door becomes smaller, down to 0.72 of its size, rather than take more than 0.58 of what
is between header and signs; its notice shrinks to keep to four lines too, or to six on a narrow panel, down
to H/42. Signs shrink to keep to two rows, down to H/32. A word is broken only where it is wider than its room
at half of its smallest size.
"""

from collections.abc import Callable

from hardware.breaking import Measure
from hardware.composing import aiming, answer, asking, frame, keying, listing
from hardware.composing.sheet import Sheet
from hardware.layout import Box
from hardware.page import Page
from kiosk.signals import View

WIDE = 16 / 9
"""The shape of most cameras' pictures: width over height."""


def compose(
    view: View,
    width_px: int,
    height_px: int,
    bold: Measure,
    medium: Measure,
    *,
    touch: bool = False,
    shape: float = WIDE,
) -> Page:
    """
    Lay a view out on a screen of this size; nothing overlaps and nothing is cut.

    Args:
        view: What to lay out.
        width_px: Of the screen.
        height_px: Of the screen.
        bold: Measures bold letters.
        medium: Measures medium letters.
        touch: Whether fingers press what is drawn: then whatever can be pressed is at least H/10 high.
        shape: Width over height of the camera's picture, which its pane takes where there is room.
    """
    sheet = Sheet(view, width_px, height_px, bold, medium, touch=touch, shape=shape)
    body = frame.around(sheet)
    _composer(view)(sheet, body)
    return sheet.page()


def _composer(view: View) -> Callable[[Sheet, Box], None]:
    if view.types or view.digits:
        return keying.compose
    if view.rows and not view.aiming:
        return listing.compose
    if view.choices and not view.aiming:
        return asking.compose
    if view.aiming:
        return aiming.compose
    return answer.compose
