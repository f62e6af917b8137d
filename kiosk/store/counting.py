"""How the visits of a journal stand: counted once, or again and again while others write it."""

import sqlite3
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from kiosk.errors import DiskRefuses, JournalDamaged, JournalFailed
from kiosk.model import Counts
from kiosk.store import aside
from kiosk.store.aside import AsideEntry
from kiosk.store.opening import FILE_NAME, open_to_look
from kiosk.store.trouble import Identity, refused

LOOK_S = 0.25
"""How soon a change is noticed."""
_PAUSES = 9
"""A pause is so many times as long as the counting before it took, if that is more."""

_COUNT = """
    SELECT state, count(*) FROM entries WHERE kind = 'visit' GROUP BY state
    UNION ALL SELECT 'aside', count(*) FROM aside
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    How the visits of a journal stand.

    Attributes:
        counts: How many there are, by their state.
        aside: What was set aside, in the journal's order.
        epoch: The journal's, since another may take its place.
    """

    counts: Counts
    aside: tuple[AsideEntry, ...]
    epoch: str = ""


def count(db: Database) -> Counts:
    """
    How many visits are waiting, sent, stored and set aside. Reads the whole file.

    Raises:
        sqlite3.Error: If it cannot be read.
    """
    states = dict(db.execute(_COUNT).fetchall())
    return Counts(**{name: states.get(name, 0) for name in ("waiting", "sent", "stored", "aside")})


def follow(folder: Path, pause: Callable[[float], bool]) -> Generator[Standing, None, None]:
    """
    How the visits of a journal stand: at first, and again whenever that has changed.

    A journal that is not there yet, is being mended, or is taken away is waited for, and so is a disk that
    refuses. The journal is only ever read, and let go of between two looks: neither door nor bridge waits for
    whoever follows.

    Args:
        folder: Where the journal lies, now or later.
        pause: Lets so many seconds pass; false ends it.

    Raises:
        JournalFailed: If the journal is there and may not be looked at, or a newer version has written it.
    """
    told: Standing | None = None
    while True:
        for standing in _while_it_lies_there(folder, pause):
            if standing is None:
                return
            if standing != told:
                told = standing
                yield standing
        if not pause(LOOK_S):
            return


def _while_it_lies_there(folder: Path, pause: Callable[[float], bool]) -> Iterator[Standing | None]:
    """How it stands after each change, until it is gone or cannot be read; None at the end of all."""
    try:
        if not (folder / FILE_NAME).exists():
            return
        identity = Identity(folder)
        identity.assure()
        with closing(open_to_look(folder)) as db:
            seen = None
            while True:
                began_s = time.monotonic()
                version = db.execute("PRAGMA data_version").fetchone()[0]
                if version != seen:
                    seen = version
                    yield _standing(db)
                if not pause(max(LOOK_S, _PAUSES * (time.monotonic() - began_s))):
                    yield None
                identity.assure()
    except (DiskRefuses, JournalDamaged, sqlite3.Error):
        return
    except JournalFailed:
        # What is taken away just now cannot be opened either, and that is no failure.
        if (folder / FILE_NAME).exists():
            raise
    except OSError as error:
        failed = refused(folder, error)
        if not isinstance(failed, DiskRefuses):
            raise failed from error


def _standing(db: Database) -> Standing:
    """All of one moment."""
    with db.atomic():
        (epoch,) = db.execute("SELECT epoch FROM journal").fetchone()
        return Standing(count(db), tuple(aside.listed(db)), str(epoch))
