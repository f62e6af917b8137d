"""Files that are written whole or not at all, and never readable by others, not even for a moment."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: bytes, *, mode: int, anew: bool = False) -> None:
    """
    Write a file, and have it on the disk when this returns. What root writes belongs to whom the folder does.

    Args:
        path: Where; what is there is replaced.
        content: All of it.
        mode: Its permissions.
        anew: Leave a file that is there already as it is.

    Raises:
        OSError: If it cannot be written; then what was there is still there.
    """
    with writing_whole(path, mode=mode, anew=anew) as file:
        file.write(content)


@contextmanager
def writing_whole(path: Path, *, mode: int, anew: bool = False) -> Iterator[BinaryIO]:
    """
    Write a file bit by bit; it takes its place, and is on the disk, when this ends without an error.

    Args:
        path: Where; what is there is replaced.
        mode: Its permissions.
        anew: Leave a file that is there already as it is.

    Raises:
        OSError: If it cannot be written; then what was there is still there.
    """
    # Of a name that nobody knows or has: each writes its own, nothing is laid in its way, and the last stays.
    line, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(line, "w+b") as file:
            os.fchmod(file.fileno(), mode)
            if os.geteuid() == 0:
                home = path.parent.stat()
                os.fchown(file.fileno(), home.st_uid, home.st_gid)
            yield file
            file.flush()
            os.fsync(file.fileno())
        if anew:
            try:
                os.link(draft, path)
            except FileExistsError:
                return
        else:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have on the disk which files a folder holds."""
    line = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(line)
    finally:
        os.close(line)
