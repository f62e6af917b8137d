"""
The bare database: the very rows that a centre has stored, written once more into a table like theirs.

A thousand a transaction, without a broker, a word of JSON or a look at what is there already.
"""

import sqlite3
import tempfile
import time
from contextlib import closing
from itertools import islice

import psycopg

from tests.benchmarks.consumers import OUR_TABLE

ROWS = 1000
"""Rows a transaction."""


def write_s(database: str) -> float:
    """Seconds that it takes in the database of a centre: a file's path, or an address."""
    return _copy(database) if "://" in database else _insert(database)


def _insert(path: str) -> float:
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
    with tempfile.TemporaryFile() as rows, psycopg.connect(url, autocommit=True) as database:
        database.execute(f"CREATE TABLE bare (LIKE {OUR_TABLE} INCLUDING ALL)")
        with database.cursor().copy(f"COPY (SELECT * FROM {OUR_TABLE}) TO STDOUT") as copy:
            for block in copy:
                rows.write(block)
        rows.seek(0)
        began_s = time.monotonic()
        while part := b"".join(islice(rows, ROWS)):
            with database.cursor().copy("COPY bare FROM STDIN") as copy:
                copy.write(part)
        return time.monotonic() - began_s
