"""What the door decides about a visitor."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from enum import StrEnum

from kiosk.model import Direction, LastVisit, Moment, Reason, Verdict, Visitor
from kiosk.proof import NOBODY, Trust


class Way(StrEnum):
    """Which way a door leads."""

    IN = "in"
    OUT = "out"
    TOGGLE = "toggle"
    """Both: whoever is not in comes in, whoever is in goes out."""


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
        trust: Whose signatures are believed.
    """

    zone: tzinfo
    way: Way = Way.TOGGLE
    same_code_s: float = 2.5
    result_s: float = 4.0
    typing_s: float = 20.0
    trust: Trust = NOBODY


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
