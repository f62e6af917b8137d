"""A small disk of its own for a door, which can be filled to the last byte and written to no more."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.opening import FILE_NAME

SIZE = "32m"
PAGE_BYTES = 4096
_SUDO = [] if os.geteuid() == 0 else ["sudo", "-n"]


def _may_mount() -> bool:
    return not _SUDO or subprocess.run([*_SUDO, "true"], check=False, capture_output=True).returncode == 0


needs_mounting = pytest.mark.skipif(not _may_mount(), reason="small disks are mounted by root")
"""For tests with a `Disk`. Root that may not mount is a fault, and no reason to leave a test out."""


class Disk:
    """
    A tmpfs. It needs root, or sudo without a password.

    Args:
        folder: Where it is mounted; made, and still there afterwards with what was on it.
        size: As `mount -o size=` takes it.
    """

    def __init__(self, folder: Path, size: str = SIZE) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        _root("mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", folder)
        self._filler = folder / "filler"

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Have not one free page on it for a while, and a journal that would need one for the next visit."""
        self._shorten()
        try:
            with contextlib.suppress(OSError), self._filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(PAGE_BYTES))
            yield
        finally:
            self._filler.unlink()

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """Let nobody write for a while; nobody may have a file open for writing when this begins."""
        _root("mount", "-o", "remount,ro", self.folder)
        try:
            yield
        finally:
            _root("mount", "-o", "remount,rw", self.folder)

    def close(self) -> None:
        """Take it away, and leave a copy of what was on it in its place."""
        copy = self.folder.with_name(f"{self.folder.name}.copy")
        shutil.copytree(self.folder, copy)
        _root("umount", "--lazy", self.folder)
        self.folder.rmdir()
        copy.rename(self.folder)

    def _shorten(self) -> None:
        """A journal that has grown has room within itself: give it back, as SQLite does when all is quiet."""
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(_opened(self.folder / FILE_NAME)) as journal,
        ):
            journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=2)


def _root(*command: str | Path) -> None:
    subprocess.run([*_SUDO, *command], check=True, capture_output=True)
