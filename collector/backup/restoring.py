"""A backup of the database is put back: all of it, or nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from collector.backup import archive, postgresql, sqlite
from collector.backup.archive import Backup, Facts
from collector.backup.errors import BackupUnusable
from collector.backup.taking import facts
from collector.models import Visit


def restore(backup: Backup, *, replace: bool) -> Facts:
    """
    Put a backup in the place of the database that Django is set to, and bring it up to date.

    Args:
        backup: One of a database.
        replace: Also where there are visits.

    Returns:
        What it holds.

    Raises:
        BackupUnusable: If it is damaged, too new, of another kind, or the database has visits or is in use;
            then nothing was changed.
        django.db.DatabaseError: If the database cannot be read or written.
    """
    held = _require_fit(backup)
    (piece,) = backup.manifest.pieces
    with archive.telling(settings.DATA, "data folder"), archive.scratch(settings.DATA, "restore") as folder:
        archive.require_room(folder, [piece.size])
        draft = folder / f"draft.{'pgdump' if held.kind == 'postgresql' else 'sqlite3'}"
        with draft.open("wb") as into:
            backup.read(piece, into)
        if not replace and (held_now := _what_would_be_lost()):
            raise BackupUnusable(f"database: {held_now}; restore with --replace if that is to be lost")
        if held.kind == "postgresql":
            _into_server(draft)
        else:
            _into_file(draft, held)
    return held


def _require_fit(backup: Backup) -> Facts:
    """What the database held; only if this centre can do with it."""
    held = backup.manifest.database
    if held is None or len(backup.manifest.pieces) != 1:
        raise BackupUnusable(f'backup "{backup.path}": holds no database; choose another file')
    kinds = {"sqlite": "the SQLite file in the data folder", "postgresql": "a PostgreSQL server"}
    if held.kind != connection.vendor:
        remedy = "leave out --database" if held.kind == "sqlite" else "name one with --database"
        of = f"of {kinds.get(held.kind, held.kind)}, not of {kinds[connection.vendor]}"
        raise BackupUnusable(f'backup "{backup.path}": {of}; {remedy}')
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := set(held.migrations) - known:
        raise BackupUnusable(
            f'backup "{backup.path}": made by version {backup.manifest.version}, which knows '
            f"{min(unknown)}; this is {version('entrance-kiosk')}: install that version, or a later one"
        )
    return held


def _what_would_be_lost() -> str:
    """What the database holds that nobody should lose by mistake; empty for nothing."""
    file = Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None
    if file is not None and not file.exists():
        return ""
    try:
        visits = Visit.objects.count()
    except DatabaseError:  # no tables yet, or damaged
        trouble = sqlite.fault(file) if file is not None else ""
        return f"damaged ({trouble}), and perhaps not all of it is lost" if trouble else ""
    finally:
        connection.close()
    return f"holds {visits} visits" if visits else ""


def _into_file(draft: Path, held: Facts) -> None:
    if trouble := sqlite.fault(draft):
        raise BackupUnusable(f"backup: its database is damaged: {trouble}; take an older one")
    with _set_to(draft):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("clearsessions")
    with closing(sqlite3.connect(draft)) as line:
        line.execute("PRAGMA journal_mode = DELETE")
        found = facts(held.kind, line.cursor())
    if found.visits != held.visits:
        raise BackupUnusable(f"backup: {found.visits} of {held.visits} visits are left; take an older one")
    sqlite.put_in_place(draft, Path(connection.settings_dict["NAME"]))


def _into_server(draft: Path) -> None:
    if others := postgresql.others():
        raise BackupUnusable(
            f"database: {others} others are connected; stop the centre first: sudo systemctl stop collector"
        )
    tables = [*_tables(), MigrationRecorder.Migration._meta.db_table]  # noqa: SLF001 - Django's name for it
    connection.close()
    postgresql.put_in_place(draft, tables)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("clearsessions")


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True)


@contextmanager
def _set_to(file: Path) -> Iterator[None]:
    """Have Django use another file, in this thread."""
    connection.close()
    was = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = file
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = was
