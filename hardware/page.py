"""What a page of the screen is made of: words, plates and drawings, each in its box. Pure."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from hardware.layout import Box, Fitted
from hardware.theme import Ground, Role
from kiosk.signals import Picture, SignKind


class Align(StrEnum):
    """Where the lines of a text begin in its box."""

    LEFT = "left"
    CENTRED = "centred"
    RIGHT = "right"


class Mark(StrEnum):
    """How a step of a list stands."""

    DONE = "done"
    TO_DO = "to_do"


@dataclass(frozen=True, slots=True)
class Text:
    """
    Words in their place.

    Attributes:
        role: What they are.
        box: All of their lines.
        fitted: Lines and size.
        room: The place that they had to fit, alone or together with others that had it too.
        align: Where lines begin.
        struck: Whether they are struck out, since what they say does not hold any more.
    """

    role: Role
    box: Box
    fitted: Fitted = field(repr=False)
    room: Box
    align: Align = Align.LEFT
    struck: bool = False

    def moved(self, x: int, y: int) -> "Text":
        """The same words, so far to the right and down."""
        return replace(self, box=self.box.moved(x, y), room=self.room.moved(x, y))


@dataclass(frozen=True, slots=True)
class Plate:
    """
    A rounded ground with things on it.

    Attributes:
        box: The plate.
        ground: What kind of ground.
        corner_px: How round its corners are.
        texts: Words on it.
        caps: Smaller plates on it: the names of keys.
        mark: A sign or a mark, and its place on the plate; None for none.
        key: What pressing it means on a touch screen; empty where it means nothing.
    """

    box: Box
    ground: Ground
    corner_px: int
    texts: tuple[Text, ...] = ()
    caps: tuple["Plate", ...] = ()
    mark: tuple[SignKind | Mark, Box] | None = None
    key: str = field(default="", repr=False)

    def moved(self, x: int, y: int) -> "Plate":
        """The same plate with all that is on it, so far to the right and down."""
        return replace(
            self,
            box=self.box.moved(x, y),
            texts=tuple(text.moved(x, y) for text in self.texts),
            caps=tuple(cap.moved(x, y) for cap in self.caps),
            mark=(self.mark[0], self.mark[1].moved(x, y)) if self.mark else None,
        )

    @property
    def parts(self) -> tuple[Box, ...]:
        """What lies on it: all within it, and nothing over anything else."""
        marked = (self.mark[1],) if self.mark else ()
        return (*(text.box for text in self.texts), *(cap.box for cap in self.caps), *marked)


@dataclass(frozen=True, slots=True)
class Page:
    """
    A view laid out.

    Attributes:
        texts: All words that stand on the bare screen.
        plates: Everything that has a ground of its own: signs, keys, fields, choices, rows.
        picture: The drawing and its place; None for none.
        pane: The camera's picture; None where none belongs.
        band: The hint that lies over the camera's picture, within the pane; None for none.
        code: The office's own code, white around it included; None for none.
        caret: The bar behind the last digit, inside the field; None where nothing is typed.
    """

    texts: tuple[Text, ...]
    plates: tuple[Plate, ...] = ()
    picture: tuple[Picture, Box] | None = None
    pane: Box | None = None
    band: Plate | None = None
    code: Box | None = None
    caret: Box | None = None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Everything that must not overlap anything else."""
        rest = [self.pane, self.code, self.picture[1] if self.picture else None]
        return (
            *(text.box for text in self.texts),
            *(plate.box for plate in self.plates),
            *(box for box in rest if box is not None),
        )

    @property
    def written(self) -> tuple[tuple[Text, Ground], ...]:
        """Every text of the page and what it stands on."""
        found = [(text, Ground.BARE) for text in self.texts]
        plates = [*self.plates, *([self.band] if self.band else [])]
        while plates:
            plate = plates.pop(0)
            found += [(text, plate.ground) for text in plate.texts]
            plates = [*plate.caps, *plates]
        return tuple(found)

    def pressed(self, x: int, y: int) -> Plate | None:
        """The plate with a key at this point; None where a finger presses nothing."""
        point = Box(x, y, 1, 1)
        return next((plate for plate in self.plates if plate.key and plate.box.holds(point)), None)
