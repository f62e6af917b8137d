"""
Who stayed how long at a place on one day: what its doors saw, and what was added by hand or at closing time.

Pure.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from collector.passages import IN, OUT, Passage, Seen, people


class Ending(NamedTuple):
    """
    A check-out that no door saw, in the order of columns of `collector.models.CheckOut`.

    Attributes:
        number: By which the newer of two is known that were written at the same time.
        visit: The coming in that it ends.
        at: When they left (aware); None says that they are still inside.
        automatic: Whether the centre did it at closing time.
        made_at: When it was written (aware).
    """

    number: int
    visit: UUID
    at: dt.datetime | None
    automatic: bool
    made_at: dt.datetime


class How(StrEnum):
    """By what it is known that somebody left, or has not."""

    DOOR = "door"
    AUTOMATIC = "automatic"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Stay:
    """
    Somebody was inside.

    Attributes:
        came: The visit that it began with.
        came_at: When.
        left_at: When it ended, not before `came_at`; None while they are inside.
        how: By what that is known; None where nothing has been heard of an end. By hand it may be said that
            somebody is still inside.
        left: The visit that it ended with; None where no door saw it.
        visits: All comings in, the first first: whoever passes a leaving unseen comes in twice.
        vouched_at: When it was last said by hand that they were still inside; None for never.
        said_left_at: When a phone elsewhere said that they had left, whom a door had seen come; None for
            never, or not since they were last seen or vouched for.
        from_elsewhere: Whether a phone elsewhere has said all of it: they may never have come.
        is_known: Whether it is known who it was; else the leaving is that of the next who left as unknown.
    """

    came: UUID
    came_at: dt.datetime
    left_at: dt.datetime | None
    how: How | None
    left: UUID | None
    visits: tuple[UUID, ...]
    vouched_at: dt.datetime | None = None
    said_left_at: dt.datetime | None = None
    from_elsewhere: bool = False
    is_known: bool = True


def stays(passages: Iterable[Passage], endings: Iterable[Ending]) -> list[Stay]:
    """
    The stays of a place's day, in the order in which they began.

    A second coming in without a leaving in between begins no other stay; a leaving without a coming in ends
    none, nor does one that was only said from elsewhere where a door saw them come. What a door saw beats
    what the centre did at closing time, whenever it is heard of; what was said by hand beats both.

    Args:
        passages: Of one place and one day, in any order; without those that were taken back.
        endings: Check-outs of these visits, in any order. What says that somebody left before they came
            counts for nothing.
    """
    known: dict[UUID, list[Ending]] = {}
    for ending in sorted(endings, key=lambda ending: (ending.made_at, ending.number)):
        known.setdefault(ending.visit, []).append(ending)
    found = [stay for seen in people(passages) for stay in _stays_of(seen, known)]
    return sorted(found, key=lambda stay: (stay.came_at, stay.came))


class _Open:
    """
    A stay that has begun.

    Args:
        seen: With what.
        known: Check-outs by visit, those of each in the order in which they were written.
    """

    def __init__(self, seen: Seen, known: Mapping[UUID, Sequence[Ending]]) -> None:
        self._came = seen
        self._known = known
        self._visits = [seen.passage.id]
        self._by_hand: Ending | None = None
        self._automatic: Ending | None = None
        self._at_door = not seen.passage.is_from_elsewhere
        self._said_left_at: dt.datetime | None = None
        self._ask(seen)

    def comes_again(self, seen: Seen) -> None:
        """They came in once more, and nobody saw them leave."""
        self._visits.append(seen.passage.id)
        self._at_door = self._at_door or not seen.passage.is_from_elsewhere
        self._said_left_at = None
        self._ask(seen)

    def over_before(self, seen: Seen) -> Stay | None:
        """The stay, if it had ended when the same person was seen again; None if it goes on."""
        ending = self._holding()
        if ending is None or ending.at is None or ending.at > seen.at:
            return None
        if ending.automatic and seen.passage.direction == OUT:
            return None
        return self._ended(ending)

    def left_with(self, seen: Seen) -> Stay | None:
        """The stay that this leaving ends; None if by hand it was said otherwise, or by whoever it may be."""
        if self._at_door and seen.passage.is_from_elsewhere:
            self._said_left_at = seen.at
            return None
        if self._automatic is not None and not seen.passage.is_known:
            return None
        by_hand = self._by_hand
        if by_hand is not None and (by_hand.at is not None or by_hand.made_at >= seen.at):
            return None
        return self._stay(seen.at, How.DOOR, seen.passage.id)

    def at_last(self) -> Stay:
        """The stay, when nothing more is known."""
        ending = self._holding()
        return self._stay(None, None) if ending is None else self._ended(ending)

    def _ask(self, seen: Seen) -> None:
        for ending in self._known.get(seen.passage.id, ()):
            if ending.at is not None and ending.at < seen.at:
                continue
            was = self._automatic if ending.automatic else self._by_hand
            if was is None or _age(was) < _age(ending):
                if ending.automatic:
                    self._automatic = ending
                else:
                    self._by_hand = ending

    def _holding(self) -> Ending | None:
        """What was said by hand; but who was said to be inside then may be checked out later."""
        by_hand, automatic = self._by_hand, self._automatic
        if by_hand is None or automatic is None:
            return by_hand or automatic
        return automatic if by_hand.at is None and _age(by_hand) < _age(automatic) else by_hand

    def _ended(self, ending: Ending) -> Stay:
        return self._stay(ending.at, How.AUTOMATIC if ending.automatic else How.CORRECTED)

    def _stay(self, left_at: dt.datetime | None, how: How | None, left: UUID | None = None) -> Stay:
        by_hand, said = self._by_hand, self._said_left_at
        vouched_at = by_hand.made_at if by_hand is not None and by_hand.at is None else None
        return Stay(
            came=self._came.passage.id,
            came_at=self._came.at,
            left_at=left_at,
            how=how,
            left=left,
            visits=tuple(self._visits),
            vouched_at=vouched_at,
            from_elsewhere=not self._at_door,
            is_known=self._came.passage.is_known,
            said_left_at=None if said and vouched_at and vouched_at >= said else said,
        )


def _age(ending: Ending) -> tuple[dt.datetime, int]:
    return ending.made_at, ending.number


def _stays_of(person: Iterable[Seen], known: Mapping[UUID, Sequence[Ending]]) -> Iterator[Stay]:
    open_: _Open | None = None
    for seen in person:
        if open_ is not None and (stay := open_.over_before(seen)) is not None:
            yield stay
            open_ = None
        if seen.passage.direction == IN:
            if open_ is None:
                open_ = _Open(seen, known)
            else:
                open_.comes_again(seen)
        elif open_ is not None and (stay := open_.left_with(seen)) is not None:
            yield stay
            open_ = None
    if open_ is not None:
        yield open_.at_last()
