"""
Whose passages those of a place's doors are.

The same person is whom the doors take for the same (`kiosk.store.presence`): whoever shows the same document;
the same phone where not both have shown a document, for a phone may be a family's; the same card where not
both have told different phones. Where a phone could be that of several, it is the one whose turn it is.

Two that the doors take for one are told apart here: who comes in with a phone that another has come in with
by another name. For a list that people are looked for by, one too many is better than a child too few.

Whose own phone told nothing of them, as at a public place, cannot be told from others: of those, the first to
come is the first to leave, so that as many are inside as came more than left. Pure.
"""

import datetime as dt
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

IN, OUT = "in", "out"
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
    def is_known(self) -> bool:
        """Whether it tells of anybody."""
        return bool(self.document or self.phone or self.other)

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
    seen = _in_order(passages)
    found = _known(one for one in seen if one.passage.is_known)
    return [
        *(sorted(person.seen, key=_order) for person in found),
        *_unknown(one for one in seen if not one.passage.is_known),
    ]


class _Person:
    """
    Somebody who passed a place's doors on a day.

    Attributes:
        keys: By what they are known; nothing for who showed nothing.
        document: The one that they showed; None for none.
        phones: All that they told.
        cards: What else they came in by, where they showed no document: a card, or a name.
        seen: Their passages, and those of whoever turned out to be the same.
        last: The latest of them; what was said from elsewhere counts for nothing once a door has seen them.
    """

    __slots__ = ("cards", "document", "keys", "last", "phones", "seen")

    def __init__(self, seen: Seen) -> None:
        self.keys: set[_Key] = set()
        self.document: bytes | None = None
        self.phones: set[bytes] = set()
        self.cards: set[bytes] = set()
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
        if seen.passage.direction == IN and seen.passage.other:
            self.cards.add(seen.passage.other)

    def take_over(self, other: "_Person") -> None:
        """All that is known of another who turned out to be the same."""
        self.seen += other.seen
        self.cards |= other.cards
        self._learn(other.keys)

    def is_perhaps(self, passage: Passage) -> bool:
        """Whether a passage that shares a pseudonym may be theirs."""
        if passage.direction == IN and passage.other and self.cards and passage.other not in self.cards:
            return False
        if passage.document and self.document:
            return passage.document == self.document
        return not passage.phone or not self.phones or passage.phone in self.phones

    def is_one_with(self, other: "_Person") -> bool:
        """Whether another who shares a passage can be the same."""
        if self.document and other.document:
            return self.document == other.document
        if self.cards and other.cards and self.cards.isdisjoint(other.cards):
            return False
        return not self.phones or not other.phones or not self.phones.isdisjoint(other.phones)

    def turn(self, passage: Passage) -> tuple[bool, bool, bool, _Place]:
        """
        Sorts last whose turn it is to pass like this.

        Who went the other way before; of those, who came by the same card or name; of those, who was at the
        door if this was; and of those, the last seen.
        """
        last = self.last.passage
        is_other_way, is_same_card = last.direction != passage.direction, passage.other in self.cards
        is_as_near = last.is_from_elsewhere == passage.is_from_elsewhere
        return is_other_way, is_same_card, is_as_near, _order(self.last)

    def _learn(self, keys: Iterable[_Key]) -> None:
        for kind, value in keys:
            self.keys.add((kind, value))
            if kind == "document":
                self.document = value
            elif kind == "phone":
                self.phones.add(value)


def _known(passed: Iterable[Seen]) -> Iterable[_Person]:
    """Whom passages are of, in their order, as doors would say: each is compared with those before it."""
    found: dict[_Person, None] = {}
    by_key: dict[_Key, list[_Person]] = {}
    for seen in passed:
        passage = seen.passage
        keys = _keys(passage)
        perhaps = {one: None for key in keys for one in by_key.get(key, ()) if one.is_perhaps(passage)}
        if perhaps:
            person, *others = sorted(perhaps, key=lambda one: one.turn(passage), reverse=True)
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


def _unknown(passed: Iterable[Seen]) -> list[list[Seen]]:
    """
    Passages, in their order, that tell of nobody.

    A leaving by phone is of the first who came by phone and has not left. Doors have told of each, and it is
    forgotten now: each is alone.
    """
    found: list[list[Seen]] = []
    near: deque[list[Seen]] = deque()
    elsewhere: deque[list[Seen]] = deque()
    for seen in passed:
        at_door, is_out = seen.passage.at_door, seen.passage.direction == OUT
        if at_door and is_out and near:
            near.popleft().append(seen)
        elif at_door is not None and is_out and elsewhere:
            elsewhere.popleft().append(seen)
        else:
            found.append([seen])
            if at_door is not None and not is_out:
                (near if at_door else elsewhere).append(found[-1])
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
