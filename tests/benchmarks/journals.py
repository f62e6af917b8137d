"""Journals of invented visits, for the benchmarks of the road."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from uuid_utils import uuid7

from kiosk.model import Direction, Format, Moment, Source, Visit, Visitor
from kiosk.sealing import Sealer, SealingKey
from kiosk.store.journal import SqliteJournal

KIOSK = "bench-0000"
BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"
_MORNING = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
PRIVATE_KEY = X25519PrivateKey.generate()
SEALER = Sealer(
    kiosk=KIOSK,
    place_key=bytes(32),
    keys=[SealingKey("bench", PRIVATE_KEY.public_key().public_bytes_raw(), _MORNING)],
)


def visitor(number: int) -> Visitor:
    """One of some thousand invented people."""
    return Visitor(Format.CCCD, document=f"0140{number % 5000:08}", name="Nguyễn Văn Thử", birth="1999-02-01")


def visit(number: int) -> Visit:
    """A visit a second, in and out by turns."""
    at = Moment(_MORNING + timedelta(seconds=number), float(number), trusted=True)
    return Visit(visitor(number), (Direction.IN, Direction.OUT)[number % 2], Source.CAMERA, at)


def journal(folder: Path) -> SqliteJournal:
    """An empty journal that seals."""
    return SqliteJournal(folder, boot=BOOT, sealer=SEALER)


def fill(folder: Path, visits: int) -> None:
    """Make a journal in a folder, with so many visits that wait for the road: all alike, but for their ids."""
    with closing(journal(folder)) as made:
        made.append(visit(0))
        # One transaction of rows like the first, or the disk would have to be waited for so many times.
        with made._db.atomic():
            first = dict(next(made._db.query("SELECT * FROM entries")))
            del first["sequence"], first["id"]
            columns, marks = ", ".join(first), ", ".join("?" * len(first))
            rows = [(str(uuid7()), *first.values()) for _ in range(visits - 1)]
            made._db.conn.executemany(f"INSERT INTO entries (id, {columns}) VALUES (?, {marks})", rows)
