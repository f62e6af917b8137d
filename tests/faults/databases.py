"""The centre's database, either kind, with its own faults."""

import contextlib
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from collector.folder import DATABASE
from tests.faults.ports import steady_port
from tests.postgresql import Server

Rows = list[tuple[Any, ...]]


class Database(ABC):
    """
    Where the centre stores.

    Attributes:
        kind: What it is called in reports.
        fault: What is said of a fault of it.
    """

    kind: str
    fault: str

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """What tells the command `collector` where it is."""

    @abstractmethod
    def trouble(self, meanwhile: Callable[[], object]) -> None:
        """Be unusable for a while."""

    @abstractmethod
    def rows(self, statement: str) -> Rows:
        """What a statement gives."""

    @abstractmethod
    def files(self) -> Iterator[Path]:
        """All files that hold something of it, beyond the centre's folder."""

    @abstractmethod
    def close(self) -> None:
        """Take it away, if it is not in the centre's folder."""


class SqliteDatabase(Database):
    """The file in the centre's data folder; its fault is somebody who holds it locked."""

    kind, fault = "sqlite", "database locked"

    def __init__(self, centre: Path) -> None:
        self._file = centre / DATABASE

    def environment(self) -> dict[str, str]:
        return {"COLLECTOR_DATABASE": ""}

    def trouble(self, meanwhile: Callable[[], object]) -> None:
        with contextlib.closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            meanwhile()
            database.execute("ROLLBACK")

    def rows(self, statement: str) -> Rows:
        with contextlib.closing(sqlite3.connect(self._file, timeout=10)) as database:
            return database.execute(statement).fetchall()

    def files(self) -> Iterator[Path]:
        yield from ()

    def close(self) -> None:
        pass


class PostgresqlDatabase(Database):
    """A server of its own; its fault is a crash."""

    kind, fault = "postgresql", "database killed"

    def __init__(self) -> None:
        self._server = Server()
        self._server.port = steady_port()
        self._server.start()
        self._name = self._server.create()

    def environment(self) -> dict[str, str]:
        return {"COLLECTOR_DATABASE": self._server.url(self._name)}

    def trouble(self, meanwhile: Callable[[], object]) -> None:
        self._server.kill()
        meanwhile()
        self._server.start()

    def rows(self, statement: str) -> Rows:
        with psycopg.connect(self._server.url(self._name)) as line:
            return line.execute(statement).fetchall()

    def files(self) -> Iterator[Path]:
        # Belongs to the server's own user: only root can look into it.
        found = subprocess.run(
            ["find", self._server._cluster, "-type", "f"], check=True, capture_output=True, text=True
        )
        yield from map(Path, found.stdout.splitlines())

    def close(self) -> None:
        self._server.close()
