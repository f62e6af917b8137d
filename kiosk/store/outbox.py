"""The road's side of the journal: what is to be sent, and what has become of it."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.model import Direction, Entry, Format, Source
from kiosk.store.opening import failing_as, open_journal


class Outbox:
    """
    The visits of a journal that have not reached the centre.

    Belongs to the thread that made it. Every method but `close()` raises `JournalFailed` when the file
    cannot be read or written; nothing is half done then.

    Args:
        folder: Where the journal lies; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._db = open_journal(folder)
        self.epoch: str = self._db.execute("SELECT epoch FROM journal").fetchone()[0]

    def after(self, sequence: int, most: int) -> list[Entry]:
        """At most so many visits that are not stored, oldest first, of those after a sequence number."""
        with failing_as("read visits"):
            rows = self._db.table("visits").rows_where(
                "sequence > ? AND state != 'stored'", [sequence], order_by="sequence", limit=most
            )
            return [self._entry(row) for row in rows]

    def settled(self) -> int:
        """The highest sequence number up to which all are stored; 0 for none."""
        with failing_as("read visits"):
            row = self._db.execute(
                "SELECT coalesce((SELECT min(sequence) - 1 FROM visits WHERE state != 'stored'),"
                " (SELECT seq FROM sqlite_sequence WHERE name = 'visits'), 0)"
            ).fetchone()
        return int(row[0])

    def mark_sent(self, sequences: Iterable[int]) -> None:
        """The broker has these."""
        with failing_as("mark visits as sent"), self._db.atomic():
            self._db.conn.executemany(
                "UPDATE visits SET state = 'sent' WHERE sequence = ? AND state = 'waiting'",
                [(sequence,) for sequence in sequences],
            )

    def mark_stored(self, through: int) -> int:
        """
        The centre has committed all up to this sequence number.

        Only visits that were sent can have been stored: a receipt for others is not believed.

        Returns:
            How many visits this settled.
        """
        with failing_as("mark visits as stored"):
            cursor = self._db.execute(
                "UPDATE visits SET state = 'stored' WHERE sequence <= ? AND state = 'sent'", [through]
            )
        return cursor.rowcount

    def tell_line(self, *, up: bool) -> None:
        """Let the door know whether the road reaches the broker."""
        with failing_as("write the line's state"):
            self._db.execute("UPDATE line SET up = ? WHERE up != ?", [up, up])

    def version(self) -> int:
        """A number that changes when the door has written something. Costs next to nothing to ask."""
        with failing_as("look for news"):
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        self._db.close()

    def _entry(self, row: dict[str, Any]) -> Entry:
        return Entry(
            id=row["id"],
            epoch=self.epoch,
            sequence=row["sequence"],
            direction=Direction(row["direction"]),
            source=Source(row["source"]),
            operator=row["operator"],
            at=datetime.fromisoformat(row["at"]),
            clock_trusted=bool(row["clock_trusted"]),
            format=Format(row["format"]),
            person=row["person"],
        )
