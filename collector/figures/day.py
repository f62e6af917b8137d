"""A place's day in figures. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HOURS = 24
VIAS = ("camera", "reader", "keypad", "web")
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Passed:
    """
    Somebody passed a door, and it was not taken back.

    Attributes:
        at: When (aware).
        came: Whether they came in; else they left.
        via: `camera`, `reader`, `keypad` or `web`.
        verified: Whether a code or a guard stands for who it was.
        at_door: Whether they are known to have stood there: all but those by the place's own page who did not
            open it by the code on the door's screen.
    """

    at: dt.datetime
    came: bool
    via: str
    verified: bool
    at_door: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """
    A stay that is over.

    Attributes:
        lasted: How long it took; at least nothing.
        automatic: Whether the centre ended it, so that nobody knows how long it was.
    """

    lasted: dt.timedelta
    automatic: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """
    What `collector.models.DayFigures` holds of passages and stays, by the same names.

    Attributes:
        came: Who came in.
        left: Who left.
        unverified: Of both, who only keyed in a number.
        elsewhere: Of both, who was not at the door.
        by_via: Who came, by each of `VIAS`.
        by_hour: Who came, by hour of the place's clock: `HOURS` numbers.
        automatic: Stays that the centre ended.
        minutes: Whole minutes of the others that are over, in order.
    """

    came: int
    left: int
    unverified: int
    elsewhere: int
    by_via: Mapping[str, int]
    by_hour: tuple[int, ...]
    automatic: int
    minutes: tuple[int, ...]


def figure(passed: Iterable[Passed], ended: Iterable[Ended], zone: dt.tzinfo) -> Figures:
    """
    Count a day.

    Args:
        passed: All who passed a door of the place that day, in any order.
        ended: The stays of that day that are over, in any order.
        zone: The place's.
    """
    all_, stays = list(passed), list(ended)
    came = [one for one in all_ if one.came]
    vias = Counter(one.via for one in came)
    hours = Counter(one.at.astimezone(zone).hour for one in came)
    return Figures(
        came=len(came),
        left=len(all_) - len(came),
        unverified=sum(not one.verified for one in all_),
        elsewhere=sum(not one.at_door for one in all_),
        by_via={via: vias[via] for via in VIAS},
        by_hour=tuple(hours[hour] for hour in range(HOURS)),
        automatic=sum(stay.automatic for stay in stays),
        minutes=tuple(sorted(stay.lasted // _MINUTE for stay in stays if not stay.automatic)),
    )


def median(minutes: Mapping[int, int]) -> float | None:
    """
    The middle of how long stays took.

    Args:
        minutes: How many stays took so many minutes, by those.

    Returns:
        Minutes; None where there were no stays.
    """
    count = sum(minutes.values())
    if not count:
        return None
    low, high, seen = (count - 1) // 2, count // 2, 0
    first: int | None = None
    for length in sorted(minutes):
        seen += minutes[length]
        if first is None and seen > low:
            first = length
        if first is not None and seen > high:
            return (first + length) / 2
    return None
