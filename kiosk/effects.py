"""What the flow asks to be done. Screen and lamp are not asked for: they follow from the state."""

from dataclasses import dataclass

from kiosk.model import Source, Visit, Visitor
from kiosk.signals import Cue


@dataclass(frozen=True, slots=True)
class Recall:
    """Look up the visitor's latest visit and answer with `Recalled`, or `NotSaved`."""

    visitor: Visitor
    source: Source


@dataclass(frozen=True, slots=True)
class Save:
    """Write the visit to disk and answer with `Saved` or `NotSaved`."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Sound:
    """Play a cue."""

    cue: Cue


Effect = Recall | Save | Sound
