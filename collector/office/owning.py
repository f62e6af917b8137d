"""Whose a folder is: what root writes into it must be its owner's, for the services are not root."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def make(folder: Path, user: str) -> None:
    """
    Make a folder for a service, as systemd would with its first start; one that is there stays as it is.

    Args:
        folder: Where.
        user: Whose it is to be; who runs this, where there is no such user, or this is not root.

    Raises:
        OSError: If it cannot be made.
    """
    if folder.is_dir():
        return
    folder.mkdir(mode=0o750, parents=True)
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        return
    if os.geteuid() == 0:
        os.chown(folder, account.pw_uid, account.pw_gid)


@contextmanager
def acting_for(folder: Path) -> Iterator[None]:
    """Be a folder's owner for as long as this lasts, if one can: a database is whose who first opens it."""
    if os.geteuid() != 0 or not folder.exists():
        yield
        return
    home, group, groups = folder.stat(), os.getegid(), os.getgroups()
    os.setgroups([])
    os.setegid(home.st_gid)
    os.seteuid(home.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
