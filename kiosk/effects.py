"""What the flow asks to be done. Screen and lamp are not asked for: they follow from the state."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.model import Source, Visit, Visitor
from kiosk.signals import Cue


@dataclass(frozen=True, slots=True)
class Recall:
    """Look up the visitor's latest visit and answer with `Recalled`, or `NotSaved`."""

    visitor: Visitor
    source: Source


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Find out whose PIN this is and answer with `PinChecked`. It is forgotten then."""

    pin: str = field(repr=False)


class Wanted(StrEnum):
    """Which visits are wanted."""

    INSIDE = "inside"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class ListVisits:
    """Look up today's visits and answer with `VisitsListed`, or `NotSaved`; `most` of the recent ones."""

    wanted: Wanted
    most: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Write down that a visit did not take place, and answer with `TakenBack` or `NotSaved`."""

    sequence: int
    operator: str


@dataclass(frozen=True, slots=True)
class Save:
    """Write the visit to disk and answer with `Saved` or `NotSaved`."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Enrol:
    """Hand a set-up code over to whoever enrols the box; answered with `NotSaved` where that fails."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Examine:
    """Look at all parts of the box, which takes some seconds, and answer with `Examined` then."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Play a cue."""

    cue: Cue


@dataclass(frozen=True, slots=True)
class Say:
    """Say a phrase, by its name in the words, in one of the place's languages (from 0)."""

    phrase: str
    language: int = 0


Effect = Recall | CheckPin | ListVisits | TakeBack | Save | Enrol | Examine | Sound | Say
