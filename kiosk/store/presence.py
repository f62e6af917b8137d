"""
Who came, and who is still here, as far as the journal and the neighbours tell.

The same person is whoever shows the same document; the same phone where not both have shown a document, for a
phone may be a family's; or, without documents, the same card where not both have told different phones, for
some cards tell no more than a name. A visit that was taken back counts for nothing, nor does its correction.
"""

# ruff: noqa: S608 - queries are made of what stands in this file

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from kiosk.entries import Pseudonyms
from kiosk.model import Direction, Format, LastVisit, PastVisit
from kiosk.store.opening import stamp
from kiosk.store.register import TAKEN_BACK, columns
from kiosk.store.times import told

_SAME = (
    "{it}.document = {who}document",
    "{it}.phone = {who}phone AND ({it}.document IS NULL OR {who}document IS NULL)",
    "{it}.other = {who}other AND ({it}.phone IS NULL OR {who}phone IS NULL OR {it}.phone = {who}phone)",
)
"""Each of them has an index of its own."""


def _own(who: str) -> str:
    """The sequence number of somebody's latest visit here. `who` goes before the pseudonyms' names."""
    # A plus before a column keeps SQLite from its index, which would be the longer way.
    counts = f"+it.at >= :since AND it.corrects IS NULL AND NOT {TAKEN_BACK.format(visit='it')}"
    each = (
        f"SELECT max(sequence) AS found FROM entries AS it WHERE {same.format(it='it', who=who)} AND {counts}"
        for same in _SAME
    )
    return f"SELECT max(found) FROM ({' UNION ALL '.join(each)})"


def _others(what: str, who: str, more: str = "") -> str:
    """Columns of somebody's latest visit at the other doors."""
    same = " OR ".join(f"({one.format(it='it', who=who)})" for one in _SAME)
    return (
        f"SELECT {what} FROM neighbours AS it WHERE +it.at >= :since {more} AND ({same})"
        " ORDER BY it.at DESC, it.id DESC LIMIT 1"
    )


_LATEST_OWN = f"SELECT direction, at FROM entries WHERE sequence = ({_own(':')})"
_LATEST_OTHER = _others("direction, at", ":")
_RECENT = f"""
    SELECT sequence, direction, at, format, {TAKEN_BACK.format(visit="visit")} FROM (
        SELECT id, sequence, direction, at, format FROM entries
        WHERE at >= :since AND kind = 'visit' AND corrects IS NULL ORDER BY +sequence DESC LIMIT :most
    ) AS visit ORDER BY sequence DESC
"""
_INSIDE_OWN = f"""
    SELECT sequence, direction, at, format, 0 FROM entries AS v
    WHERE at >= :since AND direction = 'in' AND sequence = ({_own("v.")})
    AND NOT EXISTS ({_others("1", "v.", "AND +it.at > v.at")})
"""
_INSIDE_OTHERS = f"""
    SELECT 0, direction, at, NULL, 0 FROM neighbours AS n
    WHERE at >= :since AND direction = 'in' AND id = ({_others("it.id", "n.")})
    AND n.at > coalesce((SELECT at FROM entries WHERE sequence = ({_own("n.")})), '')
"""


def last(db: Database, person: Pseudonyms, since: datetime) -> LastVisit | None:
    """
    The latest visit of a person at or after `since` (aware), here or at another door of the place.

    Raises:
        sqlite3.Error: If the journal cannot be read.
    """
    wanted = {**columns(person), "since": stamp(since)}
    rows = [db.execute(query, wanted).fetchone() for query in (_LATEST_OWN, _LATEST_OTHER)]
    latest = max((row for row in rows if row), key=lambda row: str(row[1]), default=None)
    direction, written = latest or (None, None)
    at = told(written)
    # What no door writes tells nothing.
    return LastVisit(Direction(direction), at) if at and direction in set(Direction) else None


def recent(db: Database, since: datetime, most: int) -> list[PastVisit]:
    """
    At most so many visits of this door at or after `since` (aware), the newest first.

    Raises:
        sqlite3.Error: If the journal cannot be read.
    """
    return list(_past(db.execute(_RECENT, {"since": stamp(since), "most": most})))


def inside(db: Database, since: datetime) -> list[PastVisit]:
    """
    Of each person who came at or after `since` (aware) and has not left, the latest visit, oldest first.

    Those at other doors have the sequence number 0.

    Raises:
        sqlite3.Error: If the journal cannot be read.
    """
    wanted = {"since": stamp(since)}
    found = [visit for query in (_INSIDE_OWN, _INSIDE_OTHERS) for visit in _past(db.execute(query, wanted))]
    return sorted(found, key=lambda visit: (visit.at, visit.sequence))


def _past(rows: Iterable[tuple[int, str, str, str | None, int]]) -> Iterable[PastVisit]:
    """What no door writes is passed over."""
    for sequence, direction, written, kind, taken_back in rows:
        at = told(written)
        if at and direction in set(Direction) and (kind is None or kind in set(Format)):
            shown = Format(kind) if kind else None
            yield PastVisit(sequence, Direction(direction), at, shown, bool(taken_back))
