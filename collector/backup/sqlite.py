"""Copies of an SQLite database, while others write to it, and one put in its place."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from collector.backup.errors import BackupUnusable
from collector.whole import sync_folder

_BESIDE = ("-wal", "-shm", "-journal")
_LOCK_S = 5.0


def copy(source: Path, target: Path) -> None:
    """
    Copy a database as it is at one moment, by SQLite's own backup; writers need not wait.

    Args:
        source: The database.
        target: Where the copy goes: one file, with nothing beside it.

    Raises:
        BackupUnusable: If it cannot be copied, or is damaged.
    """
    try:
        with (
            closing(
                sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=_LOCK_S)
            ) as live,
            closing(sqlite3.connect(target)) as made,
        ):
            # In one go: a copy that is made page by page begins anew whenever somebody writes.
            live.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")
        trouble = fault(target)
    except sqlite3.OperationalError as error:
        raise BackupUnusable(f'database "{source}": {error}; run this as the centre\'s user') from error
    except sqlite3.DatabaseError as error:
        trouble = str(error)
    if trouble:
        raise BackupUnusable(f'database "{source}": {trouble}; keep your older backups, and put one back')


def fault(path: Path) -> str:
    """What SQLite's own check finds wrong with a database; empty when all is well."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as line:
            (found,) = line.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if found == "ok" else str(found).strip().replace("\n", " ")


def put_in_place(draft: Path, target: Path) -> None:
    """
    Let a finished database take the place of another: all of it, or nothing.

    Args:
        draft: The new one, in the same folder; nobody has it open.
        target: The old one; it may be missing or damaged.

    Raises:
        BackupUnusable: If a running centre has the old one open.
    """
    with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as old:
        # Only who is alone with a database can take it out of WAL mode: and then there is no log beside it
        # that could be taken for one of the new file's.
        try:
            old.execute("PRAGMA locking_mode = EXCLUSIVE")
            old.execute("PRAGMA journal_mode = DELETE")
            with suppress(sqlite3.DatabaseError):
                old.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise BackupUnusable(
                    f'database "{target}": in use; stop the centre first: sudo systemctl stop collector'
                ) from error
        except sqlite3.DatabaseError:
            pass  # damaged: nobody can have any use of it
        for ending in _BESIDE:
            target.with_name(target.name + ending).unlink(missing_ok=True)
        draft.replace(target)
    sync_folder(target.parent)
