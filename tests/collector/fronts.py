"""A database with shards, for tests that store by Django in their own process: three databases on one server."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from collector.models import Clock, Dropping, Gap, Kiosk, Mark, Place, SetAside, Visit
from tests.collector.conftest import run
from tests.collector.databases import Templates, used
from tests.postgresql import Server

SHARDS, BEFORE = 2, 1000
"""How many shards; how many visits were there before them."""
_VISIT = (
    "INSERT INTO collector_visit (id, kiosk, door, epoch, sequence, direction, via, operator, verified, answers,"
    " at, clock_trusted, boot, monotonic, format, sealing_key, received_at) SELECT gen_random_uuid(),"
    f" 'kiosk-' || n % 10, '', '{uuid.UUID(int=1)}', n, 'in', 'camera', '', true, '', now(), true,"
    f" '{uuid.UUID(int=2)}', 1, 'cccd', '', now() FROM generate_series(1, {BEFORE}) AS n"
)


@dataclass(frozen=True)
class Front:
    """
    A front and its shards, made by the command of a database that held visits.

    Attributes:
        server: Where all of them are.
        name: The front's database.
        shards: Those of the shards.
        folder: The data folder.
        told: What the command said.
        moved: How many visits each kiosk had on each shard then.
    """

    server: Server
    name: str
    shards: list[str]
    folder: Path
    told: str
    moved: list[dict[str, int]]

    @property
    def url(self) -> str:
        """The front's address."""
        return self.server.url(self.name)

    def command(self, *shards: str) -> tuple[str, str]:
        """Run the command once more, with these shards' databases; what it says, and complains of."""
        told = {"COLLECTOR_DATABASE": self.url, "COLLECTOR_SHARDS": " ".join(map(self.server.url, shards))}
        done = run("shards", "--data", str(self.folder), **told)
        return done.stdout, done.stderr

    def held(self, shard: int) -> dict[str, int]:
        """How many visits a shard holds, by kiosk."""
        return by_kiosk(self.server, self.shards[shard])


def by_kiosk(server: Server, name: str) -> dict[str, int]:
    """How many visits a database holds, by kiosk."""
    return dict(server.run("SELECT kiosk, count(*) FROM collector_visit GROUP BY kiosk", name))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def made_front(
    templates: Templates, postgresql: Server, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Front:
    """Made when the first test wants it."""
    folder = tmp_path_factory.mktemp("front")
    with django_db_blocker.unblock():
        template = templates.name(postgresql)
    name, *shards = (postgresql.create(template) for _ in range(1 + SHARDS))
    postgresql.run(_VISIT, name)
    urls = [postgresql.url(shard) for shard in shards]
    done = run("shards", *urls, "--data", str(folder), "--database", postgresql.url(name))
    assert done.returncode == 0, done.stderr
    moved = [by_kiosk(postgresql, shard) for shard in shards]
    return Front(postgresql, name, shards, folder, done.stdout, moved)


@pytest.fixture
def front(made_front: Front, tmp_path: Path, django_db_blocker: Any) -> Iterator[Front]:
    """The same, empty, and Django set to it."""
    with django_db_blocker.unblock(), used(made_front.url, tmp_path):
        for model in (Visit, Clock, Dropping, Gap, Mark, SetAside, Kiosk, Place):
            model.objects.all().delete()
        for shard in made_front.shards:
            made_front.server.run("DELETE FROM collector_shard_journal", shard)
        yield made_front
