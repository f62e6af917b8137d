"""The drawer in which lists lie until they are fetched: in the data folder, for the centre's user only."""

import os
import shutil
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

FOLDER = "exports"


class Drawer:
    """
    What is in it holds names in clear: each list in a folder of its own, which goes with all that is in it.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def path(self, list_: UUID) -> Path:
        """Where a list's file lies, if it is there."""
        return self._folder / list_.hex / "list"

    def make(self, list_: UUID) -> Path:
        """
        Make room for a list: an empty file that only we may read.

        Raises:
            OSError: If the folder cannot be written.
        """
        path = self.path(list_)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        return path

    def remove(self, list_: UUID) -> None:
        """Take a list out, and whatever was left beside it. What cannot be removed stays for `keep_only`."""
        shutil.rmtree(self.path(list_).parent, ignore_errors=True)

    def keep_only(self, lists: Collection[UUID] = ()) -> None:
        """Take out all but these."""
        kept = {list_.hex for list_ in lists}
        try:
            found = [path for path in self._folder.iterdir() if path.name not in kept]
        except (FileNotFoundError, NotADirectoryError):
            return
        for path in found:
            shutil.rmtree(path, ignore_errors=True)
