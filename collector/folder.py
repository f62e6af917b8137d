"""The data folder: the database and the key that signs sessions."""

import os
import secrets
from pathlib import Path

from collector.errors import FolderUnusable

DATABASE = "collector.sqlite3"
KEY = "secret.key"


def prepare(folder: Path) -> None:
    """
    Make the folder and the key if they are not there. What is made is for this user's eyes only.

    Raises:
        FolderUnusable: If the folder cannot be made or written.
    """
    os.umask(0o077)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(None, "not writable", folder)
        _make_key(folder / KEY)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise FolderUnusable(f'data folder "{folder}": {why}; choose another with --data') from error


def require(folder: Path, *, with_database: bool) -> None:
    """
    Make sure that the folder is there.

    Args:
        folder: The data folder.
        with_database: Whether the database must be in it.

    Raises:
        FolderUnusable: If something of it is missing.
    """
    os.umask(0o077)
    if not ((folder / DATABASE).is_file() if with_database else folder.is_dir()):
        missing = "no database there" if with_database else "no such folder"
        raise FolderUnusable(
            f'data folder "{folder}": {missing}; run `collector migrate`, or choose with --data'
        )


def read_key(folder: Path) -> str | None:
    """The key that signs sessions; None when there is none yet, or it cannot be read."""
    try:
        return (folder / KEY).read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None


def _make_key(path: Path) -> None:
    if read_key(path.parent) is not None:
        return
    draft = path.with_name(f"{KEY}.{os.getpid()}")
    line = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(line, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)  # whole or not at all: an empty key would let anybody forge a session
