"""The door's side of the journal: visits are written here before anybody is welcomed."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from uuid_utils import uuid7

from kiosk.entries import Pseudonyms
from kiosk.model import Anchor, Counts, Direction, LastVisit, Visit, Visitor
from kiosk.sealing import Sealer
from kiosk.store.holding import BRIDGE, is_held
from kiosk.store.opening import failing_as, open_journal

PRUNED_AT_ONCE = 500
"""Most rows that one transaction deletes: the door must not wait for it."""

_SLEW = timedelta(seconds=2)
"""A time service turns the clock by little steps all the time: no reason to put anything right."""

_INSERT = """
    INSERT INTO entries (
        id, kind, at, boot, monotonic_s, clock_trusted, direction, source, operator, format,
        document, phone, other, sealing_key, person
    ) VALUES (
        :id, 'visit', :at, :boot, :monotonic_s, :clock_trusted, :direction, :source, :operator, :format,
        :document, :phone, :other, :sealing_key, :person
    )
"""
_OWN = """
    SELECT direction, at FROM entries WHERE sequence = (SELECT max(found) FROM (
        SELECT max(sequence) AS found FROM entries WHERE document = :document AND at >= :since
        UNION ALL SELECT max(sequence) FROM entries
            WHERE phone = :phone AND (document IS NULL OR :document IS NULL) AND at >= :since
        UNION ALL SELECT max(sequence) FROM entries WHERE other = :other AND at >= :since
    ))
"""
_NEIGHBOURS = """
    SELECT direction, at FROM neighbours WHERE at >= :since AND (
        document = :document
        OR (phone = :phone AND (document IS NULL OR :document IS NULL))
        OR other = :other
    ) ORDER BY at DESC LIMIT 1
"""


class SqliteJournal:
    """
    The journal in a folder.

    Implements `kiosk.ports.Journal`. Belongs to the thread that made it.

    Args:
        folder: Where the file lies; made if missing.
        boot: Id of the machine's boot.
        sealer: Who seals persons; None keeps no names, and makes pseudonyms with a key of the journal's own.
        make: Whether a missing file is made (default), or an error.

    Raises:
        JournalFailed: If it cannot be opened.
    """

    def __init__(
        self, folder: Path, *, boot: str = "", sealer: Sealer | None = None, make: bool = True
    ) -> None:
        self._folder = folder
        self._boot = boot
        self._db = open_journal(folder, make=make)
        (key,) = self._db.execute("SELECT pseudonym_key FROM journal").fetchone()
        self.sealer = sealer or Sealer(kiosk="", place_key=key)

    def append(self, visit: Visit) -> int:
        """
        Write a visit down; when this returns, it survives a power cut.

        Returns:
            Its sequence number: 1, 2, 3 …

        Raises:
            JournalFailed: If it is not certain to be on disk.
        """
        visit_id = str(uuid7())
        person = self.sealer.seal(visit.visitor, visit_id, visit.at.utc)
        with failing_as("write a visit"):
            cursor = self._db.execute(
                _INSERT,
                {
                    "id": visit_id,
                    "at": stamp(visit.at.utc),
                    "boot": self._boot,
                    "monotonic_s": visit.at.monotonic_s,
                    "clock_trusted": visit.at.trusted,
                    "direction": visit.direction,
                    "source": visit.source,
                    "operator": visit.operator,
                    "format": visit.visitor.format,
                    **_columns(self.sealer.pseudonyms(visit.visitor)),
                    "sealing_key": person.key if person else None,
                    "person": person.box if person else None,
                },
            )
        return cast(int, cursor.lastrowid)

    def last_visit(self, visitor: Visitor, since: datetime) -> LastVisit | None:
        """
        The latest visit of the same person at or after `since` (aware), here or at a door of the same place.

        The same person is whoever shows the same document, or the same phone where not both have shown a
        document: a phone may be a family's. None when there is none.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        wanted = {**_columns(self.sealer.pseudonyms(visitor)), "since": stamp(since)}
        with failing_as("look up a visit"):
            rows = [self._db.execute(query, wanted).fetchone() for query in (_OWN, _NEIGHBOURS)]
        latest = max((row for row in rows if row), key=lambda row: str(row[1]), default=None)
        return LastVisit(Direction(latest[0]), datetime.fromisoformat(latest[1])) if latest else None

    def anchor(self) -> Anchor | None:
        """
        What an earlier process of this boot told the time from; None for the first.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with failing_as("read the clock's state"):
            row = self._db.execute("SELECT started, stamp FROM clock WHERE boot = ?", [self._boot]).fetchone()
        return Anchor(datetime.fromisoformat(row[0]), row[1]) if row else None

    def latest(self) -> datetime | None:
        """
        When the last visit took place whose time is right (aware); None when there is none.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with failing_as("look up the last visit"):
            row = self._db.execute(
                "SELECT at FROM entries WHERE clock_trusted = 1 ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def keep_time(self, anchor: Anchor) -> int:
        """
        Remember what the time is told from; once that is true, put right the times of this boot's visits, and
        tell the centre.

        Returns:
            How many visits were put right.

        Raises:
            JournalFailed: If the journal cannot be written; then nothing was changed.
        """
        before = self.anchor()
        if before == anchor:
            return 0
        with failing_as("put times right"), self._db.atomic():
            self._db.execute("DELETE FROM clock")
            self._db.execute(
                "INSERT INTO clock VALUES (?, ?, ?)", [self._boot, anchor.started.isoformat(), anchor.stamp]
            )
            return self._correct(anchor, before) if anchor.stamp is not None else 0

    def _correct(self, anchor: Anchor, before: Anchor | None) -> int:
        was_right = before is None or before.stamp is None or abs(before.started - anchor.started) <= _SLEW
        rows = self._db.execute(
            "SELECT sequence, monotonic_s FROM entries"
            " WHERE boot = ? AND kind = 'visit' AND (clock_trusted = 0 OR NOT ?)",
            [self._boot, was_right],
        ).fetchall()
        if rows:
            self._db.conn.executemany(
                "UPDATE entries SET at = ?, clock_trusted = 1 WHERE sequence = ?",
                [(stamp(anchor.started + timedelta(seconds=passed)), sequence) for sequence, passed in rows],
            )
            self._db.execute(
                "INSERT INTO entries (id, kind, at, boot, started) VALUES (?, 'clock', ?, ?, ?)",
                [str(uuid7()), stamp(datetime.now(UTC)), self._boot, stamp(anchor.started)],
            )
        return len(rows)

    def prune(self, before: datetime) -> int:
        """
        Forget what the centre has stored and what is older than `before` (aware): the oldest few hundred.

        What is not stored stays, however old. Neighbours' visits that are as old go too.

        Returns:
            How many were forgotten; call again while it is more than none.

        Raises:
            JournalFailed: If the journal cannot be written.
        """
        with failing_as("forget old visits"):
            cursor = self._db.execute(
                "DELETE FROM entries WHERE sequence IN ("
                "SELECT sequence FROM entries WHERE state = 'stored' AND at < ? ORDER BY sequence LIMIT ?)",
                [stamp(before), PRUNED_AT_ONCE],
            )
            self._db.execute("DELETE FROM neighbours WHERE at < ?", [stamp(before)])
        return cursor.rowcount

    def waiting(self) -> int:
        """
        How many visits have not reached the centre.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with failing_as("count visits"):
            count: int = self._db.execute(
                "SELECT count(*) FROM entries WHERE state != 'stored' AND kind = 'visit'"
            ).fetchone()[0]
        return count

    def counts(self) -> Counts:
        """
        How many visits are waiting, sent, stored and set aside. Reads the whole file.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with failing_as("count visits"):
            return Counts(**dict(_count(self._db.conn)))

    def line_up(self) -> bool:
        """
        Whether the bridge lives, and last said that it reaches the broker.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        if not is_held(self._folder, BRIDGE):
            return False
        with failing_as("read the line's state"):
            return bool(self._db.execute("SELECT up FROM road").fetchone()[0])

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        self._db.close()


def stamp(at: datetime) -> str:
    """A time as the journal writes it: UTC, milliseconds, of one length, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _columns(pseudonyms: Pseudonyms) -> dict[str, bytes | None]:
    return {"document": pseudonyms.document, "phone": pseudonyms.phone, "other": pseudonyms.other}


def _count(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    yield from connection.execute("SELECT state, count(*) FROM entries WHERE kind = 'visit' GROUP BY state")
    yield from connection.execute("SELECT 'aside', count(*) FROM aside")
