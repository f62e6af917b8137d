"""Where a centre of many collectors stores: on a primary with its standby, or on shards behind their front."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import psycopg

from tests.cluster.checks import Stored
from tests.cluster.plan import Kind, Meanwhile
from tests.cluster.postgresql import Pair, Sharded
from tests.postgresql import Server

_ROWS = "SELECT kiosk, epoch, sequence, id FROM collector_visit"


class Database(ABC):
    """
    Where the centre stores.

    Attributes:
        kind: What it is called in reports.
        faults: The names of what can go wrong with it.
    """

    kind: str
    faults: tuple[str, ...]

    @property
    @abstractmethod
    def url(self) -> str:
        """Its address, for collectors."""

    @abstractmethod
    def kinds(self) -> list[Kind]:
        """What can go wrong with it."""

    @abstractmethod
    def rows(self) -> list[Stored]:
        """All that is stored, read past the product's own code."""

    @abstractmethod
    def close(self) -> None:
        """End it, and forget all that it held."""


class WithStandby(Database):
    """A primary and a synchronous standby: what a receipt has told is on two disks."""

    kind = "standby"
    faults = ("primary killed, standby promoted",)

    def __init__(self, _data: Path) -> None:
        self._pair = Pair()
        self._name = self._pair.primary.create()

    @property
    def url(self) -> str:
        return self._pair.url(self._name)

    def kinds(self) -> list[Kind]:
        # Once: who has taken over is alone until somebody makes it a new standby.
        return [Kind("primary killed, standby promoted", once=True, lasts_s=0, pull=self._take_over)]

    def rows(self) -> list[Stored]:
        return _rows([self.url])

    def close(self) -> None:
        self._pair.close()

    def _take_over(self, _target: int, meanwhile: Meanwhile) -> None:
        self._pair.take_over()
        meanwhile()


class OnShards(Database):
    """A front and two shards, each a server of its own."""

    kind = "shards"
    faults = ("shard killed", "front killed")

    def __init__(self, data: Path) -> None:
        self._sharded = Sharded(data)

    @property
    def url(self) -> str:
        return self._sharded.url

    def kinds(self) -> list[Kind]:
        return [
            Kind("shard killed", len(self._sharded.shards), each=True, pull=self._kill_shard),
            Kind("front killed", pull=lambda _target, meanwhile: _kill(self._sharded.front, meanwhile)),
        ]

    def rows(self) -> list[Stored]:
        return _rows(self._sharded.urls)

    def close(self) -> None:
        self._sharded.close()

    def _kill_shard(self, target: int, meanwhile: Meanwhile) -> None:
        _kill(self._sharded.shards[target], meanwhile)


DATABASES = {database.kind: database for database in (WithStandby, OnShards)}


def _kill(server: Server, meanwhile: Meanwhile) -> None:
    server.kill_9()
    meanwhile()
    server.start()


def _rows(urls: Iterable[str]) -> list[Stored]:
    found = []
    for url in urls:
        with psycopg.connect(url) as line:
            found += [
                Stored(kiosk, str(UUID(str(epoch))), sequence, str(UUID(str(id_))))
                for kiosk, epoch, sequence, id_ in line.execute(_ROWS)
            ]
    return found
