"""
A backup as a file: a zip with what was copied, and `manifest.json`, which says what that is.

Whatever is read from one is held against the digests in its manifest before anything is done with it.
"""

import datetime as dt
import hashlib
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Literal

import msgspec

from collector.backup.errors import BackupUnusable
from collector.whole import writing_whole

MANIFEST = "manifest.json"
_CHUNK_BYTES = 1 << 20
_MOST_MANIFEST_BYTES = 1 << 20
_LEFT_S = 24 * 3600
_FAST = 1
"""How hard to squeeze: most of a database is ciphertext, and an hour is not worth a hundredth."""

Holds = Literal["database", "keys"]


class Piece(msgspec.Struct, frozen=True):
    """
    A file in a backup.

    Attributes:
        name: Its name there.
        size: Bytes.
        sha256: Its digest in hexadecimal.
    """

    name: str
    size: int
    sha256: str


class Facts(msgspec.Struct, frozen=True):
    """
    What a database held when it was copied.

    Attributes:
        kind: `sqlite` or `postgresql`.
        migrations: All that had been done to it, each as `app.name`.
        places: How many offices.
        boxes: How many boxes.
        visits: How many visits.
    """

    kind: str
    migrations: tuple[str, ...]
    places: int
    boxes: int
    visits: int


class Manifest(msgspec.Struct, frozen=True):
    """
    What a backup says of itself.

    Attributes:
        holds: `database` or `keys`: never both, for who has both can read names.
        version: Of the centre that made it.
        made_at: When (UTC).
        pieces: What it consists of.
        database: What the database held; None in a backup of keys.
    """

    holds: Holds
    version: str
    made_at: dt.datetime
    pieces: tuple[Piece, ...]
    database: Facts | None = None


class Backup:
    """
    A backup that can be read.

    Attributes:
        path: Where it lies.
        manifest: What it says of itself.
    """

    def __init__(self, path: Path, file: zipfile.ZipFile) -> None:
        self.path = path
        self._file = file
        try:
            with file.open(MANIFEST) as told:
                self.manifest = msgspec.json.decode(told.read(_MOST_MANIFEST_BYTES), type=Manifest)
        except (KeyError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BackupUnusable(f'backup "{path}": not one of this centre; choose another file') from error

    def read(self, piece: Piece, into: IO[bytes]) -> None:
        """
        Write out a piece, and hold it against its digest.

        Raises:
            BackupUnusable: If it is not what was put in.
        """
        digest, size = hashlib.sha256(), 0
        try:
            with self._file.open(piece.name) as content:
                while size <= piece.size and (chunk := content.read(_CHUNK_BYTES)):
                    digest.update(chunk)
                    size += len(chunk)
                    into.write(chunk)
        except (KeyError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise _damaged(self.path) from error
        if (size, digest.hexdigest()) != (piece.size, piece.sha256):
            raise _damaged(self.path)


def write(
    path: Path,
    holds: Holds,
    pieces: Mapping[str, Path],
    made_at: dt.datetime,
    database: Facts | None = None,
) -> Manifest:
    """
    Write a backup, whole or not at all, for this user's eyes only.

    Args:
        path: Where; an older backup there is replaced.
        holds: What it is of.
        pieces: Files by the names they get in it.
        made_at: When they were as they are.
        database: What the database held.

    Raises:
        BackupUnusable: If it cannot be written there; then what was there is still there.
    """
    _require_own(path)
    with telling(path), writing_whole(path, mode=0o600) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST) as packed:
            told = tuple(_pack(packed, name, piece) for name, piece in pieces.items())
            manifest = Manifest(holds, version("entrance-kiosk"), made_at, told, database)
            packed.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        return manifest


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """
    A backup, for as long as this lasts.

    Raises:
        BackupUnusable: If there is none, or it is none.
    """
    with telling(path):
        try:
            file = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise BackupUnusable(
                f'backup "{path}": none, or cut short; choose another file, or copy it once more'
            ) from error
    with file:
        yield Backup(path, file)


@contextmanager
def telling(path: Path, what: str = "backup") -> Iterator[None]:
    """Tell in one line what the system says of a file or folder."""
    try:
        yield
    except BackupUnusable:
        raise
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise BackupUnusable(f'{what} "{path}": {why}; choose another') from error


@contextmanager
def scratch(home: Path, name: str) -> Iterator[Path]:
    """
    A folder for what is only needed meanwhile; what a power cut has left of earlier ones goes with it.

    Args:
        home: In which folder.
        name: Its name begins with a full stop and this.
    """
    for left in home.glob(f".{name}-*"):
        if time.time() - left.stat().st_mtime > _LEFT_S:
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=home, prefix=f".{name}-") as folder:
        yield Path(folder)


def require_room(folder: Path, sizes: Iterable[int]) -> None:
    """
    Make sure that there is room for copies.

    Raises:
        BackupUnusable: If a folder's disk has too little.
    """
    needed, free = sum(sizes), shutil.disk_usage(folder).free
    if free < needed:
        raise BackupUnusable(
            f'folder "{folder}": {free // 1_000_000} MB free, {needed // 1_000_000} MB needed; make room, or '
            "choose another"
        )


def _pack(packed: zipfile.ZipFile, name: str, piece: Path) -> Piece:
    digest, size = hashlib.sha256(), 0
    with piece.open("rb") as content, packed.open(name, "w", force_zip64=True) as into:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            into.write(chunk)
    return Piece(name, size, digest.hexdigest())


def _require_own(path: Path) -> None:
    """Nobody who mistypes a name shall lose a database by it."""
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return
    try:
        with opened(path):
            return
    except BackupUnusable as error:
        raise BackupUnusable(f'file "{path}": there already, and no backup; choose another name') from error


def _damaged(path: Path) -> BackupUnusable:
    return BackupUnusable(f'backup "{path}": damaged; take an older one, or copy it once more')
