"""Opening the journal's file: made when missing, brought to the present schema, safe against power cuts."""

import os
import re
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from kiosk.errors import JournalDamaged, JournalFailed, KioskError
from kiosk.store.holding import alone
from kiosk.store.leaves import PAGE_BYTES
from kiosk.store.trouble import FILE_NAME, MENDED, must_be_writable, not_opened, refused

__all__ = ["FILE_NAME", "open_journal", "stamp"]

SALVAGED_NAME = "journal.salvaged.sqlite3"
"""What could be saved of a damaged journal, whole, about to take its place."""
BUSY_MS = 2000
"""How long a write waits for the other process; its transactions take a few milliseconds."""
LOG_BYTES = 4 * 1024 * 1024
"""What stays of the write-ahead log on the disk once its pages are in the file."""
KEY_BYTES = 32

migrations = Migrations("journal")


@migrations()
def begin(db: Database) -> None:
    """The first schema."""
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    db.execute("INSERT INTO journal VALUES (?, ?)", [str(uuid.uuid4()), secrets.token_bytes(KEY_BYTES)])
    db.execute("INSERT INTO road (up) VALUES (0)")


_KNOWN = {begin.__name__}
"""All schemas that this version knows how to read."""

_SCHEMA = """
    CREATE TABLE entries (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('visit', 'clock', 'gap')),
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'stored')),
        at TEXT NOT NULL,
        boot TEXT,
        monotonic_s REAL,
        clock_trusted INTEGER,
        direction TEXT CHECK (direction IN ('in', 'out')),
        source TEXT,
        operator TEXT,
        format TEXT,
        document BLOB,
        phone BLOB,
        other BLOB,
        sealing_key TEXT,
        person BLOB,
        answers TEXT,
        corrects TEXT,
        started TEXT,
        through INTEGER,
        why TEXT
    ) STRICT;
    CREATE INDEX entries_of_a_document ON entries (document, sequence) WHERE document IS NOT NULL;
    CREATE INDEX entries_of_a_phone ON entries (phone, sequence) WHERE phone IS NOT NULL;
    CREATE INDEX entries_of_another ON entries (other, sequence) WHERE other IS NOT NULL;
    CREATE INDEX entries_under_way ON entries (sequence, kind, state) WHERE state != 'stored';
    CREATE INDEX entries_by_time ON entries (at, state);
    CREATE UNIQUE INDEX entries_taken_back ON entries (corrects) WHERE corrects IS NOT NULL;
    CREATE INDEX entries_of_a_boot ON entries (boot, sequence);
    CREATE TABLE aside AS SELECT * FROM entries;
    ALTER TABLE aside ADD COLUMN reason TEXT;
    ALTER TABLE aside ADD COLUMN set_aside_at TEXT;
    CREATE TABLE neighbours (
        id TEXT PRIMARY KEY,
        direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
        at TEXT NOT NULL,
        document BLOB,
        phone BLOB,
        other BLOB
    ) STRICT;
    CREATE INDEX neighbours_by_time ON neighbours (at);
    CREATE INDEX neighbours_of_a_document ON neighbours (document) WHERE document IS NOT NULL;
    CREATE INDEX neighbours_of_a_phone ON neighbours (phone) WHERE phone IS NOT NULL;
    CREATE INDEX neighbours_of_another ON neighbours (other) WHERE other IS NOT NULL;
    CREATE TABLE clock (boot TEXT NOT NULL, started TEXT NOT NULL, stamp INTEGER) STRICT;
    CREATE TABLE journal (epoch TEXT NOT NULL, pseudonym_key BLOB NOT NULL) STRICT;
    CREATE TABLE road (up INTEGER NOT NULL, last_receipt_at TEXT) STRICT;
    CREATE TABLE door (facts TEXT NOT NULL) STRICT;
    CREATE TABLE config (
        counter INTEGER PRIMARY KEY,
        document TEXT NOT NULL,
        applied INTEGER NOT NULL DEFAULT 0,
        refused TEXT
    ) STRICT;
    CREATE TABLE commands (
        counter INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        arguments TEXT NOT NULL,
        deadline TEXT NOT NULL,
        status TEXT CHECK (status IN ('done', 'refused', 'expired')),
        reason TEXT NOT NULL DEFAULT '',
        replied INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE counters (kind TEXT PRIMARY KEY, counter INTEGER NOT NULL) STRICT
"""
TABLES = tuple(re.findall(r"CREATE TABLE (\w+)", _SCHEMA))
"""Of the first schema, which every journal has."""


def open_journal(folder: Path, *, make: bool = True) -> Database:
    """
    The journal in a folder; both are made if missing, unless `make` is false.

    WAL with `synchronous=FULL`: a transaction that was committed survives a power cut, and a reader never
    waits for a writer. The connection belongs to the thread that opened it.

    Raises:
        DiskRefuses: If the disk is full, read-only or ill.
        JournalDamaged: If the file is damaged.
        JournalFailed: If the folder cannot be made or written, or a newer version has written the journal.
    """
    path = folder / FILE_NAME
    if not make and not path.exists():
        raise JournalFailed(f"data.folder = {folder}: holds no journal; name the door's folder with --data")
    with _opening(folder) as opened:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        with alone(folder):
            _ready(folder)
            db = connected(path)
            opened.callback(db.close)
            with db.ensure_autocommit_on():
                db.execute("PRAGMA journal_mode = WAL")
            _assure_known(db, path)
            migrations.apply(db)
            assure_whole(db)
    return db


def open_to_look(folder: Path) -> Database:
    """
    The journal in a folder as it is, to be read while others write it; nothing is made or changed.

    It is opened read-only: a connection that could write would, when it is closed as the last one to a file
    that was taken away, delete the write-ahead log of the file that bears its name by then.

    Raises:
        DiskRefuses: If the disk is read-only or ill.
        JournalDamaged: If the file is damaged, or not whole yet.
        JournalFailed: If it may not be written, which readers of a write-ahead log must, or a newer version
            has written it.
    """
    path = folder / FILE_NAME
    with _opening(folder) as opened:
        _assure_mended(folder)
        must_be_writable(path)
        db = connected(path, "ro")
        opened.callback(db.close)
        _assure_known(db, path)
        assure_whole(db)
    return db


@contextmanager
def _opening(folder: Path) -> Iterator[ExitStack]:
    """
    What is called back if a journal cannot be opened after all, which is said as its doors say it.

    Raises:
        KioskError: What was raised within, or of what kind it is.
    """
    try:
        with ExitStack() as opened:
            yield opened
            opened.pop_all()
    except KioskError:
        raise
    except OSError as error:
        raise refused(folder, error) from error
    except sqlite3.Error as error:
        raise not_opened(folder / FILE_NAME, error) from error


def connected(path: Path, mode: str = "rw") -> Database:
    """
    A database file as it is, with this project's ways of writing and reading.

    Args:
        path: The file; it must be there.
        mode: `rw`, or `ro` to leave it alone.

    Raises:
        sqlite3.Error: If it cannot be opened.
    """
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000)
    # A bad letter is for those to complain of who know what should stand there.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    db = Database(connection, execute_plugins=False)
    with db.ensure_autocommit_on():
        db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        # What is forgotten leaves nothing on the disk.
        db.execute("PRAGMA secure_delete = ON")
    return db


def assure_whole(db: Database) -> None:
    """
    Look whether everything is there that every journal has. Reads a few pages.

    Raises:
        JournalDamaged: If not.
        sqlite3.Error: If they cannot be read.
    """
    names = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if missing := set(TABLES) - names:
        raise JournalDamaged(f"journal: it has no table {min(missing)}; {MENDED}")
    rows = db.execute("SELECT epoch, pseudonym_key FROM journal").fetchall()
    if len(rows) != 1 or not is_identity(*rows[0]):
        raise JournalDamaged(f"journal: its epoch is not readable; {MENDED}")


def _assure_mended(folder: Path) -> None:
    if is_unfinished(folder):
        raise JournalDamaged(f"journal {folder / FILE_NAME}: not mended yet; start the door")


def _assure_known(db: Database, path: Path) -> None:
    if {one.name for one in migrations.applied(db)} - _KNOWN:
        raise JournalFailed(f"journal {path}: a newer version has written it; let that one serve")


def is_identity(epoch: object, key: object) -> bool:
    """Whether these are a journal's epoch and its key for pseudonyms."""
    try:
        uuid.UUID(str(epoch))
    except ValueError:
        return False
    return isinstance(key, bytes) and len(key) == KEY_BYTES


def stamp(at: datetime) -> str:
    """A time as the journal writes it: UTC, milliseconds, of one length, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def is_unfinished(folder: Path) -> bool:
    """Whether mending was cut short, or the file is gone and what was to be written to it is still there."""
    path = folder / FILE_NAME
    log = path.with_name(f"{FILE_NAME}-wal")
    return (folder / SALVAGED_NAME).exists() or (_size(log) > 0 and _size(path) == 0)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _ready(folder: Path) -> None:
    """Make the file if it is to be made; a file that is not whole yet is left to the door."""
    path = folder / FILE_NAME
    _assure_mended(folder)
    if not path.exists():
        # By hand, so that the file is never readable by others, not even for a moment.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640))
    must_be_writable(path)
