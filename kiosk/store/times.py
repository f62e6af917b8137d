"""The clock's state in the journal, and times put right once the clock is."""

from datetime import UTC, datetime, timedelta

from sqlite_utils import Database
from uuid_utils import uuid7

from kiosk.model import Anchor
from kiosk.store.opening import stamp

SLEW = timedelta(seconds=2)
"""A time service turns the clock by little steps all the time: no reason to put anything right."""
_LONGEST_S = 1e9
"""No machine runs for so long; what claims it was damaged on the disk."""


def anchor(db: Database, boot: str) -> Anchor | None:
    """
    What an earlier process of this boot told the time from; None for the first.

    Raises:
        sqlite3.Error: If the journal cannot be read.
    """
    row = db.execute("SELECT started, stamp FROM clock WHERE boot = ?", [boot]).fetchone()
    started = told(row[0]) if row else None
    return Anchor(started, row[1]) if started else None


def latest(db: Database) -> datetime | None:
    """
    When the last visit took place whose time is right (aware); None when there is none.

    Raises:
        sqlite3.Error: If the journal cannot be read.
    """
    row = db.execute(
        "SELECT at FROM entries WHERE clock_trusted = 1 ORDER BY sequence DESC LIMIT 1"
    ).fetchone()
    return told(row[0]) if row else None


def keep(db: Database, boot: str, new: Anchor) -> int:
    """
    Remember what the time is told from, and put right the times of the boot's visits once that is true.

    Returns:
        How many visits were put right.

    Raises:
        sqlite3.Error: If the journal cannot be written.
    """
    before = anchor(db, boot)
    if before == new:
        return 0
    with db.atomic():
        db.execute("DELETE FROM clock")
        db.execute("INSERT INTO clock VALUES (?, ?, ?)", [boot, new.started.isoformat(), new.stamp])
        return _correct(db, boot, new, before) if new.stamp is not None else 0


def told(text: object) -> datetime | None:
    """A time that was written; None for what no door writes: a bad disk must not keep the door shut."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _correct(db: Database, boot: str, new: Anchor, before: Anchor | None) -> int:
    was_right = before is None or before.stamp is None or abs(before.started - new.started) <= SLEW
    rows = db.execute(
        "SELECT sequence, monotonic_s FROM entries WHERE boot = ? AND kind = 'visit'"
        " AND (clock_trusted = 0 OR NOT ?) AND monotonic_s BETWEEN 0 AND ?",
        [boot, was_right, _LONGEST_S],
    ).fetchall()
    if rows:
        db.conn.executemany(
            "UPDATE entries SET at = ?, clock_trusted = 1 WHERE sequence = ?",
            [(stamp(new.started + timedelta(seconds=passed)), sequence) for sequence, passed in rows],
        )
        db.execute(
            "INSERT INTO entries (id, kind, at, boot, started) VALUES (?, 'clock', ?, ?, ?)",
            [str(uuid7()), stamp(datetime.now(UTC)), boot, stamp(new.started)],
        )
    return len(rows)
