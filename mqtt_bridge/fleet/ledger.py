"""
What each door of a fleet wrote, and for how much of it the centre has given receipts: a SQLite file.

A fleet that is killed leaves it as it was within the last second: with fewer receipts than there were, never
with more. So whoever looks whether all that was confirmed is stored, once each, needs nothing but this file.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from kiosk.errors import KioskError
from mqtt_bridge.fleet.script import Script

_TABLES = """
CREATE TABLE run (
    seed INTEGER NOT NULL, started_ms INTEGER NOT NULL, began_ms INTEGER, doors INTEGER NOT NULL,
    rate REAL NOT NULL, backlog INTEGER NOT NULL, prefix TEXT NOT NULL
);
CREATE TABLE doors (
    kiosk TEXT PRIMARY KEY, door INTEGER NOT NULL, epoch TEXT NOT NULL, written INTEGER NOT NULL,
    through INTEGER NOT NULL, reconnects INTEGER NOT NULL, resent INTEGER NOT NULL, storms TEXT NOT NULL
) WITHOUT ROWID;
"""


class LedgerUnusable(KioskError, OSError):
    """The ledger cannot be written or read."""


@dataclass(frozen=True, slots=True)
class Line:
    """
    One door.

    Attributes:
        kiosk: Its name.
        door: Its number, from 1 on.
        epoch: The id of its journal.
        written: Its last sequence number.
        through: The highest sequence number that a receipt has covered; 0 for none.
        reconnects: How often it came back.
        resent: How often it sent a visit again.
        storms: Its visits that came with a storm, in JSON: when, in seconds since people began to come, by
            sequence number.
    """

    kiosk: str
    door: int
    epoch: str
    written: int
    through: int
    reconnects: int
    resent: int
    storms: str


class Ledger:
    """
    A ledger that is being written. Belongs to one thread.

    Args:
        file: Where; what is there is lost.
        told: What the doors write.

    Raises:
        LedgerUnusable: If that is no place to write.
    """

    def __init__(self, file: Path, told: Script) -> None:
        self._file = file
        try:
            file.unlink(missing_ok=True)
            self._database = sqlite3.connect(file, isolation_level=None)
            # Killed, it is whole again when it is opened; nobody promises more of it.
            self._database.executescript(f"PRAGMA synchronous = OFF; {_TABLES}")
            header = (told.seed, told.started_ms, None, told.doors, told.rate, told.backlog, told.prefix)
            self._database.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)", header)
        except (OSError, sqlite3.Error) as error:
            raise LedgerUnusable(f"--ledger {file}: {error}; name a file that can be written") from error

    def begin(self, began_ms: int) -> None:
        """People begin to come; milliseconds since 1970."""
        self._database.execute("UPDATE run SET began_ms = ?", (began_ms,))

    def note(self, lines: Iterable[Line]) -> None:
        """
        Write down how doors stand.

        Raises:
            LedgerUnusable: If the disk refuses.
        """
        rows = (astuple(one) for one in lines)
        try:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR REPLACE INTO doors VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise LedgerUnusable(f"--ledger {self._file}: {error}; make room on the disk") from error

    def close(self) -> None:
        """Nothing more comes."""
        self._database.close()


def lines(file: Path) -> list[Line]:
    """
    How all doors stand, by their names.

    Raises:
        LedgerUnusable: If the file is no ledger.
    """
    return [Line(*row) for row in _rows(file, "SELECT * FROM doors ORDER BY kiosk")]


def confirmed(file: Path) -> Mapping[str, tuple[UUID, int]]:
    """
    For each kiosk the epoch of its journal, and up to which sequence number the centre has confirmed all.

    Raises:
        LedgerUnusable: If the file is no ledger.
    """
    return {one.kiosk: (UUID(one.epoch), one.through) for one in lines(file)}


def ids(file: Path, kiosk: str) -> list[UUID]:
    """
    The ids of all visits that a kiosk has written: that of sequence number 1 first.

    Raises:
        LedgerUnusable: If the file is no ledger, or has no such kiosk.
    """
    found = _rows(file, "SELECT door, written, storms FROM doors WHERE kiosk = ?", kiosk)
    if not found:
        raise LedgerUnusable(f"ledger {file}: has no kiosk {kiosk}")
    ((door, written, told),) = found
    storms = {int(sequence): at_s for sequence, at_s in json.loads(told).items()}
    ((seed, started_ms, began_ms, *rest),) = _rows(file, "SELECT * FROM run")
    return list(Script(seed, started_ms, *rest).ids(door, written, began_ms, storms))


def _rows(file: Path, question: str, *given: str) -> list[tuple[Any, ...]]:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return database.execute(question, given).fetchall()
    except sqlite3.Error as error:
        raise LedgerUnusable(
            f"ledger {file}: {error}; name one that `mqtt-bridge fleet` has written"
        ) from error
