"""The door's side of the journal: visits are written here before anybody is welcomed."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from kiosk.errors import JournalFailed
from kiosk.model import Anchor, Counts, LastVisit, Moment, PastVisit, Visit, Visitor
from kiosk.sealing import Sealer
from kiosk.store import aside, counting, presence, register, salvage, times
from kiosk.store.aside import AsideEntry
from kiosk.store.holding import BRIDGE, is_held
from kiosk.store.opening import stamp
from kiosk.store.patience import DoorFile, Patient
from kiosk.store.trouble import failing_as

__all__ = ["SqliteJournal", "stamp"]

PRUNED_AT_ONCE = 200
"""Most rows that one transaction deletes: the door must not wait for it."""


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
        boot: str,
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
        with self._failing_as("write a visit"):
            return register.write(self._db, visit, boot=self._boot, sealer=self.sealer)

    def take_back(self, sequence: int, at: Moment, operator: str) -> int | None:
        """
        Write down that a visit of this door did not take place: a correcting visit, the other way.

        Returns:
            The correction's sequence number; None when there is no such visit, or it was taken back already.

        Raises:
            JournalFailed: If it is not certain to be on disk.
        """
        with self._failing_as("take a visit back"):
            return register.take_back(self._db, sequence, at, boot=self._boot, operator=operator)

    def last_visit(self, visitor: Visitor, since: datetime) -> LastVisit | None:
        """
        The latest visit of the same person at or after `since` (aware), here or at a door of the same place.

        Who is the same person is told in `kiosk.store.presence`. None when there is none.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with self._failing_as("look up a visit"):
            return presence.last(self._db, self.sealer.pseudonyms(visitor), since)

    def recent(self, since: datetime, most: int) -> list[PastVisit]:
        """
        This door's latest visits at or after `since` (aware), the newest first; corrections are no visits.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with self._failing_as("look up visits"):
            return presence.recent(self._db, since, most)

    def inside(self, since: datetime) -> list[PastVisit]:
        """
        The visits by which people came in who have not left since, those that came first before the others.

        Those at other doors of the place have the sequence number 0, and a format that only tells what they
        are known by. Where 10,000 come a day, it takes a tenth of a second of a server's core.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        with self._failing_as("look up who is inside"):
            return presence.inside(self._db, since)

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
            return counting.count(self._db)

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
