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
_ROW_BYTES = 400


def measure(_order: Order) -> Iterator[Rates]:
    """Let both commit in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            closing(journals.journal(folder / "door")) as journal,
            closing(sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)) as bare,
        ):
            bare.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE visits (row BLOB)"
            )
            row = bytes(_ROW_BYTES)
            rates: dict[str, list[float]] = {"ours": [], "bare": []}
            for _ in range(ROUNDS):
                rates["ours"].append(_rate(lambda number: journal.append(journals.visit(number))))
                rates["bare"].append(_rate(lambda _: bare.execute("INSERT INTO visits VALUES (?)", [row])))
    ours, theirs = median(rates["ours"]), median(rates["bare"])
    yield Rates(
        "journal: visits sealed and committed", COMMITS, "1/s", ours, "bare SQLite INSERT, WAL FULL", theirs
    )


def _rate(commit: Callable[[int], object]) -> float:
    began_s = time.perf_counter()
    for number in range(COMMITS):
        commit(number)
    return COMMITS / (time.perf_counter() - began_s)
