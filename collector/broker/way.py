"""The way to the broker's files, with the eyes of the broker's user."""

import grp
import os
import pwd
import stat
from pathlib import Path

from collector.broker.errors import BrokerUnusable

_SEARCH = (stat.S_IXUSR, stat.S_IXGRP, stat.S_IXOTH)


def require_way(data: Path, last: Path, user: str) -> None:
    """
    Follow the way from the root down to the broker's folder.

    Args:
        data: The data folder.
        last: The broker's folder in it.
        user: Who must get there.

    Raises:
        BrokerUnusable: If a folder on the way is closed to that user; it is named, with what opens it.
    """
    account = pwd.getpwnam(user)
    groups = set(os.getgrouplist(user, account.pw_gid))
    for folder in (*reversed(last.parents), last):
        now = folder.stat()
        own, group, other = (bool(now.st_mode & bit) for bit in _SEARCH)
        is_let = own if now.st_uid == account.pw_uid else group if now.st_gid in groups else other
        if not is_let and account.pw_uid != 0:
            remedy = "choose another with --data, or --user"
            if folder.is_relative_to(data):
                remedy = f"run `{_opening(folder, now, user, groups)}`"
            raise BrokerUnusable(f'folder {folder}: closed to the broker\'s user "{user}"; {remedy}')


def _opening(folder: Path, now: os.stat_result, user: str, groups: set[int]) -> str:
    """The command that lets the broker's user into a folder."""
    if now.st_gid in groups:
        return f"chmod g+x {folder}"
    if now.st_gid == 0:  # nobody joins root's own group for this
        return f"chgrp {_group(pwd.getpwnam(user).pw_gid)} {folder} && chmod g+x {folder}"
    return f"usermod --append --groups {_group(now.st_gid)} {user}"


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
