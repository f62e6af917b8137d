"""Journals with much in them, made in no time; and what stands in them."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from uuid_utils import uuid7

from kiosk.formats import recognise
from kiosk.model import Direction, Moment, Source, Visit
from kiosk.sealing import Sealer, SealingKey
from kiosk.store.journal import SqliteJournal
from kiosk.store.leaves import PAGE_BYTES
from kiosk.store.opening import FILE_NAME, stamp
from tests import people
from tests.fakes import MORNING

BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"
SEALER = Sealer(
    "kiosk-1",
    bytes(32),
    [SealingKey("key-1", X25519PrivateKey.generate().public_key().public_bytes_raw(), MORNING)],
)


def visit(number: int = 0, text: str = people.CCCD) -> Visit:
    """A visit a minute, in and out by turns."""
    at = Moment(MORNING + timedelta(minutes=number), 60.0 * number, trusted=True)
    return Visit(recognise(text), (Direction.IN, Direction.OUT)[number % 2], Source.CAMERA, at)


def fill(folder: Path, visits: int, start: int = 0) -> None:
    """Add visits of one person to the journal in a folder, one a minute; only the first is sealed, for speed."""
    with closing(SqliteJournal(folder, boot=BOOT, sealer=SEALER)) as book, book._db.atomic():
        first = book.append(visit(start))
        columns = "kind, boot, clock_trusted, source, format, document, sealing_key, person"
        book._db.conn.executemany(
            f"INSERT INTO entries (id, at, monotonic_s, direction, {columns})"
            f" SELECT ?, ?, ?, ?, {columns} FROM entries WHERE sequence = {first}",
            [
                (str(uuid7()), stamp(one.at.utc), one.at.monotonic_s, one.direction)
                for one in map(visit, range(start + 1, start + visits))
            ],
        )


@dataclass
class Contents:
    """
    What stands in a journal.

    Attributes:
        entries: By sequence number, and by the names of their columns.
        epoch: Its epoch.
        last: The last sequence number that was ever used.
        aside: The ids of what is set aside.
    """

    entries: dict[int, dict[str, object]]
    epoch: str
    last: int
    aside: set[str]

    @cached_property
    def visits(self) -> dict[int, dict[str, object]]:
        return {number: row for number, row in self.entries.items() if row["kind"] == "visit"}

    @property
    def holes(self) -> list[int]:
        """Places that neither hold anything nor are told to be empty: beyond one, the centre would wait for ever."""
        filled: set[int] = set()
        for number, row in self.entries.items():
            filled |= {number, *range(number, row["through"] + 1 if row["kind"] == "gap" else number)}
        return sorted({*range(1, self.last + 1)} - filled)


def read(path: Path) -> Contents:
    """What stands in the journal at this path; it is not touched."""
    copy = path.with_name("copy.sqlite3")
    for name in ("", "-wal"):
        if path.with_name(path.name + name).exists():
            shutil.copy(path.with_name(path.name + name), copy.with_name(copy.name + name))
    try:
        with closing(sqlite3.connect(copy)) as db:
            db.row_factory = sqlite3.Row
            db.text_factory = partial(str, encoding="utf-8", errors="replace")
            return Contents(
                {row["sequence"]: dict(row) for row in db.execute("SELECT * FROM entries")},
                db.execute("SELECT epoch FROM journal").fetchone()[0],
                db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()[0],
                {row["id"] for row in db.execute("SELECT id FROM aside")},
            )
    finally:
        for name in ("", "-wal", "-shm"):
            copy.with_name(copy.name + name).unlink(missing_ok=True)


def alter(folder: Path, *statements: str) -> None:
    """Change a journal as no door does, whatever its rules."""
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            db.execute(statement)


def spoil(path: Path, pages: Iterable[int], what: Callable[[int], bytes] | None = None) -> None:
    """Write something else where pages of a file were, the first of them page 0; random bytes if nothing is said."""
    with path.open("r+b") as file:
        for number in pages:
            file.seek(number * PAGE_BYTES)
            file.write(what(number) if what else random.Random(number).randbytes(PAGE_BYTES))
