"""The database: whether it answers, is sound, up to date, and keeps what it says it has."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from collector import database
from collector.doctor.finding import Finding, State, joined

OLDEST_SERVER = 150000
"""PostgreSQL 15."""


def check(data: Path) -> Finding:
    """
    The database.

    Raises:
        django.db.DatabaseError: If it does not answer.
    """
    name = database.name(data)
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        says = f"{name}: not there; run `collector migrate`, or `collector restore` with a backup"
        return Finding("database", State.WRONG, says)
    faults = _of_file() if connection.vendor == "sqlite" else _of_server()
    found = [*faults, *_migrations()]
    return joined(found, Finding("database", State.OK, f"{name}: {size() // 1_000_000:,} MB, up to date"))


def size() -> int:
    """
    How large the database is, in bytes.

    Raises:
        django.db.DatabaseError: If it does not answer.
    """
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        beside = (file, file.with_name(f"{file.name}-wal"))
        return sum(one.stat().st_size for one in beside if one.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _of_file() -> Iterator[Finding]:
    path = Path(connection.settings_dict["NAME"])
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as line:
            (found,) = line.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        why = " ".join(str(found).split())
        yield Finding("", State.WRONG, f"damaged: {why}; stop the centre, and put back a backup")


def _of_server() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        commits, syncs = cursor.fetchone()
    if number < OLDEST_SERVER:
        yield Finding("", State.WRONG, f"PostgreSQL {version}: too old; use 15 or later")
    if commits == "off":
        says = "synchronous_commit is off: a crash loses visits that doors have receipts for; set it on"
        yield Finding("", State.WRONG, says)
    if syncs == "off":
        yield Finding("", State.WRONG, "fsync is off: a power cut destroys the database; set it on")


def _migrations() -> Iterator[Finding]:
    plan = MigrationExecutor(connection)
    if plan.migration_plan(plan.loader.graph.leaf_nodes()):
        yield Finding("", State.WRONG, "not up to date; run `collector migrate`")
