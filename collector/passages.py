"""
Whose passages those of a place's doors are.

The same person is whom the doors take for the same (`kiosk.store.presence`): whoever shows the same document;
the same phone where not both have shown a document, for a phone may be a family's; the same card where not
both have told different phones. Where a phone could be that of several, it is the one whose turn it is. Pure.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

_Key = tuple[str, bytes]
"""A kind of pseudonym, and one of that kind."""
_Place = tuple[dt.datetime, str, UUID, int]
"""Where in the order of a day."""


class Passage(NamedTuple):
    """
    Somebody passed a door, in the order of columns of `collector.models.Visit`.

    Attributes:
        id: The visit's.
        at: When (aware).
        direction: `in` or `out`.
        kiosk: Which journal it stands in, with `epoch`.
        epoch: As above.
        sequence: Where in it.
        clock_trusted: Whether `at` is right.
        at_door: Whether a visitor's own phone was at the door; None for what the door saw.
        document: Pseudonym of the ID number; None when none was shown.
        phone: Of the phone number, likewise.
        other: Of the code's own number, or of name and birth, likewise.
    """

    id: UUID
    at: dt.datetime
    direction: str
    kiosk: str
    epoch: UUID
    sequence: int
    clock_trusted: bool
    at_door: bool | None
    document: bytes | None
    phone: bytes | None
    other: bytes | None

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether it was only said, by a phone that may be anywhere: anybody can say it of anybody."""
        return self.at_door is False


class Seen(NamedTuple):
    """
    A passage in the order of the day.

    Attributes:
        at: When it happened, as far as the journal's own order allows.
        passage: What the door told.
    """

    at: dt.datetime
    passage: Passage


def people(passages: Iterable[Passage]) -> list[list[Seen]]:
    """
    The passages of each person, in the order in which they happened.

    Args:
        passages: Of one place and one day, in any order; without those that were taken back.
    """
    return [sorted(person.seen, key=_order) for person in _people(passages)]


class _Person:
    """
    Somebody who passed a place's doors on a day.

    Attributes:
        keys: By what they are known; nothing for who showed nothing.
        seen: Their passages, and those of whoever turned out to be the same.
        last: The latest of them; what was said from elsewhere counts for nothing once a door has seen them.
    """

    __slots__ = ("document", "keys", "last", "phones", "seen")

    def __init__(self, seen: Seen) -> None:
        self.keys: set[_Key] = set()
        self.document: bytes | None = None
        self.phones: set[bytes] = set()
        self.seen: list[Seen] = []
        self.last = seen
        self.add(seen)

    def add(self, seen: Seen) -> None:
        """One more passage of theirs, later than all others."""
        self.seen.append(seen)
        if seen.passage.is_from_elsewhere and not self.last.passage.is_from_elsewhere:
            return
        self.last = seen
        self._learn(_keys(seen.passage))

    def take_over(self, other: "_Person") -> None:
        """All that is known of another who turned out to be the same."""
        self.seen += other.seen
        self._learn(other.keys)

    def is_perhaps(self, passage: Passage) -> bool:
        """Whether a passage that shares a pseudonym may be theirs."""
        if passage.document and self.document:
            return passage.document == self.document
        return not passage.phone or not self.phones or passage.phone in self.phones

    def is_one_with(self, other: "_Person") -> bool:
        """Whether another who shares a passage can be the same."""
        if self.document and other.document:
            return self.document == other.document
        return not self.phones or not other.phones or not self.phones.isdisjoint(other.phones)

    def turn(self, direction: str) -> tuple[bool, _Place]:
        """Sorts last whose turn it is to go this way: who went the other way, and of those the last seen."""
        return self.last.passage.direction != direction, _order(self.last)

    def _learn(self, keys: Iterable[_Key]) -> None:
        for kind, value in keys:
            self.keys.add((kind, value))
            if kind == "document":
                self.document = value
            elif kind == "phone":
                self.phones.add(value)


def _people(passages: Iterable[Passage]) -> Iterable[_Person]:
    """Whom the passages are of, as their doors would say: each is compared with those before it."""
    found: dict[_Person, None] = {}
    by_key: dict[_Key, list[_Person]] = {}
    for seen in _in_order(passages):
        passage = seen.passage
        keys = _keys(passage)
        perhaps = {one: None for key in keys for one in by_key.get(key, ()) if one.is_perhaps(passage)}
        if perhaps:
            person, *others = sorted(perhaps, key=lambda one: one.turn(passage.direction), reverse=True)
            person.add(seen)
            if passage.is_from_elsewhere:
                others = []
        else:
            person, others = _Person(seen), []
            found[person] = None
        for other in others:
            if person.is_one_with(other):
                person.take_over(other)
                del found[other]
                for key in other.keys:
                    by_key[key].remove(other)
        for key in person.keys:
            known = by_key.setdefault(key, [])
            if person not in known:
                known.append(person)
    return found


def _keys(passage: Passage) -> list[_Key]:
    told = (("document", passage.document), ("phone", passage.phone), ("other", passage.other))
    return [(kind, value) for kind, value in told if value]


def _in_order(passages: Iterable[Passage]) -> list[Seen]:
    """By time; but within a journal its own order holds where a clock that was not right went back."""
    latest: dict[tuple[str, UUID], dt.datetime] = {}
    trusted: dict[tuple[str, UUID], dt.datetime] = {}
    seen = []
    for passage in sorted(passages, key=lambda passage: (passage.kiosk, passage.epoch, passage.sequence)):
        journal = (passage.kiosk, passage.epoch)
        # What a wrong clock said may be hours ahead: it must not push those after it, whose clock was right.
        before = (trusted if passage.clock_trusted else latest).get(journal, passage.at)
        at = max(passage.at, before)
        latest[journal] = at
        if passage.clock_trusted:
            trusted[journal] = at
        seen.append(Seen(at, passage))
    return sorted(seen, key=_order)


def _order(seen: Seen) -> _Place:
    return seen.at, seen.passage.kiosk, seen.passage.epoch, seen.passage.sequence
