"""
A hundred doors whose line was down send what they have kept, fifty visits a message.

Beside it the bare database: the very rows that the centre has stored, written once more into a table of the same
columns and indexes, a thousand a transaction, without a broker, a word of JSON or a look at what is there already.
"""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import psycopg

from tests.benchmarks import consumers
from tests.benchmarks.consumers import OUR_TABLE, Start
from tests.benchmarks.load import Load, Publishers, template
from tests.benchmarks.order import Order
from tests.benchmarks.road import broker, median, running, wait_for_subscription
from tests.benchmarks.row import Rates
from tests.postgresql import Server

ROUNDS = 3
LOAD = Load(messages=1000, events=50, window=8)
ROWS = 1000
"""Rows a transaction of the bare database."""


def measure(_order: Order) -> Iterator[Rates]:
    """Let the centre and the bare database write in turn, some rounds."""
    taken: dict[str, list[tuple[float, float]]] = {"SQLite": [], "PostgreSQL": []}
    with ExitStack() as ending:
        server = Server()
        ending.callback(server.close)
        server.start()
        for _ in range(ROUNDS):
            taken["SQLite"].append(_take(consumers.ours_sqlite))
            taken["PostgreSQL"].append(_take(partial(consumers.ours_postgresql, server=server)))
    besides = {"SQLite": "bare executemany of the same rows", "PostgreSQL": "bare COPY of the same rows"}
    for store, beside in besides.items():
        ours, theirs = (median(rates) for rates in zip(*taken[store], strict=True))
        yield Rates(f"backlog to the commit, {store}", LOAD.visits, "1/s", ours, beside, theirs)


def _take(start: Start) -> tuple[float, float]:
    """Visits a second of the centre, and of its bare database."""
    with tempfile.TemporaryDirectory(prefix="road-") as name, broker() as mosquitto:
        folder = Path(name)
        visit = template.write(folder / "visit.json")
        with start(folder, mosquitto.port) as consumer:
            wait_for_subscription(mosquitto, consumers.VISITS)
            with running(Publishers(mosquitto.port, LOAD, visit)) as publishers:
                began_s = publishers.done().began_s
            took_s = consumer.finish(LOAD.visits) - began_s
            bare = _copy if "://" in consumer.database else _insert
            return LOAD.visits / took_s, LOAD.visits / bare(consumer.database)


def _insert(path: str) -> float:
    """Seconds to write all rows of an SQLite table into another like it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = FULL")
        made = database.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql NOT NULL", [OUR_TABLE]
        )
        for (statement,) in made.fetchall():
            # Names of indexes are the database's, not the table's.
            mine = statement.replace(f'"{OUR_TABLE}"', '"bare"').replace('INDEX "', 'INDEX "bare_')
            database.execute(mine)
        rows = database.execute(f"SELECT * FROM {OUR_TABLE}").fetchall()
        insert = f"INSERT INTO bare VALUES ({', '.join('?' * len(rows[0]))})"
        began_s = time.monotonic()
        for first in range(0, len(rows), ROWS):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(insert, rows[first : first + ROWS])
            database.execute("COMMIT")
        return time.monotonic() - began_s


def _copy(url: str) -> float:
    """Seconds to write all rows of a PostgreSQL table into another like it."""
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"CREATE TABLE bare (LIKE {OUR_TABLE} INCLUDING ALL)")
        with database.cursor().copy(f"COPY (SELECT * FROM {OUR_TABLE}) TO STDOUT") as copy:
            rows = b"".join(copy).splitlines(keepends=True)
        parts = [b"".join(rows[first : first + ROWS]) for first in range(0, len(rows), ROWS)]
        began_s = time.monotonic()
        for part in parts:
            with database.cursor().copy("COPY bare FROM STDIN") as copy:
                copy.write(part)
        return time.monotonic() - began_s
