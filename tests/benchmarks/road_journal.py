"""How many visits a second the door's journal commits, beside a bare table with the same durability."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from tests.benchmarks import journals
from tests.benchmarks.order import Order
from tests.benchmarks.road import median
from tests.benchmarks.row import Rates

ROUNDS, COMMITS = 9, 100
ROW_BYTES = 400
BEFORE = 20_000
"""Visits that are there already: a log file that still grows costs more at each commit than one that is written over."""
_MAKE = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE visits (row BLOB)"


def measure(_order: Order) -> Iterator[Rates]:
    """Let both commit in turn, one visit each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        journals.fill(folder / "door", BEFORE)
        with (
            closing(journals.journal(folder / "door")) as journal,
            closing(sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)) as bare,
        ):
            bare.executescript(_MAKE)
            insert, row = "INSERT INTO visits VALUES (?)", [bytes(ROW_BYTES)]
            bare.execute("BEGIN")
            bare.executemany(insert, [row] * BEFORE)
            bare.execute("COMMIT")
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours_s = bare_s = 0.0
                for number in range(COMMITS):
                    visit = journals.visit(number)
                    ours_s += _took_s(lambda visit=visit: journal.append(visit))
                    bare_s += _took_s(lambda: bare.execute(insert, row))
                ours.append(COMMITS / ours_s)
                theirs.append(COMMITS / bare_s)
    yield Rates(
        "journal: visits sealed and committed",
        ROUNDS * COMMITS,
        "1/s",
        median(ours),
        "bare SQLite INSERT, WAL FULL",
        median(theirs),
    )


def _took_s(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s
