"""A journal whose disk may refuse it: it is asked for again and again, and there as soon as it can be."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from kiosk.errors import DiskRefuses, JournalFailed
from kiosk.store.holding import DOOR, Hold
from kiosk.store.opening import open_journal
from kiosk.store.salvage import look_after
from kiosk.store.trouble import Identity

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0


class Patient:
    """
    A journal's file, opened now or later.

    Belongs to the thread that made it.

    Args:
        folder: Where it lies.
        make: Whether a missing file is made (default), or an error.
        waits: Whether a disk that refuses is waited for (default), or an error.
        now_s: Monotonic seconds.

    Raises:
        JournalFailed, JournalDamaged: If it cannot be opened, and waiting does not help.
    """

    def __init__(
        self,
        folder: Path,
        *,
        make: bool = True,
        waits: bool = True,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._make = make
        self._now_s = now_s
        self._db: Database | None = None
        self._identity: Identity | None = None
        self._trouble: JournalFailed | None = None
        self._pause_s, self._again_s = FIRST_PAUSE_S, 0.0
        try:
            self._open()
        except DiskRefuses as error:
            if not waits:
                raise
            log.error("%s; trying again for as long as it takes", error)  # noqa: TRY400 (it says all)

    @property
    def db(self) -> Database:
        """
        The file, opened.

        Raises:
            JournalFailed: If it is not open; asking again helps once the disk is well.
            JournalDamaged: If it cannot be opened, and waiting does not help.
        """
        if self._db is not None:
            return self._db
        if self._trouble is not None and self._now_s() < self._again_s:
            raise self._trouble
        return self._open()

    def assure(self) -> None:
        """
        Look whether what is open is still the journal, and sound as far as anybody knows.

        Raises:
            JournalDamaged: If not.
        """
        if self._identity is not None:
            self._identity.assure()

    def close(self) -> None:
        """Close it for good. Calling it twice does no harm."""
        if self._db is not None:
            self._db.close()
        self._db = self._identity = None
        self._trouble, self._again_s = JournalFailed("journal: closed"), float("inf")

    def _open(self) -> Database:
        try:
            self._db = self._opened()
        except DiskRefuses as error:
            self._trouble = error
            self._again_s = self._now_s() + self._pause_s
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
            raise
        if self._trouble is not None:
            log.info("journal: open again")
        self._identity = Identity(self._folder)
        self._trouble, self._pause_s = None, FIRST_PAUSE_S
        return self._db

    def _opened(self) -> Database:
        return open_journal(self._folder, make=self._make)


class DoorFile(Patient):
    """
    The journal's file as the door has it: no other door has it, and it is mended before it is opened.

    Args:
        folder: Where it lies; made if missing.
    """

    def __init__(self, folder: Path, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._hold: Hold | None = None
        super().__init__(folder, now_s=now_s)

    def close(self) -> None:
        """Close it, and let another door have it. Calling it twice does no harm."""
        super().close()
        if self._hold is not None:
            self._hold.release()

    def _opened(self) -> Database:
        self._hold = self._hold or Hold(self._folder, DOOR)
        look_after(self._folder)
        return super()._opened()
