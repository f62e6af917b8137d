"""
What was told and what is there, compared: whether a visit was lost, doubled or made up.

Pure: it is given what the doors' ledger and the database hold.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

_ENOUGH = 5
"""Of whatever is wrong, so many are named."""


class Stored(NamedTuple):
    """A visit as the database holds it: whose, from which journal, its place there, and its id."""

    kiosk: str
    epoch: str
    sequence: int
    id: str


@dataclass(frozen=True)
class Door:
    """
    What a door knows at the end.

    Attributes:
        epoch: Its journal's id.
        written: Its last place in the sequence; they begin at 1.
        through: The highest place for which it holds a receipt.
        ids: Those of its visits, in order, from the first; as many as were written.
    """

    epoch: str
    written: int
    through: int
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Books:
    """
    How both sides compare.

    Attributes:
        written: Visits at the doors.
        confirmed: Those for which the doors hold receipts.
        stored: Those in the database, each once.
        duplicates: Rows of a place in a journal, or of an id, beyond the first.
        lost: Confirmed, and not stored.
        wrong: All that is not as it should be, in words; empty when all is well.
    """

    written: int
    confirmed: int
    stored: int
    duplicates: int
    lost: int
    wrong: list[str] = field(default_factory=list)


def compare(doors: Mapping[str, Door], rows: Collection[Stored]) -> Books:
    """
    Compare what doors hold receipts for with what is stored.

    Args:
        doors: By kiosk.
        rows: All that is stored, in any order.
    """
    places = Counter((row.kiosk, row.epoch, row.sequence) for row in rows)
    ids = Counter(row.id for row in rows)
    twice = [place for place, number in places.items() if number > 1]
    used_twice = [id_ for id_, number in ids.items() if number > 1]
    known = {(row.kiosk, row.epoch, row.sequence): row.id for row in rows}
    lost, waiting, other, made = [], [], [], []
    for kiosk, door in doors.items():
        lost += [
            (kiosk, number)
            for number in range(1, door.through + 1)
            if (kiosk, door.epoch, number) not in known
        ]
        if door.through < door.written:
            waiting.append((kiosk, door.written - door.through))
        other += [
            (kiosk, number)
            for number, id_ in enumerate(door.ids, start=1)
            if known.get((kiosk, door.epoch, number), id_) != id_
        ]
    for kiosk, epoch, number in known:
        door = doors.get(kiosk)
        if door is None or door.epoch != epoch or not 1 <= number <= door.written:
            made.append((kiosk, number))
    return Books(
        written=sum(door.written for door in doors.values()),
        confirmed=sum(door.through for door in doors.values()),
        stored=len(known),
        duplicates=max(len(rows) - len(known), len(rows) - len(ids)),
        lost=len(lost),
        wrong=[
            *_say("confirmed and not stored", lost),
            *_say("places in a journal stored more than once", twice),
            *_say("ids stored more than once", used_twice),
            *_say("doors still wait for receipts", waiting),
            *_say("visits stored under another id than the door's", other),
            *_say("visits stored that no door wrote", made),
        ],
    )


def _say(what: str, found: Iterable[object]) -> list[str]:
    all_found = list(found)
    if not all_found:
        return []
    named = ", ".join(map(str, all_found[:_ENOUGH]))
    return [f"{len(all_found)} {what}: {named}{', …' if len(all_found) > _ENOUGH else ''}"]
