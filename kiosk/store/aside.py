"""What was set aside because it could not be sent: listed, and given another try."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from kiosk.store.times import told
from kiosk.store.trouble import failing_as

_COLUMNS = (
    "id, kind, at, boot, monotonic_s, clock_trusted, direction, source, operator, format, "
    "document, phone, other, sealing_key, person, answers, corrects, started, through, why"
)

_UNKNOWN = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class AsideEntry:
    """
    An entry out of the way.

    Attributes:
        sequence: The place it had in the journal; 0 when that cannot be read.
        reason: Why; holds nothing of the visitor.
        at: When it was set aside (aware); 1970 when that cannot be read.
    """

    sequence: int
    reason: str
    at: datetime


def listed(db: Database) -> list[AsideEntry]:
    """
    All that is set aside, in the journal's order.

    Raises:
        JournalFailed: If the journal cannot be read.
    """
    with failing_as("list what is set aside"):
        rows = db.execute("SELECT sequence, reason, set_aside_at FROM aside ORDER BY sequence").fetchall()
    return [
        AsideEntry(sequence if isinstance(sequence, int) else 0, str(reason), told(at) or _UNKNOWN)
        for sequence, reason, at in rows
    ]


def retry(db: Database) -> int:
    """
    Put everything back into the queue, at its end: the old places were told to the centre as gaps.

    What the journal itself does not take, since no door writes it, stays aside.

    Returns:
        How many entries were put back.

    Raises:
        JournalFailed: If the journal cannot be written; then nothing was moved.
    """
    with failing_as("put back what is set aside"), _alone(db):
        rows = [row for (row,) in db.execute("SELECT rowid FROM aside ORDER BY sequence, rowid").fetchall()]
        return sum(_put_back(db, row) for row in rows)


@contextmanager
def _alone(db: Database) -> Iterator[None]:
    """Who reads first in a transaction cannot write once the door has written in between: lock, then read."""
    with db.ensure_autocommit_on():
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.conn.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


def _put_back(db: Database, row: int) -> bool:
    try:
        moved = db.conn.execute(
            f"INSERT INTO entries ({_COLUMNS}) SELECT {_COLUMNS} FROM aside WHERE rowid = ?",  # noqa: S608
            [row],
        )
    except sqlite3.IntegrityError:
        return False
    db.conn.execute("DELETE FROM aside WHERE rowid = ?", [row])
    return moved.rowcount == 1
