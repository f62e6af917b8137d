"""The data folder: whose it is, who can read the keys in it, and the room on its disk."""

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from collector import folder, keyring
from collector.broker import shelf
from collector.doctor.finding import Finding, State, joined

SCANT_MB, TOO_LITTLE_MB = 1000, 100
_SECRET = ("signing.key", keyring.NEXT, "pseudonym.key", "sealing.keys", folder.KEY, folder.DATABASE)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check(data: Path) -> Finding:
    """The folder with all in it."""
    if not data.is_dir():
        says = f"{data}: not there; run `collector migrate`, or name another with --data"
        return Finding("data folder", State.WRONG, says)
    free_mb = shutil.disk_usage(data).free // 1_000_000
    return joined(_faults(data, free_mb), Finding("data folder", State.OK, f"{data}: {free_mb:,} MB free"))


def _faults(data: Path, free_mb: int) -> Iterator[Finding]:
    now = data.stat()
    if now.st_uid != os.geteuid():
        says = f"{data}: is {_name(now.st_uid)}'s; run this as that user: sudo -u {_name(now.st_uid)}"
        yield Finding("", State.WARNING, says)
    if now.st_mode & stat.S_IWOTH:
        yield Finding("", State.WRONG, f"{data}: everybody may write there; run `chmod o-rwx {data}`")
    secret = [data / name for name in _SECRET]
    secret += [data / "broker" / file.name for file in shelf.ALL if not file.shared]
    secret += sorted((data / "broker").glob("collector.*.key"))
    for path in secret:
        if path.is_file() and path.stat().st_mode & _OTHERS:
            yield Finding("", State.WRONG, f"{path}: others may read it; run `chmod 600 {path}`")
        if path.is_file() and path.stat().st_uid != now.st_uid:
            owner = _name(now.st_uid)
            yield Finding("", State.WRONG, f"{path}: not {owner}'s; run `chown {owner}: {path}`")
    if free_mb < SCANT_MB:
        state = State.WRONG if free_mb < TOO_LITTLE_MB else State.WARNING
        yield Finding("", state, f"{free_mb} MB free; make room on its disk, or no visit can be stored")


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
