"""Opening the journal's file: made when missing, brought to the present schema, safe against power cuts."""

import fcntl
import os
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from kiosk.errors import JournalFailed

FILE_NAME = "journal.sqlite3"
BUSY_MS = 2000
"""How long a write waits for the other process; its transactions take a few milliseconds."""

migrations = Migrations("journal")


@migrations()
def begin(db: Database) -> None:
    """The first schema."""
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    db.execute("INSERT INTO journal VALUES (?, ?)", [str(uuid.uuid4()), secrets.token_bytes(32)])
    db.execute("INSERT INTO road (up) VALUES (0)")


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
        started TEXT,
        through INTEGER,
        why TEXT
    ) STRICT;
    CREATE INDEX entries_of_a_document ON entries (document, sequence) WHERE document IS NOT NULL;
    CREATE INDEX entries_of_a_phone ON entries (phone, sequence) WHERE phone IS NOT NULL;
    CREATE INDEX entries_of_another ON entries (other, sequence) WHERE other IS NOT NULL;
    CREATE INDEX entries_under_way ON entries (sequence, state) WHERE state != 'stored';
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
    CREATE INDEX neighbours_of_a_document ON neighbours (document) WHERE document IS NOT NULL;
    CREATE INDEX neighbours_of_a_phone ON neighbours (phone) WHERE phone IS NOT NULL;
    CREATE INDEX neighbours_of_another ON neighbours (other) WHERE other IS NOT NULL;
    CREATE TABLE clock (boot TEXT NOT NULL, started TEXT NOT NULL, stamp INTEGER) STRICT;
    CREATE TABLE journal (epoch TEXT NOT NULL, pseudonym_key BLOB NOT NULL) STRICT;
    CREATE TABLE road (up INTEGER NOT NULL, last_receipt_at TEXT) STRICT;
    CREATE TABLE door (facts TEXT NOT NULL) STRICT;
    CREATE TABLE config (counter INTEGER NOT NULL, document TEXT NOT NULL, applied INTEGER NOT NULL) STRICT;
    CREATE TABLE commands (
        counter INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        arguments TEXT NOT NULL,
        deadline TEXT NOT NULL,
        result TEXT,
        replied INTEGER NOT NULL DEFAULT 0
    ) STRICT
"""


def open_journal(folder: Path, *, make: bool = True) -> Database:
    """
    The journal in a folder; both are made if missing, unless `make` is false.

    WAL with `synchronous=FULL`: a transaction that was committed survives a power cut, and a reader never
    waits for a writer. The connection belongs to the thread that opened it.

    Raises:
        JournalFailed: If the folder cannot be made or written, or the file is no journal.
    """
    path = folder / FILE_NAME
    remedy = f"let the user that runs this write to {folder}, or choose another folder with --data"
    if not make and not path.exists():
        raise JournalFailed(f"data.folder = {folder}: holds no journal; name the door's folder with --data")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        # Made by hand first, so that the file is never readable by others, not even for a moment.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o640))
        with _alone(folder / "journal.lock"), ExitStack() as opened:
            connection = sqlite3.connect(path, timeout=BUSY_MS / 1000)
            opened.callback(connection.close)
            db = Database(connection, execute_plugins=False)
            with db.ensure_autocommit_on():
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
            migrations.apply(db)
            opened.pop_all()
    except OSError as error:
        raise JournalFailed(f"data.folder = {folder}: {error.strerror or error}; {remedy}") from error
    except sqlite3.Error as error:
        raise JournalFailed(f"journal {path}: {error}; {_REMEDIES.get(_cause(error), remedy)}") from error
    return db


_REMEDIES = {
    "SQLITE_FULL": "free some space on its disk",
    "SQLITE_IOERR": "free some space on its disk, and look at the disk's health",
    "SQLITE_NOTADB": "move the file aside, and a new one is made",
    "SQLITE_CORRUPT": "move the file aside, and a new one is made",
    "SQLITE_BUSY": "another program holds it; stop that one",
}


def _cause(error: sqlite3.Error) -> str:
    """The kind of an error, such as `SQLITE_FULL`, without its finer kinds (https://sqlite.org/rescode.html)."""
    name = getattr(error, "sqlite_errorname", "")
    return "_".join(name.split("_")[:2])


@contextmanager
def failing_as(what: str) -> Iterator[None]:
    """Turn a database error into `JournalFailed`, saying what could not be done and what to look at."""
    try:
        yield
    except sqlite3.Error as error:
        raise JournalFailed(
            f"journal: cannot {what}: {error}; look at the disk's space and health"
        ) from error


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold door and bridge apart while one of them changes the schema."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
