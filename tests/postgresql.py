"""A real PostgreSQL server, with its settings as they are delivered, for those tests that want one."""

import contextlib
import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from tests.ports import free_port
from tests.programs import eventually

USER, PASSWORD = "centre", "a/b@c:d%e f"
"""A password of the kind that breaks addresses."""


class Server:
    """
    A server with a cluster of its own in a temporary folder; it never runs as root, for it refuses to.

    Args:
        settings: What is set otherwise than it is delivered.
        host: The address that it listens at; whoever is in the same network may come.

    Attributes:
        host: The same.
        port: Its port there.
        folder: Where all its files lie.
    """

    def __init__(self, settings: Mapping[str, str] = MappingProxyType({}), host: str = "127.0.0.1") -> None:
        self.host, self.port = host, free_port()
        self._settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self._cluster = self.folder / "cluster"
        self._owner = "postgres" if os.geteuid() == 0 else getpass.getuser()
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        (self.folder / "password").write_text(PASSWORD)
        owner = pwd.getpwnam(self._owner)
        for path in (self.folder, self.folder / "password"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        self._make()

    def start(self) -> None:
        """Start it, unless it runs, and wait until it lets us in."""
        if self._process is not None:
            return
        own = {"listen_addresses": self.host, "port": self.port, "unix_socket_directories": ""}
        options = [f"--{name}={value}" for name, value in own.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", self._cluster, *options],
                **self._as_owner(),
                stdout=log,
                stderr=log,
            )
        eventually(self._lets_us_in)

    def set(self, **settings: str) -> None:
        """Have it take other settings, now and whenever it is started again."""
        for name, value in settings.items():
            self.run(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        self.run("SELECT pg_reload_conf()")

    def kill(self) -> None:
        """End it at once, as a crash does: it has to recover when it is started again."""
        self._end(signal.SIGQUIT)

    def kill_9(self) -> None:
        """End all its processes without a word to any, as when the power goes."""
        if self._process is not None:
            pid = self._process.pid
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            self._end(signal.SIGKILL)
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGKILL)

    def close(self) -> None:
        """End it, and forget all it held; so it need not tidy up."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """The address of a database of it."""
        return f"postgresql://{USER}:{quote(PASSWORD, safe='')}@{self.host}:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Make a database of no other's name, as a copy of another; its name."""
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Forget a database, whoever is still connected to it."""
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def run(self, statement: sql.Composable | str, database: str = "postgres") -> list[tuple[object, ...]]:
        """The rows that a statement gives."""
        with psycopg.connect(self.url(database), autocommit=True) as line:
            cursor = line.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _make(self) -> None:
        made = ("--username", USER, "--auth=scram-sha-256", "--pwfile", self.folder / "password")
        self._run("initdb", "--pgdata", self._cluster, *made, "--encoding=UTF8", "--locale=C")
        with (self._cluster / "pg_hba.conf").open("a") as lines:
            lines.writelines(f"host {which} all samenet scram-sha-256\n" for which in ("all", "replication"))
        with (self._cluster / "postgresql.conf").open("a") as lines:
            lines.writelines(f"{name} = '{value}'\n" for name, value in self._settings.items())

    def _run(self, name: str, *arguments: str | Path) -> None:
        """One of the server's programs, to its end."""
        done = subprocess.run(
            [program(name), *arguments],
            **self._as_owner(),
            env={**os.environ, "PGPASSWORD": PASSWORD},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def _lets_us_in(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as probe:
            if probe.connect_ex((self.host, self.port)):
                return False
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def _as_owner(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {}
        return {
            "user": self._owner,
            "group": pwd.getpwnam(self._owner).pw_gid,
            "extra_groups": [],
            "cwd": "/",
        }


def program(name: str) -> Path:
    """A program of the newest server that is installed; Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    return found[-1] if found else Path(shutil.which(name) or name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The server, started when the first test wants it."""
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.close()
