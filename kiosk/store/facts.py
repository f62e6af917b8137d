"""What a journal tells of itself and of the door, for those who watch the box."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from kiosk.store.opening import open_journal
from kiosk.store.trouble import failing_as


@dataclass(frozen=True, slots=True)
class DoorFacts:
    """
    How the door last said that it is.

    Attributes:
        serving: Whether anybody can be checked in there.
        camera: Whether the camera works.
        keypad: Whether the keypad works.
        keeps_names: Whether it keeps persons, sealed.
    """

    serving: bool
    camera: bool
    keypad: bool
    keeps_names: bool


@dataclass(frozen=True, slots=True)
class UnderWay:
    """
    How many entries the centre does not have yet.

    Attributes:
        waiting: The broker has not had them yet.
        sent: The broker has them, the centre has not confirmed them.
        aside: They could not be sent.
    """

    waiting: int
    sent: int
    aside: int


class Facts:
    """
    A journal, looked at and never written.

    Belongs to the thread that made it. Every method but `close()` raises `JournalFailed` when the file cannot
    be read, and `JournalDamaged` when it is damaged.

    Args:
        folder: Where the journal lies; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._failing_as = partial(failing_as, folder=folder)
        self._db = open_journal(folder)

    def door(self) -> DoorFacts | None:
        """How the door last said that it is; None when it never did."""
        with self._failing_as("read the door's state"):
            row = self._db.execute("SELECT facts FROM door").fetchone()
        if row is None:
            return None
        try:
            told = json.loads(row[0])
            return DoorFacts(
                serving=bool(told["serving"]),
                camera=bool(told["camera"]),
                keypad=bool(told["keypad"]),
                keeps_names=bool(told["keeps_names"]),
            )
        except (ValueError, LookupError, TypeError):
            return None

    def under_way(self) -> UnderWay:
        """How many entries the centre does not have yet: off an index that holds no others."""
        with self._failing_as("count entries"):
            all_, waiting = self._db.execute(
                "SELECT count(*), total(state = 'waiting') FROM entries WHERE state != 'stored'"
            ).fetchone()
            (aside,) = self._db.execute("SELECT count(*) FROM aside").fetchone()
        return UnderWay(waiting=int(waiting), sent=all_ - int(waiting), aside=aside)

    def oldest(self) -> datetime | None:
        """When the oldest entry was made that the centre does not have yet (aware); None for none."""
        with self._failing_as("look for the oldest entry"):
            row = self._db.execute(
                "SELECT at FROM entries WHERE state != 'stored' ORDER BY sequence LIMIT 1"
            ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def stored(self) -> int:
        """How many entries the centre has: some milliseconds for each 100,000."""
        with self._failing_as("count entries"):
            (stored,) = self._db.execute(
                "SELECT (SELECT count(*) FROM entries)"
                " - (SELECT count(*) FROM entries WHERE state != 'stored')"
            ).fetchone()
        return int(stored)

    def is_all_stored(self) -> bool:
        """Whether nothing is on its way to the centre, or waits for it."""
        with self._failing_as("look for entries under way"):
            row = self._db.execute("SELECT 1 FROM entries WHERE state != 'stored' LIMIT 1").fetchone()
        return row is None

    def last_receipt(self) -> datetime | None:
        """When the centre last confirmed entries (aware), by the box's clock; None for never."""
        with self._failing_as("read the line's state"):
            (at,) = self._db.execute("SELECT last_receipt_at FROM road").fetchone()
        return datetime.fromisoformat(at) if at else None

    def config(self) -> int:
        """Version of the configuration in force; 0 for none."""
        with self._failing_as("read the configuration's version"):
            (counter,) = self._db.execute("SELECT max(counter) FROM config WHERE applied").fetchone()
        return int(counter or 0)

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        self._db.close()
