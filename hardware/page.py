"""What a page of the screen is made of: words, labels and drawings, each in its box. Pure."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from hardware.layout import LINE_HEIGHT, Box, Fitted
from kiosk.signals import Picture, SignKind

KEY_ROWS = ("123", "456", "789", "*0#")
"""The keys as they lie."""


class Role(StrEnum):
    """What a text is on the screen; decides its colour and weight."""

    PLACE = "place"
    DOOR = "door"
    TIME = "time"
    HEADLINE = "headline"
    NAME = "name"
    DETAIL = "detail"
    NOTE = "note"
    DIGITS = "digits"
    KEYS = "keys"
    SIGN = "sign"


BOLD_ROLES = frozenset({Role.PLACE, Role.TIME, Role.HEADLINE, Role.NAME, Role.DIGITS})
"""Roles written in bold letters; all others are medium."""


@dataclass(frozen=True, slots=True)
class Text:
    """
    Words in their place.

    Attributes:
        role: What they are.
        box: All of their lines.
        fitted: Lines and size.
        centred: Whether lines are centred in the box, or begin at its left.
    """

    role: Role
    box: Box
    fitted: Fitted = field(repr=False)
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Pill:
    """
    A rounded label with words in it.

    Attributes:
        box: The label.
        text: The words, inside the box.
        icon: Where the icon of a sign stands, inside the box; None for a label of words alone.
        kind: Which sign; None for a hint about keys.
    """

    box: Box
    text: Text
    icon: Box | None = None
    kind: SignKind | None = None

    def moved(self, x: int, y: int) -> "Pill":
        """The same label, so far to the right and down."""
        text = replace(self.text, box=self.text.box.moved(x, y))
        icon = self.icon.moved(x, y) if self.icon else None
        return replace(self, box=self.box.moved(x, y), text=text, icon=icon)


@dataclass(frozen=True, slots=True)
class Page:
    """
    A view laid out.

    Attributes:
        texts: All words that stand freely.
        pills: Key hints and signs.
        picture: The drawing and its place; None for none.
        pane: The camera's picture; None where none belongs.
        field: Ground under the digits; None where nothing is typed.
        keypad: The large drawn keypad; None where nothing is typed.
    """

    texts: tuple[Text, ...]
    pills: tuple[Pill, ...] = ()
    picture: tuple[Picture, Box] | None = None
    pane: Box | None = None
    field: Box | None = None
    keypad: Box | None = None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Everything that must not overlap anything else."""
        free = [text.box for text in self.texts if text.role is not Role.DIGITS]
        rest = [self.pane, self.field, self.keypad, self.picture[1] if self.picture else None]
        return (*free, *(pill.box for pill in self.pills), *(box for box in rest if box is not None))


def caret(page: Page) -> Box | None:
    """The bar behind the last digit, inside the field; None where nothing is typed."""
    if page.field is None:
        return None
    typed = next((text for text in page.texts if text.role is Role.DIGITS), None)
    size = round(page.field.height / LINE_HEIGHT)
    width, height = max(4, size // 14), round(size * 0.86)
    left = typed.box.right + width if typed else page.field.x + round(size * 0.3)
    left = min(left, page.field.right - 2 * width)
    return Box(left, page.field.y + (page.field.height - height) // 2, width, height)
