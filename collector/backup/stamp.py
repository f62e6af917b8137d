"""When the last backup was made: a small file in the data folder, for those who ask whether there is one."""

import datetime as dt
from pathlib import Path

import msgspec

from collector.backup.archive import Holds
from collector.whole import write_whole

_FILE = "backups.json"


def tell(data: Path, holds: Holds, made_at: dt.datetime) -> None:
    """
    A backup was made.

    Raises:
        OSError: If that cannot be written down.
    """
    told = {**read(data), holds: made_at}
    write_whole(data / _FILE, msgspec.json.encode(told) + b"\n", mode=0o600)


def read(data: Path) -> dict[Holds, dt.datetime]:
    """When the last backup of each kind was made (aware); none where there was none, or nobody knows."""
    try:
        return msgspec.json.decode((data / _FILE).read_bytes(), type=dict[Holds, dt.datetime])
    except (OSError, msgspec.DecodeError):
        return {}
