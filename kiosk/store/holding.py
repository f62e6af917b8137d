"""One door and one bridge to a journal: each holds a lock for as long as its process lives."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import JournalFailed
from kiosk.store.trouble import refused

DOOR, BRIDGE = "door", "bridge"


class Hold:
    """
    A lock that the kernel lets go when its process ends, however it ends.

    Args:
        folder: The journal's folder; made if missing.
        who: `DOOR` or `BRIDGE`.

    Raises:
        DiskRefuses: If the disk is full, read-only or ill.
        JournalFailed: If another process holds it, or the folder cannot be made or written.
    """

    def __init__(self, folder: Path, who: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            self._file = os.open(_path(folder, who), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise refused(folder, error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            remedy = "stop it, or choose another folder with --data"
            raise JournalFailed(f"data.folder = {folder}: another {who} uses it; {remedy}") from error

    def release(self) -> None:
        """Let go. Calling it twice does no harm."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def is_held(folder: Path, who: str) -> bool:
    """Whether a living process holds this lock."""
    try:
        file = os.open(_path(folder, who), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """
    Keep all others from opening the journal for a moment, so that one may make, change or mend its file.

    Raises:
        OSError: If the folder cannot be written.
    """
    with (folder / "journal.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _path(folder: Path, who: str) -> Path:
    return folder / f"{who}.lock"
