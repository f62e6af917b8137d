"""Servers of PostgreSQL that stand for each other: a primary with a standby that takes over, shards with their front."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from tests.postgresql import PASSWORD, USER, Server
from tests.programs import eventually

_IN_PAIRS = {"wal_retrieve_retry_interval": "500ms"}
"""So long a standby rests before it looks for its primary again; it may be promoted meanwhile."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Standby(Server):
    """
    A copy of a running server that follows it, made when this is; it runs once it is started.

    Args:
        primary: Whom it follows; a slot there keeps what it has not had yet.
        name: What it is called there: of letters and digits.
        host: The address that it listens at.
    """

    def __init__(self, primary: Server, name: str = "standby", host: str = "127.0.0.1") -> None:
        self._primary, self.name = primary, name
        super().__init__(host=host)

    def _make(self) -> None:
        source = (
            f"host={self._primary.host} port={self._primary.port} user={USER} application_name={self.name}"
        )
        self._run(
            *("pg_basebackup", "--pgdata", self._cluster, "--dbname", source),
            *("--write-recovery-conf", "--create-slot", "--slot", self.name, "--checkpoint=fast"),
        )

    def promote(self) -> None:
        """Have it take over; it does when this returns. The old one must be gone: nobody looks after that here."""
        self._run("pg_ctl", "promote", "--wait", "--pgdata", self._cluster)


class Pair:
    """
    A primary and a standby: what is committed is on the disks of both.

    Args:
        settings: Of both, beside those of the pair.
        host: The address that both listen at.

    Attributes:
        primary: Who takes what is written.
        standby: Who follows.
    """

    def __init__(self, settings: Mapping[str, str] = _NOTHING, host: str = "127.0.0.1") -> None:
        self.primary = Server({**_IN_PAIRS, **settings}, host)
        try:
            self.primary.start()
            self.standby = Standby(self.primary, host=host)
        except BaseException:
            self.primary.close()
            raise
        try:
            self.standby.start()
            # Set after the copy is made: whoever takes over waits for nobody.
            self.primary.set(synchronous_standby_names=self.standby.name)
            eventually(self.is_in_step)
        except BaseException:
            self.close()
            raise

    def url(self, database: str) -> str:
        """The address of a database of theirs, wherever it is written just now."""
        hosts = ",".join(f"{server.host}:{server.port}" for server in (self.primary, self.standby))
        return f"postgresql://{USER}:{quote(PASSWORD, safe='')}@{hosts}/{database}?target_session_attrs=read-write"

    def is_in_step(self) -> bool:
        """Whether a commit now waits for both disks."""
        asked = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
        return self.primary.run(asked) == [(1,)]

    def take_over(self) -> None:
        """Let the primary die as when its power goes, and the standby be the primary, alone; the dead is forgotten."""
        self.primary.kill_9()
        self.standby.promote()
        self.primary.close()
        self.primary = self.standby

    def close(self) -> None:
        """End both, and forget all they held."""
        for server in {self.standby, self.primary}:
            server.close()


class Sharded:
    """
    A front and its shards, each a server of its own, made by the command as in life.

    Args:
        data: The centre's data folder.
        shards: How many: 1, 2, 4 …
        settings: Of all servers.
        host: The address that all listen at.

    Attributes:
        front: The server that collectors and pages talk to.
        shards: Those that hold the visits.
        url: The address of the front's database.
        urls: Those of the shards'.
    """

    def __init__(
        self, data: Path, shards: int = 2, settings: Mapping[str, str] = _NOTHING, host: str = "127.0.0.1"
    ) -> None:
        self.front, *self.shards = (Server(settings, host) for _ in range(1 + shards))
        self._data = data
        try:
            for server in (self.front, *self.shards):
                server.start()
            self.url, *self.urls = (server.url(server.create()) for server in (self.front, *self.shards))
            self.bring_up_to_date()
        except BaseException:
            self.close()
            raise

    def bring_up_to_date(self) -> str:
        """Run the command; what it says."""
        addresses = {"COLLECTOR_DATABASE": self.url, "COLLECTOR_SHARDS": " ".join(self.urls)}
        done = subprocess.run(
            [sys.executable, "-m", "collector", "shards", "--data", self._data],
            env=os.environ | addresses,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def close(self) -> None:
        """End all, and forget all they held."""
        for server in (self.front, *self.shards):
            server.close()
