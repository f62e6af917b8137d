"""What can be wrong with the journal's file: its disk refuses it, it is damaged, or it is not ours."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import DiskRefuses, JournalDamaged, JournalFailed

FILE_NAME = "journal.sqlite3"
MARK = "journal.damage"
"""An empty file: who finds it lets go of the journal, and the door mends it when it starts anew."""

_REFUSALS = {errno.EROFS, errno.ENOSPC, errno.EIO, errno.EDQUOT}
_DAMAGE = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT"}
_UNREADABLE = {"SQLITE_IOERR_READ", "SQLITE_IOERR_CORRUPTFS"}
"""A bad spot on the disk is damage like any other: the rest is read, and written elsewhere."""
_DISK = {"SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"}
MENDED = "the door mends it when it starts anew"


def refused(folder: Path, error: OSError) -> JournalFailed:
    """What the operating system says of the folder, as the error to raise, with the remedy."""
    said = f"data.folder = {folder}: {error.strerror or error}"
    if error.errno in _REFUSALS:
        return DiskRefuses(
            f"{said}; look at the disk's space and health, or choose another folder with --data"
        )
    return JournalFailed(
        f"{said}; let the user that runs this write to {folder}, or choose another folder with --data"
    )


def must_be_writable(path: Path) -> None:
    """
    Look whether a file and its folder may be written, without opening it: closing it again would take the
    locks of other connections of this process away (https://sqlite.org/howtocorrupt.html, 2.2).

    Raises:
        OSError: If not.
    """
    if os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK):
        return
    number = errno.EROFS if os.statvfs(path.parent).f_flag & os.ST_RDONLY else errno.EACCES
    raise OSError(number, os.strerror(number), str(path))


def not_opened(path: Path, error: sqlite3.Error) -> JournalFailed | JournalDamaged:
    """What SQLite says when the file is opened, as the error to raise. The file itself may be written."""
    if is_wrong(error):
        return JournalDamaged(f"journal {path}: {error}; {MENDED}")
    if cause(error) in _DISK:
        return DiskRefuses(f"journal {path}: {error}; look at the disk's space and health")
    return JournalFailed(f"journal {path}: {error}; another program holds it; stop that one")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite found the file itself wrong."""
    return cause(error) in _DAMAGE or getattr(error, "sqlite_errorname", "") in _UNREADABLE


def is_wrong(error: sqlite3.Error) -> bool:
    """Whether a file that may be written, and was just opened, is no journal or a damaged one."""
    return is_damage(error) or cause(error) in {"SQLITE_READONLY", "SQLITE_ERROR"}


def cause(error: sqlite3.Error) -> str:
    """The kind of an error, such as `SQLITE_FULL`, without its finer kinds (https://sqlite.org/rescode.html)."""
    return "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])


@contextmanager
def failing_as(what: str, folder: Path | None = None) -> Iterator[None]:
    """
    Turn a database error into `JournalFailed`, saying what could not be done and what to look at.

    Args:
        what: What is being done, such as `write a visit`.
        folder: The journal's: of a file that is damaged, a mark is left there. None leaves none.

    Raises:
        JournalFailed: If it could not be done.
        JournalDamaged: If it could not be done since the file is damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            if folder is not None:
                mark(folder)
            raise JournalDamaged(f"journal: cannot {what}: {error}; {MENDED}") from error
        raise JournalFailed(
            f"journal: cannot {what}: {error}; look at the disk's space and health"
        ) from error


def mark(folder: Path) -> None:
    """Have the door mend the journal when it starts anew, and everybody let go of it until then."""
    try:
        (folder / MARK).touch(0o640)
    except OSError:
        # The same damage will be met again, when the disk can be written.
        pass


def is_marked(folder: Path) -> bool:
    """Whether the journal is to be mended."""
    return (folder / MARK).exists()


class Identity:
    """
    Which file was opened, to notice when it is that no longer: what is written to it then is lost.

    Args:
        folder: The journal's folder; its file is there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME
        self._file = self._there()

    def assure(self) -> None:
        """
        Look whether it is still the journal. Costs some microseconds.

        Raises:
            JournalDamaged: If it is to be mended, or another file has taken its place.
        """
        if is_marked(self._folder):
            raise JournalDamaged(f"journal {self._path}: damaged; {MENDED}")
        if self._there() != self._file:
            raise JournalDamaged(
                f"journal {self._path}: another file has taken its place; beginning anew with that"
            )

    def _there(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
