"""What a door can be doing: one class a state, and what every state carries on."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.events import CodesRead
from kiosk.findings import Finding
from kiosk.glimpse import Glimpse
from kiosk.model import Moment, Verdict, Visit
from kiosk.questions import Question
from kiosk.roster import Listed
from kiosk.stages import Stage


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code that was before the camera, known by a mark that does not tell its text."""

    mark: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Hint:
    """
    What the camera sees of a code that it cannot read.

    Attributes:
        glimpse: Why, as the last such frame told.
        since_s: When the first of these frames was taken (monotonic).
        last_s: When the last was.
    """

    glimpse: Glimpse
    since_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class Duty:
    """
    A guard's turn.

    Attributes:
        guard: The name that stands with the visits.
        until_s: When it ends by itself (monotonic).
    """

    guard: str
    until_s: float


@dataclass(frozen=True, slots=True)
class Memory:
    """
    What every state carries on.

    Attributes:
        sightings: The codes seen just now.
        typed: A number that is being typed, or was when something else came between.
        typed_until_s: Until when it is kept, and the keypad open for it (monotonic).
        duty: The guard on duty; None for nobody.
        wrong_pins: How many wrong ones were keyed in since the last right one.
        locked_until_s: Until when no PIN is looked at (monotonic).
        language: Which of the place's languages is spoken, from 0.
        unhurried: Whether all time limits are doubled.
        used_s: When somebody last pressed a key (monotonic).
        has_keys: Whether there are keys to answer with.
        next: Codes that must wait until a visit is saved; None for none.
        setup_until_s: Until when a technician has opened the box in service for set-up codes (monotonic).
    """

    sightings: tuple[Sighting, ...] = ()
    typed: str = field(default="", repr=False)
    typed_until_s: float = 0.0
    duty: Duty | None = None
    wrong_pins: int = 0
    locked_until_s: float = 0.0
    language: int = 0
    unhurried: bool = False
    used_s: float = 0.0
    has_keys: bool = True
    next: CodesRead | None = None
    setup_until_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    memory: Memory = Memory()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(_State):
    """Nobody is at the door, or somebody whose code is not read yet: then `hint` says why."""

    hint: Hint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing(_State):
    """A number is being keyed in; it stands in the memory, and is forgotten when its time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(_State):
    """
    Somebody is asked something before the visit is written down.

    Attributes:
        visit: It, with the answers so far.
        verdict: What the door will say.
        questions: What is left to ask, the present one first; never empty.
        since_s: Since when the present one stands (monotonic).
        answered_by: The key that answered the one before; empty for the first.
        until_s: When the visit stands without an answer (monotonic).
        number: The phone number being typed, where that is the question.
        is_wrong: Whether what was confirmed is no phone number.
    """

    visit: Visit
    verdict: Verdict
    questions: tuple[Question, ...]
    since_s: float
    until_s: float
    answered_by: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    is_wrong: bool = False


class Leaf(StrEnum):
    """What the guard's screen shows."""

    CONTENTS = "contents"
    INSIDE = "inside"
    RECENT = "recent"
    TAKE_BACK = "take_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(_State):
    """
    The guard's screen.

    Attributes:
        until_s: When it closes by itself (monotonic).
        leaf: What it shows.
        visits: Those on a list, or the one that is to be taken back.
        turn: Which page of the list, from 0.
        typed: The digits pressed since it was opened: perhaps the PIN of the guard who takes over.
    """

    until_s: float
    leaf: Leaf = Leaf.CONTENTS
    visits: tuple[Listed, ...] = ()
    turn: int = 0
    typed: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving(_State):
    """
    Something is on its way to the disk; nothing else counts until the disk has answered.

    Attributes:
        verdict: What is said once it is there.
        at: When the visit took place.
        keyed: Whether it was keyed in.
        answered: Whether the visitor was asked something.
    """

    verdict: Verdict
    at: Moment
    keyed: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing(_State):
    """
    An answer is on the screen.

    Attributes:
        verdict: It.
        since: Since when it is shown.
        until_s: Until when (monotonic); None for one that stays until somebody takes note.
        at: When the visit took place; None where there is none.
        keyed: Whether it answers a number that was keyed in.
        answered: Whether the visitor was asked something just before.
    """

    verdict: Verdict
    since: Moment
    until_s: float | None
    at: Moment | None = None
    keyed: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingUp(_State):
    """
    The box is being put into service, or was opened for that; visitors are served all the same.

    Attributes:
        stages: How far that has come; none where nobody has told yet.
    """

    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking(_State):
    """
    A technician who sets the box up looks at how its parts are; visitors are served all the same.

    Attributes:
        since_s: Since when (monotonic).
        until_s: When it closes by itself (monotonic).
        findings: What was found; None while it is being looked.
        turn: Which page of it, from 0.
    """

    since_s: float
    until_s: float
    findings: tuple[Finding, ...] | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfOrder(_State):
    """The door cannot serve anybody."""


State = Waiting | Typing | Asking | Menu | Saving | Showing | SettingUp | Checking | OutOfOrder
