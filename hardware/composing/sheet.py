"""A page in the making."""

from collections.abc import Iterable
from copy import copy

from hardware.breaking import Measure
from hardware.layout import Box, Fitted, Wish
from hardware.page import Align, Page, Plate, Text
from hardware.theme import BOLD_ROLES, SCALES, Role
from kiosk.signals import Picture, View

_UPRIGHT_GAIN = 1.15
"""An upright screen has height to spare, so its letters may be a little larger than its width asks."""

_SQUEEZED = frozenset({Role.KEYS, Role.CAPTION, Role.NOTICE})

_PATIENCE = {Role.HEADLINE: 0.65, Role.TITLE: 0.7, Role.HINT: 0.75}
"""To which part of its largest size a text shrinks before it wraps; others wait less."""


class Sheet:
    """
    What has been laid out so far, and the measures that all of it shares.

    Attributes:
        view: What is laid out.
        screen: The whole screen.
        upright: Whether it is higher than wide.
        unit: H: what all sizes are parts of, in pixels.
        margin: What stays free at the edges, and between large things.
        gap: Between small things that belong together.
        touch: Whether fingers press what is drawn.
        shape: Width over height of the camera's picture.
        squeeze: To which part of their size the words at the foot give way, where there are too many.
    """

    def __init__(
        self,
        view: View,
        width_px: int,
        height_px: int,
        bold: Measure,
        medium: Measure,
        *,
        touch: bool,
        shape: float,
    ) -> None:
        self.view = view
        self.screen = Box(0, 0, width_px, height_px)
        self.upright = height_px > width_px
        self.unit = min(height_px, round(width_px * _UPRIGHT_GAIN)) if self.upright else height_px
        self.margin = round(self.unit / 22)
        self.gap = round(self.unit / 55)
        self.touch = touch
        self.shape = shape
        self.squeeze = 1.0
        self.texts: list[Text] = []
        self.plates: list[Plate] = []
        self.picture: tuple[Picture, Box] | None = None
        self.pane: Box | None = None
        self.band: Plate | None = None
        self.code: Box | None = None
        self.caret: Box | None = None
        self._bold = bold
        self._medium = medium

    def page(self) -> Page:
        """The whole page."""
        return Page(
            tuple(self.texts),
            tuple(self.plates),
            self.picture,
            self.pane,
            self.band,
            self.code,
            self.caret,
        )

    def fork(self) -> "Sheet":
        """The same page in the making, to try something on."""
        fork = copy(self)
        fork.texts, fork.plates = [*self.texts], [*self.plates]
        return fork

    def adopt(self, fork: "Sheet") -> None:
        """Go on with what was tried."""
        self.texts, self.plates = fork.texts, fork.plates
        self.picture, self.pane, self.band = fork.picture, fork.pane, fork.band
        self.code, self.caret = fork.code, fork.caret

    def part(self, divisor: float) -> int:
        """A part of the screen's height, in pixels: 8 is an eighth."""
        return max(6, round(self.unit / divisor))

    def measure(self, role: Role) -> Measure:
        """The ruler for a text of this role."""
        return self._bold if role in BOLD_ROLES else self._medium

    def wish(
        self, role: Role, text: str, *, most: float | None = None, patience: float | None = None
    ) -> Wish:
        """
        How large a text would like to be, by the type scale.

        `most` is a part of the height that it likes best instead, never below its smallest size. `patience`
        is to which part of that it shrinks before it wraps, None for what suits the role.
        """
        gives = self.squeeze if role in _SQUEEZED else 1
        smallest = self.part(SCALES[role].smallest / gives)
        largest = max(smallest, self.part((most or SCALES[role].largest) / gives))
        patient = _PATIENCE.get(role, 0.8) if patience is None else patience
        return Wish(text, self.measure(role), largest, smallest, patient)

    def worth(self, texts: Iterable[Text]) -> float:
        """1 where no text is below the smallest size of its role; less, the further the worst is below."""
        parts = (text.fitted.size_px / self.part(SCALES[text.role].smallest) for text in texts)
        return min(1.0, *parts, 1.0)


def laid(
    role: Role, text: Fitted, x: int, y: int, room: Box, *, align: Align = Align.LEFT, struck: bool = False
) -> Text:
    """A text that fits its letters, with its left upper corner here."""
    return Text(role, Box(x, y, text.width_px, text.height_px), text, room, align, struck)


def centred(area: Box, width: int, height: int) -> Box:
    """A box in the middle of an area."""
    return Box(area.x + (area.width - width) // 2, area.y + (area.height - height) // 2, width, height)
