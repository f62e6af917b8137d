"""A backup of the database is taken, while the centre runs and writes."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from collector.backup import archive, postgresql, sqlite, stamp
from collector.backup.archive import Facts, Manifest
from collector.backup.errors import BackupUnusable
from collector.models import Kiosk, Place, Visit
from collector.shards.known import is_front


class Cursor(Protocol):
    """What both kinds of database answer with."""

    def execute(self, sql: str, /) -> object:
        """Ask."""
        ...

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """All answers."""
        ...


def take(path: Path, now: dt.datetime) -> Manifest:
    """
    Write a backup of the database that Django is set to.

    Args:
        path: Where; the copy lies beside it meanwhile, as large as the database.
        now: The present (aware).

    Raises:
        BackupUnusable: If it cannot be taken, or written there; or if its visits are on shards, for a copy of
            several servers at one moment is not to be had.
        django.db.DatabaseError: If the database cannot be read.
    """
    if is_front():
        raise BackupUnusable(
            "the visits of this database are on shards; copy each server by its own means: docs/cluster.md"
        )
    with archive.telling(path), archive.scratch(path.absolute().parent, "backup") as folder:
        if connection.vendor == "postgresql":
            copy = folder / "database.pgdump"
            held = _of_server(copy)
        else:
            copy = folder / "database.sqlite3"
            held = _of_file(copy)
        manifest = archive.write(path, "database", {copy.name: copy}, now, held)
    with archive.telling(settings.DATA, "data folder"):
        stamp.tell(settings.DATA, "database", now)
    return manifest


def facts(kind: str, cursor: Cursor) -> Facts:
    """What a database holds, asked with a cursor of any kind."""

    def ask(sql: str) -> Sequence[Sequence[Any]]:
        cursor.execute(sql)
        return cursor.fetchall()

    places, boxes, visits = (
        int(ask(f"SELECT count(*) FROM {model._meta.db_table}")[0][0])  # noqa: S608, SLF001 - ours
        for model in (Place, Kiosk, Visit)
    )
    table = MigrationRecorder.Migration._meta.db_table  # noqa: SLF001 - Django's name for it
    done = ask(f"SELECT app, name FROM {table} ORDER BY id")  # noqa: S608 - ours
    return Facts(kind, tuple(f"{app}.{name}" for app, name in done), places, boxes, visits)


def _of_file(copy: Path) -> Facts:
    source = Path(connection.settings_dict["NAME"])
    archive.require_room(copy.parent, [source.stat().st_size])
    sqlite.copy(source, copy)
    with closing(sqlite3.connect(copy)) as line:
        return facts("sqlite", line.cursor())


def _of_server(copy: Path) -> Facts:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = str(cursor.fetchone()[0])
        postgresql.copy(copy, snapshot)
        return facts("postgresql", cursor)
