"""Files that are written whole or not at all, and never readable by others, not even for a moment."""

import os
from pathlib import Path


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
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    line = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(line, "wb") as file:
            os.fchmod(file.fileno(), mode)
            if os.geteuid() == 0:
                home = path.parent.stat()
                os.fchown(file.fileno(), home.st_uid, home.st_gid)
            file.write(content)
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
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
