"""Databases with shards, for tests that store by Django in their own process; all on one server, as three databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.shards import addresses, front
from tests.collector.conftest import run
from tests.collector.databases import POSTGRESQL, Database, used
from tests.postgresql import Server

SHARDS = 2


class Fronts:
    """A front and its shards, made by the command when they are first wanted, and copied for each test."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server, self._folder = server, folder
        self._names: list[str] = []

    def copy(self) -> list[str]:
        """The names of another front's database, and of its shards'."""
        if not self._names:
            self._names = [self._server.create() for _ in range(1 + SHARDS)]
            front_url, *urls = map(self._server.url, self._names)
            made = run("shards", *urls, "--data", str(self._folder), "--database", front_url)
            assert made.returncode == 0, made.stderr
        copies = [self._server.create(name) for name in self._names]
        with used(self._server.url(copies[0]), self._folder):
            front.make(addresses.read([self._server.url(name) for name in copies[1:]]))
        return copies


@pytest.fixture(scope="session")
def fronts(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> Fronts:
    return Fronts(postgresql, tmp_path_factory.mktemp("fronts"))


@pytest.fixture
def sharded(fronts: Fronts, postgresql: Server, django_db_blocker: Any) -> Iterator[list[str]]:
    """The names of a front's database of its own, and of its shards'."""
    with django_db_blocker.unblock():
        names = fronts.copy()
    yield names
    for name in names:
        postgresql.drop(name)


@pytest.fixture
def on_front(
    sharded: list[str], postgresql: Server, tmp_path: Path, django_db_blocker: Any
) -> Iterator[Database]:
    """The same, and Django set to the front."""
    url = postgresql.url(sharded[0])
    with django_db_blocker.unblock(), used(url, tmp_path):
        yield Database(POSTGRESQL, url, tmp_path)
