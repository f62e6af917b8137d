"""What the door decides about a visitor."""

from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from enum import StrEnum

from kiosk.model import Direction, LastVisit, Moment, Reason, Verdict, Visitor
from kiosk.proof import NOBODY, Trust
from kiosk.questions import Question


class Way(StrEnum):
    """Which way a door leads."""

    IN = "in"
    OUT = "out"
    TOGGLE = "toggle"
    """Both: whoever is not in comes in, whoever is in goes out."""


@dataclass(frozen=True, slots=True)
class Guard:
    """
    Somebody who may check people in. Their PIN is not known here.

    Attributes:
        name: As it stands with the visits.
        badge: Digest by which their badge is known; empty for none.
    """

    name: str
    badge: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """
    How this door behaves.

    Attributes:
        zone: The place's time zone; its midnight ends the day.
        way: Which way the door leads.
        same_code_s: A code seen again within so many seconds of its last sighting is the same showing.
        result_s: How long an answer stays on the screen.
        typing_s: How long the keypad waits for the next key before it forgets the number.
        asking_s: How long a question waits for an answer.
        language_s: How long nobody must be at the door before it speaks its first language again.
        duty_s: How long a guard's turn lasts.
        take_back_s: How long a visit can be taken back.
        trust: Whose signatures are believed.
        self_service: Whether visitors may key in their number without a guard.
        guards: Who may check people in.
        languages: How many languages the place speaks, at least one.
        asks_phone: Whether who comes in with a code that holds no phone number is asked for one.
        questions: What else they are asked.
        sets_up: Whether the box can be enrolled by a code held to its camera.
        is_nobodys: Whether it belongs to no centre: then anybody's set-up codes are taken.
        setup_s: For how long a technician opens a box that belongs to one.
    """

    zone: tzinfo
    way: Way = Way.TOGGLE
    same_code_s: float = 2.5
    result_s: float = 4.0
    typing_s: float = 20.0
    asking_s: float = 20.0
    language_s: float = 30.0
    duty_s: float = 1800.0
    take_back_s: float = 120.0
    trust: Trust = NOBODY
    self_service: bool = True
    guards: tuple[Guard, ...] = ()
    languages: int = 1
    asks_phone: bool = False
    questions: tuple[Question, ...] = ()
    sets_up: bool = False
    is_nobodys: bool = False
    setup_s: float = 600.0

    @property
    def takes_numbers(self) -> bool:
        """Whether anybody can be checked in by number."""
        return self.self_service or bool(self.guards)


def day_start(now: Moment, zone: tzinfo) -> datetime:
    """The place's last midnight (aware)."""
    return datetime.combine(now.utc.astimezone(zone).date(), time.min, tzinfo=zone)


def judge(visitor: Visitor, last: LastVisit | None, now: Moment, policy: Policy) -> Verdict:
    """
    Whether somebody comes in, goes out, or is already recorded.

    Args:
        visitor: Who.
        last: Their latest visit that the door knows; one from before the place's midnight counts for nothing.
        now: The present moment.
        policy: How this door behaves.
    """
    if last is not None and last.at < day_start(now, policy.zone):
        last = None
    inside_since = last.at if last is not None and last.direction is Direction.IN else None
    left_at = last.at if last is not None and last.direction is Direction.OUT else None
    if policy.way is Way.IN and inside_since is not None:
        return Verdict(Reason.ALREADY_IN, visitor, Direction.IN, inside_since)
    if policy.way is Way.OUT and left_at is not None:
        return Verdict(Reason.ALREADY_OUT, visitor, Direction.OUT, left_at)
    leaves = policy.way is Way.OUT or (policy.way is Way.TOGGLE and inside_since is not None)
    if leaves:
        return Verdict(Reason.GOODBYE, visitor, Direction.OUT, inside_since)
    return Verdict(Reason.WELCOME, visitor, Direction.IN)
