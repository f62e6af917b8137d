"""
The folder `broker/`: where its files lie, whose they are, and who reads them.

Mosquitto gives up root before it reads its files, so they must be open to its user. It reads by the data
folder's group, and only what it needs; the keys of the authority and of the centre stay with the owner. A
node of NATS has a folder of its own, with all that it needs, which is copied to its machine.
"""

import fcntl
import os
import pwd
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from collector.broker.errors import BrokerUnusable
from collector.broker.way import require_way
from collector.whole import write_whole


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
_NODES = "nodes"
NODE_CONFIGURATION, NODE_USERS = "nats-server.conf", "nats-users.conf"
_OF_NODE = ("ca.crt", "server.crt", "server.key", "node.crt", "node.key", NODE_CONFIGURATION, NODE_USERS)
CONFIGURATIONS = (CONFIGURATION.name, NODE_CONFIGURATION)
"""A broker must be started anew for what is in these."""
STATE = "state"
"""Folder that the broker itself writes into: its process id, and what it keeps over a restart."""


def issued(kiosk: str) -> File:
    """The file with what was issued to a kiosk."""
    return File(f"{_ISSUED}/{kiosk}.json", shared=False)


def collector_name(number: int) -> str:
    """A collector beside the centre, to a Mosquitto; no kiosk can be called so."""
    return f"collector.{number}"


def of_collector(name: str) -> tuple[File, File]:
    """Its certificate, and the key."""
    return File(f"{name}.crt"), File(f"{name}.key", shared=False)


def node_file(node: str, name: str) -> File:
    """A file of a node of NATS."""
    return File(f"{_NODES}/{node}/{name}")


def node_state(node: str) -> str:
    """The folder that a node writes into, within the folder of all."""
    return f"{_NODES}/{node}/{STATE}"


def servers(nodes: Sequence[str]) -> tuple[File, ...]:
    """By which certificates the broker proves itself: Mosquitto's, or those of nodes of NATS."""
    return tuple(node_file(node, "server.crt") for node in nodes) or (SERVER_CERTIFICATE,)


def of_node(node: str) -> tuple[File, ...]:
    """All that is written for a node."""
    return tuple(node_file(node, name) for name in _OF_NODE)


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
        """Where a running Mosquitto writes its process id."""
        return self.folder / STATE / "mosquitto.pid"

    def make(self, user: str, nodes: Sequence[str] = ()) -> None:
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
            for node in nodes:
                self._make_folder(self.folder / _NODES, 0o750 if is_shared else 0o700)
                self._make_folder(self.folder / _NODES / node, 0o750 if is_shared else 0o700)
            for state in (STATE, *map(node_state, nodes)):
                self._make_folder(self.folder / state, 0o770 if is_shared else 0o700)
        except OSError as error:
            if isinstance(error, BrokerUnusable):
                raise
            raise BrokerUnusable(f"{_told(error, self.folder)}; choose another with --data") from error
        if is_shared:
            require_way(self.data, self.folder, user)

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

    def kiosks(self) -> list[str]:
        """The names of all to whom something was issued, in order."""
        return sorted(path.stem for path in (self.folder / _ISSUED).glob("*.json"))

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
        for file in self._all():
            content = self.read(file)
            if content is not None:
                self.write(file, content)

    def stamps(self) -> dict[Path, int]:
        """The files that are there, and a number each that changes whenever one is written."""
        paths = [self.path(file) for file in self._all()]
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

    def _all(self) -> tuple[File, ...]:
        beside = (of_collector(path.stem) for path in self.folder.glob("collector.*.key"))
        nodes = (of_node(path.name) for path in (self.folder / _NODES).glob("*"))
        return (*ALL, *chain.from_iterable((*beside, *nodes)))

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


def _told(error: OSError, path: Path) -> str:
    return f"{error.filename or path}: {(error.strerror or str(error)).lower()}"
