"""One door and one bridge to a journal: each holds a lock for as long as its process lives."""

import fcntl
import os
from pathlib import Path

from kiosk.errors import JournalFailed

DOOR, BRIDGE = "door", "bridge"


class Hold:
    """
    A lock that the kernel lets go when its process ends, however it ends.

    Args:
        folder: The journal's folder.
        who: `DOOR` or `BRIDGE`.

    Raises:
        JournalFailed: If another process holds it, or the folder cannot be written.
    """

    def __init__(self, folder: Path, who: str) -> None:
        try:
            self._file = os.open(_path(folder, who), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise JournalFailed(
                f"data.folder = {folder}: {error.strerror}; choose another with --data"
            ) from error
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


def _path(folder: Path, who: str) -> Path:
    return folder / f"{who}.lock"
