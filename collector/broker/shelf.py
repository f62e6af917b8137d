"""
The folder `broker/`: where its files lie, whose they are, and who reads them.

Mosquitto gives up root before it reads its files, so they must be open to its user. It reads by the data
folder's group, and only what it needs; the keys of the authority and of the centre stay with the owner.
"""

import fcntl
import grp
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector.broker.errors import BrokerUnusable
from collector.whole import write_whole

_SEARCH = (stat.S_IXUSR, stat.S_IXGRP, stat.S_IXOTH)


@dataclass(frozen=True, slots=True)
class File:
    """
    A file of the folder.

    Attributes:
        name: Its name.
        shared: Whether the broker reads it; what it does not read is for the owner only.
    """

    name: str
    shared: bool = True


CA_CERTIFICATE = File("ca.crt")
CA_KEY = File("ca.key", shared=False)
SERVER_CERTIFICATE = File("server.crt")
SERVER_KEY = File("server.key")
CENTRE_CERTIFICATE = File("centre.crt")
CENTRE_KEY = File("centre.key", shared=False)
ENROLMENT_CERTIFICATE = File("enrolment.crt", shared=False)
ENROLMENT_KEY = File("enrolment.key", shared=False)
REVOKED_LIST = File("revoked.crl")
CONFIGURATION = File("mosquitto.conf")
ACCESS = File("access.acl")
SETTINGS = File("broker.json", shared=False)
REVOKED = File("revoked.json", shared=False)
ALL = (
    CA_CERTIFICATE,
    CA_KEY,
    SERVER_CERTIFICATE,
    SERVER_KEY,
    CENTRE_CERTIFICATE,
    CENTRE_KEY,
    ENROLMENT_CERTIFICATE,
    ENROLMENT_KEY,
    REVOKED_LIST,
    CONFIGURATION,
    ACCESS,
    SETTINGS,
    REVOKED,
)
_ISSUED = "issued"
STATE = "state"
"""Folder that the broker itself writes into: its process id, and what it keeps over a restart."""


def issued(kiosk: str) -> File:
    """The file with what was issued to a kiosk."""
    return File(f"{_ISSUED}/{kiosk}.json", shared=False)


class Shelf:
    """
    The folder of a data folder; both may be missing until `make()`.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.folder = self.data / "broker"

    def path(self, file: File) -> Path:
        """Where a file lies."""
        return self.folder / file.name

    @property
    def pid(self) -> Path:
        """Where a running broker writes its process id."""
        return self.folder / STATE / "mosquitto.pid"

    def make(self, user: str) -> None:
        """
        Make the folders that are missing, and open them to the broker's user.

        Raises:
            BrokerUnusable: If they cannot be made, or the user cannot get there.
        """
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_shared = self.is_shared_with(user)
            self._make_folder(self.folder, 0o750 if is_shared else 0o700)
            self._make_folder(self.folder / _ISSUED, 0o700)
            self._make_folder(self.folder / STATE, 0o770 if is_shared else 0o700)
        except OSError as error:
            if isinstance(error, BrokerUnusable):
                raise
            raise BrokerUnusable(f"{_told(error, self.folder)}; choose another with --data") from error
        if is_shared:
            self._require_way(user)

    def is_shared_with(self, user: str) -> bool:
        """
        Whether the broker's user is another than the owner, so that files are opened to the group.

        Raises:
            BrokerUnusable: If there is no such user, or no data folder.
        """
        try:
            return pwd.getpwnam(user).pw_uid != self.data.stat().st_uid
        except KeyError:
            raise BrokerUnusable(
                f'user "{user}": none of this machine; install mosquitto, or choose another with --user'
            ) from None

    def owner(self) -> str:
        """
        Whose the data folder is, or would be.

        Raises:
            BrokerUnusable: If that user has no name, or the folder cannot be seen.
        """
        owner = os.geteuid()
        try:
            if self.data.exists():
                owner = self.data.stat().st_uid
            return pwd.getpwuid(owner).pw_name
        except KeyError:
            raise BrokerUnusable(f"user {owner}: has no name; choose the broker's with --user") from None
        except OSError as error:
            raise BrokerUnusable(f"{_told(error, self.data)}; choose another with --data") from error

    def read(self, file: File) -> bytes | None:
        """
        All of a file; None when there is none.

        Raises:
            BrokerUnusable: If it cannot be read.
        """
        path = self.path(file)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BrokerUnusable(f"{_told(error, path)}; let the centre's user read it") from error

    def write(self, file: File, content: bytes) -> bool:
        """
        Write a file whole or not at all, for the eyes that it is meant for.

        Returns:
            False when all of it was so already, and nothing was touched.

        Raises:
            BrokerUnusable: If it cannot be written; then what was there is still there.
        """
        path = self.path(file)
        try:
            is_open = file.shared and bool(self.folder.stat().st_mode & stat.S_IRGRP)
            mode = 0o640 if is_open else 0o600
            if path.exists() and path.read_bytes() == content:
                now = path.stat()
                if (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == (*self._owners(now), mode):
                    return False
            write_whole(path, content, mode=mode)
            self._hand_over(path)
        except OSError as error:
            raise BrokerUnusable(
                f"{_told(error, path)}; run `collector broker`, or as the centre's user"
            ) from error
        return True

    def tidy(self) -> None:
        """
        Let every file be open to those that it is meant for, and nobody else; their content stays.

        Raises:
            BrokerUnusable: If that cannot be done.
        """
        for file in ALL:
            content = self.read(file)
            if content is not None:
                self.write(file, content)

    def stamps(self) -> dict[Path, int]:
        """The files that are there, and a number each that changes whenever one is written."""
        paths = [self.path(file) for file in ALL]
        return {path: path.stat().st_mtime_ns for path in paths if path.exists()}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """
        Alone with the folder among all the centre's processes, for as long as this lasts. Waits for its turn.

        Raises:
            BrokerUnusable: If there is no folder, or it is not ours.
        """
        path = self.folder / "lock"
        with ExitStack() as ending:
            try:
                line = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                ending.callback(os.close, line)
                self._hand_over(path)
                fcntl.flock(line, fcntl.LOCK_EX)
            except FileNotFoundError:
                raise BrokerUnusable(
                    f"folder {self.folder}: not there; run `collector broker` first"
                ) from None
            except OSError as error:
                raise BrokerUnusable(f"{_told(error, path)}; run as the centre's user") from error
            yield

    def _make_folder(self, folder: Path, mode: int) -> None:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
        self._hand_over(folder)
        if stat.S_IMODE(folder.stat().st_mode) != mode:
            folder.chmod(mode)

    def _hand_over(self, path: Path) -> None:
        """Let a path belong to whom the data folder belongs to, also when root writes."""
        now = path.stat()
        wanted = self._owners(now)
        if (now.st_uid, now.st_gid) != wanted:
            os.chown(path, *wanted)

    def _owners(self, now: os.stat_result) -> tuple[int, int]:
        home = self.data.stat()
        return (home.st_uid if os.geteuid() == 0 else now.st_uid, home.st_gid)

    def _require_way(self, user: str) -> None:
        """Follow the way from the root down to the folder with the eyes of the broker's user."""
        account = pwd.getpwnam(user)
        groups = set(os.getgrouplist(user, account.pw_gid))
        for folder in (*reversed(self.folder.parents), self.folder):
            now = folder.stat()
            own, group, other = (bool(now.st_mode & bit) for bit in _SEARCH)
            is_let = own if now.st_uid == account.pw_uid else group if now.st_gid in groups else other
            if not is_let and account.pw_uid != 0:
                remedy = "choose another with --data, or --user"
                if folder.is_relative_to(self.data):
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


def _told(error: OSError, path: Path) -> str:
    return f"{error.filename or path}: {(error.strerror or str(error)).lower()}"
