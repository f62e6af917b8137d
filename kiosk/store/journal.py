"""The door's side of the journal: visits are written here before anybody is welcomed."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import cast

from sqlite_utils import Database
from uuid_utils import uuid7

from kiosk.entries import Pseudonyms
from kiosk.errors import JournalFailed
from kiosk.model import Anchor, Counts, Direction, LastVisit, Visit, Visitor
from kiosk.sealing import Sealer
from kiosk.store import aside, salvage, times
from kiosk.store.aside import AsideEntry
from kiosk.store.holding import BRIDGE, is_held
from kiosk.store.opening import stamp
from kiosk.store.patience import DoorFile, Patient
from kiosk.store.trouble import failing_as

__all__ = ["SqliteJournal", "stamp"]

PRUNED_AT_ONCE = 200
"""Most rows that one transaction deletes: the door must not wait for it."""

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
_COUNT = """
    SELECT state, count(*) FROM entries WHERE kind = 'visit' GROUP BY state
    UNION ALL SELECT 'aside', count(*) FROM aside
"""


class SqliteJournal:
    """
    The journal in a folder.

    Implements `kiosk.ports.Journal`. Belongs to the thread that made it. Any method but `close()` raises
    `JournalDamaged` when the file is found damaged: the process must end then, and the door that starts anew
    mends it.

    Args:
        folder: Where the file lies; made if missing.
        boot: Id of the machine's boot.
        sealer: Who seals persons; None keeps no names, and makes pseudonyms with a key of the journal's own.
        make: Whether a missing file is made (default), or an error.
        door: Whether this is the door itself: it keeps other doors out and mends a damaged file. While the
            disk refuses, its methods raise `JournalFailed`, and work as soon as the disk does.

    Raises:
        JournalFailed: If it cannot be opened.
    """

    def __init__(
        self,
        folder: Path,
        *,
        boot: str = "",
        sealer: Sealer | None = None,
        make: bool = True,
        door: bool = False,
    ) -> None:
        self._folder = folder
        self._boot = boot
        self._sealer = sealer
        self._told = ""
        self._failing_as = partial(failing_as, folder=folder)
        self.file = DoorFile(folder) if door else Patient(folder, make=make, waits=False)
        """Also for what else lies in it."""

    @property
    def sealer(self) -> Sealer:
        """
        Who seals persons and makes pseudonyms.

        Raises:
            JournalFailed: If the key for pseudonyms cannot be read.
        """
        if self._sealer is None:
            with self._failing_as("read the key for pseudonyms"):
                (key,) = self._db.execute("SELECT pseudonym_key FROM journal").fetchone()
            self._sealer = Sealer(kiosk="", place_key=key)
        return self._sealer

    @sealer.setter
    def sealer(self, sealer: Sealer) -> None:
        self._sealer = sealer

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
        with self._failing_as("write a visit"):
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
        with self._failing_as("look up a visit"):
            rows = [self._db.execute(query, wanted).fetchone() for query in (_OWN, _NEIGHBOURS)]
        latest = max((row for row in rows if row), key=lambda row: str(row[1]), default=None)
        direction, written = latest or (None, None)
        at = times.told(written)
        # What no door writes tells nothing.
        return LastVisit(Direction(direction), at) if at and direction in set(Direction) else None

    def anchor(self) -> Anchor | None:
        """
        What an earlier process of this boot told the time from; None for the first.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with self._failing_as("read the clock's state"):
            return times.anchor(self._db, self._boot)

    def latest(self) -> datetime | None:
        """
        When the last visit took place whose time is right (aware); None when there is none.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with self._failing_as("look up the last visit"):
            return times.latest(self._db)

    def keep_time(self, anchor: Anchor) -> int:
        """
        Remember what the time is told from; once that is true, put right the times of this boot's visits, and
        tell the centre.

        Returns:
            How many visits were put right.

        Raises:
            JournalFailed: If the journal cannot be written; then nothing was changed.
        """
        with self._failing_as("put times right"):
            return times.keep(self._db, self._boot, anchor)

    def prune(self, before: datetime) -> int:
        """
        Forget what the centre has stored and what is older than `before` (aware): the oldest few hundred.

        What is not stored stays, however old. Neighbours' visits that are as old go too, and damaged files
        that were put aside as long ago.

        Returns:
            How many were forgotten; call again while it is more than none.

        Raises:
            JournalFailed: If the journal cannot be written.
        """
        with self._failing_as("forget old visits"):
            cursor = self._db.execute(
                "DELETE FROM entries WHERE sequence IN ("
                "SELECT sequence FROM entries WHERE state = 'stored' AND at < ? ORDER BY at LIMIT ?)",
                [stamp(before), PRUNED_AT_ONCE],
            )
            self._db.execute("DELETE FROM neighbours WHERE at < ?", [stamp(before)])
        try:
            salvage.forget(self._folder, before)
        except OSError as error:
            raise JournalFailed(
                f"data.folder = {self._folder}: {error.strerror}; remove its damaged files"
            ) from error
        return cursor.rowcount

    def waiting(self) -> int:
        """
        How many visits have not reached the centre.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with self._failing_as("count visits"):
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
        with self._failing_as("count visits"):
            states = dict(self._db.execute(_COUNT).fetchall())
        return Counts(**{name: states.get(name, 0) for name in ("waiting", "sent", "stored", "aside")})

    def aside(self) -> list[AsideEntry]:
        """What was set aside, in its order. Raises `JournalFailed` if it cannot be read."""
        return aside.listed(self._db)

    def retry(self) -> int:
        """Put back what was set aside; how many entries. Raises `JournalFailed`, and has moved none then."""
        return aside.retry(self._db)

    def line_up(self) -> bool:
        """
        Whether the bridge lives, and last said that it reaches the broker.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        self.file.assure()
        if not is_held(self._folder, BRIDGE):
            return False
        with self._failing_as("read the line's state"):
            return bool(self._db.execute("SELECT up FROM road").fetchone()[0])

    def tell_door(self, *, serving: bool, camera: bool, keypad: bool) -> None:
        """
        Let the bridge know how the door is; written on change only, for the disk's sake.

        Raises:
            JournalFailed: If the journal cannot be written.
        """
        facts = json.dumps(
            {"serving": serving, "camera": camera, "keypad": keypad, "keeps_names": bool(self.sealer.keys)}
        )
        if facts == self._told:
            return
        with self._failing_as("write the door's state"), self._db.atomic():
            self._db.execute("DELETE FROM door")
            self._db.execute("INSERT INTO door VALUES (?)", [facts])
        self._told = facts

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        self.file.close()

    @property
    def _db(self) -> Database:
        return self.file.db


def _columns(pseudonyms: Pseudonyms) -> dict[str, bytes | None]:
    return {"document": pseudonyms.document, "phone": pseudonyms.phone, "other": pseudonyms.other}
