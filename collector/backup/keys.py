"""
The keys in a backup of their own, and how they are put back.

A key that was destroyed because its time was over stays destroyed: what a backup knows of it is passed over.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import DatabaseError

from collector import folder, keyring, schedule, zones
from collector.backup import archive, stamp
from collector.backup.archive import Backup, Manifest
from collector.backup.errors import BackupUnusable
from collector.broker import shelf
from collector.errors import KeyUnusable
from collector.keyring import Keyring
from collector.models import SealingKey
from collector.whole import write_whole

SEALING = "sealing.keys"
_SINGLE = ("signing.key", keyring.NEXT, "pseudonym.key", folder.KEY)
_NO_LOSS = (SEALING, folder.KEY)
"""The first is added to; without the old second one, people have to log in again, and no more."""
_BROKER = "broker"
_ISSUED = re.compile(r"broker/issued/[a-z0-9-]{1,63}\.json")
_ID = re.compile(
    r"(?P<day>20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))-(?P<kept>[1-9]\d{0,3})-[0-9a-f]{6}"
)
"""Of a sealing key."""
_MOST_BYTES = 64 * 1024 * 1024


def take(path: Path, data: Path, now: dt.datetime) -> Manifest:
    """
    Write a backup of the keys that lie in a data folder. Those that come by the environment are not in it.

    Raises:
        BackupUnusable: If there are none, or it cannot be written.
    """
    broker = data / _BROKER
    found = [data / name for name in (*_SINGLE, SEALING)]
    found += [broker / file.name for file in shelf.ALL]
    found += sorted(broker.glob("issued/*.json"))
    pieces = {str(one.relative_to(data)): one for one in found if one.is_file()}
    if not pieces:
        raise BackupUnusable(f'data folder "{data}": no keys there; choose another with --data')
    manifest = archive.write(path, "keys", pieces, now)
    with archive.telling(data, "data folder"):
        stamp.tell(data, "keys", now)
    return manifest


def restore(backup: Backup, data: Path, *, replace: bool) -> list[str]:
    """
    Put keys back.

    Args:
        backup: One of keys.
        data: The data folder.
        replace: Also where others are. The sealing keys that are there always stay.

    Returns:
        The names of the files that were written.

    Raises:
        BackupUnusable: If it is damaged, or other keys would be lost; then nothing was touched.
    """
    told = _read(backup)
    if SEALING in told:
        told[SEALING] = _joined(_present(data / SEALING), told[SEALING], backup.path)
    changed = {name: content for name, content in told.items() if _present(data / name) != content}
    others = [name for name in changed if name not in _NO_LOSS and (data / name).exists()]
    if others and not replace:
        raise BackupUnusable(
            f'data folder "{data}": has other keys: {", ".join(others)}; boxes that know these know no other '
            "centre: restore with --replace if they are to be lost"
        )
    with archive.telling(data, "data folder"):
        for name, content in changed.items():
            path = data / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, content, mode=0o600)
    return sorted(changed)


def agree(data: Path, now: dt.datetime) -> int:
    """
    Bring key file and database together, after either was put back.

    Keys that the database knows to be destroyed are so once more. Those that only the file knows of are
    entered into the database, for what is in no table would never be destroyed; doors get new keys in their
    place.

    Args:
        data: The data folder.
        now: The present (aware).

    Returns:
        How many only the file knew of.

    Raises:
        KeyUnusable: If the key file cannot be read or written.
        django.db.DatabaseError: If the database cannot be.
    """
    ring = Keyring(data)
    ring.destroy_sealing(_destroyed(_ids(data / SEALING)))
    listed = set(SealingKey.objects.values_list("id", flat=True))
    rows = []
    for key in sorted(_ids(data / SEALING) - listed):
        private, named = ring.sealing(key), _ID.fullmatch(key)
        if private is None or named is None:
            continue
        public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
        # The day as it stands in the id; by which zone it began, nobody knows any more.
        begins = dt.datetime.strptime(named["day"], "%Y%m%d").replace(tzinfo=zones.own())
        rows.append(SealingKey(id=key, public=public, begins=begins, keep_days=int(named["kept"])))
    SealingKey.objects.bulk_create(rows)
    for keep_days in {row.keep_days for row in rows}:
        schedule.replace(keep_days, now, zones.own(), ring)
    return len(rows)


def _ids(path: Path) -> set[str]:
    try:
        return set(msgspec.json.decode(_present(path) or b"{}", type=dict[str, str]))
    except msgspec.DecodeError as error:
        raise KeyUnusable(f'keys {path}: not {{"id": "key", …}} in JSON; put the right ones back') from error


def _read(backup: Backup) -> dict[str, bytes]:
    """All files, each held against its digest."""
    allowed = {*_SINGLE, SEALING, *(f"{_BROKER}/{file.name}" for file in shelf.ALL)}
    told = {}
    for piece in backup.manifest.pieces:
        if (piece.name not in allowed and not _ISSUED.fullmatch(piece.name)) or piece.size > _MOST_BYTES:
            raise BackupUnusable(f'backup "{backup.path}": holds what is no key; choose another file')
        content = BytesIO()
        backup.read(piece, content)
        told[piece.name] = content.getvalue()
    return told


def _joined(present: bytes | None, told: bytes, path: Path) -> bytes:
    """The sealing keys that are there, and those of a backup that were not destroyed since."""
    try:
        kept: Mapping[str, str] = msgspec.json.decode(present or b"{}", type=dict[str, str])
        backed: Mapping[str, str] = msgspec.json.decode(told, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise BackupUnusable(f'backup "{path}": its {SEALING}, or ours, cannot be read') from error
    gone = _destroyed(backed)
    joined = {key: private for key, private in backed.items() if key not in gone} | dict(kept)
    text = msgspec.json.format(msgspec.json.encode(dict(sorted(joined.items()))), indent=1)
    return text + b"\n"


def _destroyed(keys: Collection[str]) -> set[str]:
    try:
        found = SealingKey.objects.exclude(destroyed_at=None).values_list("id", flat=True)
        return set(found) & set(keys)
    except DatabaseError:  # none yet
        return set()


def _present(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
