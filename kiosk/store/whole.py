"""Files written whole, for nobody else's eyes: whenever the power goes, the old one is there or the new."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """
    Write a file that nobody else may read: all or nothing, and on the disk when this returns.

    Its folder is made if missing, for nobody else either.

    Raises:
        OSError: If it cannot be written; what was there before is there still.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring what was made, moved or taken away in a folder onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
