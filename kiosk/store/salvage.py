"""
Mending a damaged journal: what can be read of it goes into a new one, and it is put aside itself.

The door does this before it opens its journal. The new file grows under a name of its own; once it is whole
on the disk it gets a second name, and from then on only names are changed. So a power cut at any point either
begins all over or goes on with the names.
"""

import logging
import os
import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event

from sqlite_utils import Database

from kiosk.errors import JournalDamaged, KioskError
from kiosk.store.holding import BRIDGE, alone, is_held
from kiosk.store.opening import SALVAGED_NAME, TABLES, assure_whole, connected, is_unfinished, migrations
from kiosk.store.rescue import Rescued, overlooked, rescue
from kiosk.store.trouble import (
    FILE_NAME,
    MARK,
    is_marked,
    is_wrong,
    mark,
    must_be_writable,
    not_opened,
    refused,
)

log = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""How long the bridge may take to let go of the old file."""
_LOOK_S = 0.05
_DRAFT_NAME = "journal.salvaging.sqlite3"
_LOGS = ("-wal", "-shm", "-journal")
_STAMP = "%Y%m%dT%H%M%SZ"
_ASIDE = re.compile(r"journal-(?P<at>\d{8}T\d{6}Z)\.damaged\.sqlite3(?P<log>-[a-z]+)?")


def look_after(folder: Path) -> None:
    """
    Look whether the journal in a folder is sound, and mend it if it is not.

    Reads all of it. Only the door may call this, while it holds its lock and has not opened the journal.

    Args:
        folder: Where the journal lies, or is to be made; it is there.

    Raises:
        DiskRefuses: If the disk is full, read-only or ill.
        JournalFailed: If the folder cannot be written, or another program holds the file.
    """
    path = folder / FILE_NAME
    try:
        with alone(folder):
            if aside := _take_its_place(folder):
                log.error("journal: mending was cut short, and is finished; the damaged file is %s", aside)
            if why := _damage(path):
                _mend(path, why)
    except KioskError:
        raise
    except OSError as error:
        raise refused(folder, error) from error
    except sqlite3.Error as error:
        raise not_opened(path, error) from error


def put_aside(folder: Path) -> list[Path]:
    """The damaged journals in a folder, oldest first."""
    found = ((path, _ASIDE.fullmatch(path.name)) for path in folder.glob("journal-*"))
    return sorted(path for path, name in found if name and not name["log"])


def forget(folder: Path, before: datetime) -> None:
    """
    Remove damaged journals that were put aside before a time (aware): nobody's visits are kept longer there.

    Raises:
        OSError: If they cannot be removed.
    """
    for path in folder.glob("journal-*"):
        name = _ASIDE.fullmatch(path.name)
        if name and name["at"] < _stamp(before):
            path.unlink(missing_ok=True)


def _damage(path: Path) -> str:
    """What is wrong with the journal; empty when it is sound, or not made yet."""
    if is_unfinished(path.parent):
        return "the file is gone, its write-ahead log is not"
    if not path.exists() or not path.stat().st_size:
        return ""
    if is_marked(path.parent):
        return "found while it was in use"
    must_be_writable(path)
    try:
        with closing(connected(path, "ro")) as db:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                return " ".join(str(found).split())
            if not _is_made(db):
                return ""
            assure_whole(db)
            (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
    except JournalDamaged as error:
        return str(error)
    except sqlite3.Error as error:
        if not is_wrong(error):
            raise
        return str(error)
    # The last one may have been under way when the power failed.
    if (lost := overlooked(path, last)) > 1:
        return f"its write-ahead log hides {lost} entries"
    return ""


def _is_made(db: Database) -> bool:
    """Whether the first start came to its end, or at least left something of a journal."""
    return bool(migrations.applied(db)) or not set(TABLES).isdisjoint(db.table_names())


def _mend(path: Path, why: str) -> None:
    folder, draft = path.parent, path.with_name(_DRAFT_NAME)
    mark(folder)
    _wait_for_the_bridge(folder)
    try:
        told = _build(draft, path)
        newest = max(time.time(), _seconds(told.latest))
        os.utime(draft, (newest, newest))
        _to_disk(draft)
        draft.replace(path.with_name(SALVAGED_NAME))
        _to_disk(folder)
    finally:
        _remove(draft)
    aside = _take_its_place(folder)
    log.error(
        "journal damaged: %s; %d entries are saved, %d of them not stored yet; %d are set aside,"
        " %d places are lost; the damaged file is %s",
        *(why, told.entries, told.not_stored, told.aside, told.lost, aside),
    )


def _wait_for_the_bridge(folder: Path) -> None:
    """It ends when it finds the mark. What one that does not end writes now is lost, and comes again."""
    until_s = time.monotonic() + PATIENCE_S
    pause = Event()
    while is_held(folder, BRIDGE) and time.monotonic() < until_s:
        pause.wait(_LOOK_S)


def _build(draft: Path, damaged: Path) -> Rescued:
    _remove(draft)
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640))
    with closing(connected(draft)) as fresh:
        with fresh.ensure_autocommit_on():
            # Nobody reads it before all of it is on the disk.
            fresh.execute("PRAGMA journal_mode = MEMORY")
            fresh.execute("PRAGMA synchronous = OFF")
        migrations.apply(fresh)
        with fresh.atomic():
            return rescue(damaged, fresh)


def _take_its_place(folder: Path) -> Path | None:
    """
    Put a salvaged journal in the place of the damaged one.

    Returns:
        Where the damaged one is now; None when nothing was salvaged.
    """
    salvaged, path = folder / SALVAGED_NAME, folder / FILE_NAME
    _remove(folder / _DRAFT_NAME)
    if not salvaged.exists():
        return None
    aside = _free_name(folder, int(salvaged.stat().st_mtime))
    for name in (*_LOGS, ""):
        old = path.with_name(FILE_NAME + name)
        if old.exists():
            old.rename(aside.with_name(aside.name + name))
    (folder / MARK).unlink(missing_ok=True)
    _to_disk(folder)
    salvaged.rename(path)
    _to_disk(folder)
    return aside


def _free_name(folder: Path, at_s: int) -> Path:
    names = (
        folder / f"journal-{_stamp(datetime.fromtimestamp(second, UTC))}.damaged.sqlite3"
        for second in count(at_s)
    )
    return next(name for name in names if not name.exists())


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_STAMP)


def _seconds(at: str) -> float:
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return 0.0


def _to_disk(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _remove(draft: Path) -> None:
    for name in ("", *_LOGS):
        draft.with_name(draft.name + name).unlink(missing_ok=True)
