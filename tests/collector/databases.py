"""Databases of both kinds, with all tables, for tests that store by Django in their own process."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from collector import database
from tests.postgresql import Server

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass
class Database:
    """
    One that Django is set to.

    Attributes:
        kind: Of which kind.
        url: Its address; empty for a file.
        folder: The data folder of a file.
    """

    kind: str
    url: str
    folder: Path


@contextmanager
def used(url: str, folder: Path) -> Iterator[None]:
    """Have Django use a database, in all threads."""
    was = connections.settings["default"]
    connections.close_all()
    connections.settings.update(connections.configure_settings({"default": database.parse(url, folder)}))
    _renew()
    try:
        yield
    finally:
        connections.close_all()
        connections.settings["default"] = was
        _renew()


def _renew() -> None:
    """This thread's connection is made anew, of the kind that Django is set to."""
    connections["default"] = connections.create_connection("default")


class Templates:
    """For each kind a database with all tables and no rows, made when it is first wanted."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / database.DATABASE
        self._name = ""

    def file(self) -> Path:
        """Of SQLite."""
        if not self._file.exists():
            _migrate("", self._file.parent)
        return self._file

    def name(self, server: Server) -> str:
        """On a server of PostgreSQL."""
        if not self._name:
            self._name = server.create()
            _migrate(server.url(self._name), self._file.parent)
        return self._name


def _migrate(url: str, folder: Path) -> None:
    with used(url, folder):
        call_command("migrate", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def on_sqlite(templates: Templates, tmp_path: Path, django_db_blocker: Any) -> Iterator[Database]:
    """A file of its own."""
    with django_db_blocker.unblock():
        with (
            closing(sqlite3.connect(templates.file())) as source,
            closing(sqlite3.connect(tmp_path / database.DATABASE)) as copy,
        ):
            source.backup(copy)
        with used("", tmp_path):
            yield Database(SQLITE, "", tmp_path)


@pytest.fixture
def server_database(templates: Templates, postgresql: Server, django_db_blocker: Any) -> Iterator[str]:
    """The address of a database of its own on the server."""
    with django_db_blocker.unblock():
        template = templates.name(postgresql)
    name = postgresql.create(template)
    yield postgresql.url(name)
    postgresql.drop(name)


@pytest.fixture
def on_postgresql(server_database: str, tmp_path: Path, django_db_blocker: Any) -> Iterator[Database]:
    """The same, and Django set to it."""
    with django_db_blocker.unblock(), used(server_database, tmp_path):
        yield Database(POSTGRESQL, server_database, tmp_path)
