"""The door's side of the journal: visits are written here before anybody is welcomed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from uuid_utils import uuid7

from kiosk import person
from kiosk.model import Counts, Direction, LastVisit, Visit, Visitor
from kiosk.store.holding import BRIDGE, is_held
from kiosk.store.opening import failing_as, open_journal

_INSERT = """
    INSERT INTO visits (
        id, direction, source, operator, at, monotonic_s, clock_trusted, format, pseudonym, person
    ) VALUES (
        :id, :direction, :source, :operator, :at, :monotonic_s, :clock_trusted, :format, :pseudonym, :person
    )
"""


class SqliteJournal:
    """
    The journal in a folder.

    Implements `kiosk.ports.Journal`. Belongs to the thread that made it.

    Args:
        folder: Where the file lies; made if missing.
        make: Whether a missing file is made (default), or an error.

    Raises:
        JournalFailed: If it cannot be opened.
    """

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        self._folder = folder
        self._db = open_journal(folder, make=make)
        (self._key,) = self._db.execute("SELECT pseudonym_key FROM journal").fetchone()

    def append(self, visit: Visit) -> int:
        """
        Write a visit down; when this returns, it survives a power cut.

        Returns:
            Its sequence number: 1, 2, 3 …

        Raises:
            JournalFailed: If it is not certain to be on disk.
        """
        with failing_as("write a visit"):
            cursor = self._db.execute(
                _INSERT,
                {
                    "id": str(uuid7()),
                    "direction": visit.direction,
                    "source": visit.source,
                    "operator": visit.operator,
                    "at": stamp(visit.at.utc),
                    "monotonic_s": visit.at.monotonic_s,
                    "clock_trusted": visit.at.trusted,
                    "format": visit.visitor.format,
                    "pseudonym": person.pseudonym(self._key, visit.visitor),
                    "person": person.written(visit.visitor),
                },
            )
        return cast(int, cursor.lastrowid)

    def last_visit(self, visitor: Visitor, since: datetime) -> LastVisit | None:
        """
        The latest visit of the same person at or after `since` (aware); None when there is none.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with failing_as("look up a visit"):
            row = self._db.execute(
                "SELECT direction, at FROM visits WHERE pseudonym = ? AND at >= ?"
                " ORDER BY sequence DESC LIMIT 1",
                [person.pseudonym(self._key, visitor), stamp(since)],
            ).fetchone()
        return LastVisit(Direction(row[0]), datetime.fromisoformat(row[1])) if row else None

    def waiting(self) -> int:
        """
        How many visits have not reached the centre.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with failing_as("count visits"):
            count: int = self._db.execute("SELECT count(*) FROM visits WHERE state != 'stored'").fetchone()[0]
        return count

    def counts(self) -> Counts:
        """
        How many visits are waiting, sent and stored. Reads the whole file.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with failing_as("count visits"):
            return Counts(
                **dict(self._db.execute("SELECT state, count(*) FROM visits GROUP BY state").fetchall())
            )

    def line_up(self) -> bool:
        """
        Whether the bridge lives, and last said that it reaches the broker.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        if not is_held(self._folder, BRIDGE):
            return False
        with failing_as("read the line's state"):
            return bool(self._db.execute("SELECT up FROM line").fetchone()[0])

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        self._db.close()


def stamp(at: datetime) -> str:
    """A time as the journal writes it: UTC, milliseconds, of one length, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
