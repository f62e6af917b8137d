"""What can happen to a door: all that `kiosk.flow` reacts to."""

from dataclasses import dataclass, field

from kiosk.findings import Finding
from kiosk.glimpse import Glimpse
from kiosk.model import LastVisit, Source, Visitor
from kiosk.roster import Listed
from kiosk.stages import Stage


@dataclass(frozen=True, slots=True)
class CodesRead:
    """Codes are before a device. Comes again with every frame."""

    texts: tuple[str, ...] = field(repr=False)
    source: Source = Source.CAMERA


@dataclass(frozen=True, slots=True)
class CodeGlimpsed:
    """A code is in view and cannot be read. Comes again with every such frame."""

    glimpse: Glimpse


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of the keypad: `0` to `9`, `*`, `#`, or `A` to `D`."""

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recalled:
    """The journal's answer to `Recall`: the visitor's latest visit today, or None."""

    visitor: Visitor
    source: Source
    last: LastVisit | None


@dataclass(frozen=True, slots=True)
class PinChecked:
    """Whose PIN it was; None for nobody's."""

    guard: str | None


@dataclass(frozen=True, slots=True)
class VisitsListed:
    """The journal's answer to `ListVisits`."""

    visits: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The correction is on disk, or (`done` is false) there was nothing to take back any more."""

    done: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """The visit is on disk."""


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The journal could not be read or written: the visit at hand is not recorded."""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody at the centre wants to know which box this is."""


@dataclass(frozen=True, slots=True)
class SetupAsked:
    """Somebody held the box's button down: setting up is to be opened."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of `Examine`."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """
    Time passed.

    Attributes:
        able: Whether the door has any way left to learn who stands there.
        has_keys: Whether a key can be pressed.
        stages: How far setting up has come; none when the box is in service.
    """

    able: bool = True
    has_keys: bool = True
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """The door is about to close: what is not written down yet must be now."""


Done = Recalled | PinChecked | VisitsListed | TakenBack | Saved | NotSaved | Examined
"""What comes of an effect."""

Event = CodesRead | CodeGlimpsed | KeyPressed | Called | SetupAsked | Tick | Ending | Done
