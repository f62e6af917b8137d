"""Where a centre of many collectors stores: on a primary with its standby, or on shards behind their front."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from uuid import UUID

import psycopg

from tests.cluster.checks import Stored
from tests.cluster.plan import Kind, Meanwhile
from tests.cluster.postgresql import Pair
from tests.postgresql import Server

_ROWS = "SELECT kiosk, epoch, sequence, id FROM collector_visit"


class Database(ABC):
    """
    Where the centre stores.

    Attributes:
        kind: What it is called in reports.
    """

    kind: str

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

    def __init__(self) -> None:
        self._pair = Pair()
        self._name = self._pair.primary.create()

    @property
    def url(self) -> str:
        return self._pair.url(self._name)

    def kinds(self) -> list[Kind]:
        # Once: who has taken over is alone until somebody makes it a new standby.
        return [Kind("primary killed, standby promoted", once=True, lasts_s=0, pull=self._take_over)]

    def rows(self) -> list[Stored]:
        return _rows([(self._pair.primary, self._name)])

    def close(self) -> None:
        self._pair.close()

    def _take_over(self, _target: int, meanwhile: Meanwhile) -> None:
        self._pair.take_over()
        meanwhile()


DATABASES = {database.kind: database for database in (WithStandby,)}


def _rows(places: Iterable[tuple[Server, str]]) -> list[Stored]:
    found = []
    for server, name in places:
        with psycopg.connect(server.url(name)) as line:
            found += [
                Stored(kiosk, str(UUID(str(epoch))), sequence, str(UUID(str(id_))))
                for kiosk, epoch, sequence, id_ in line.execute(_ROWS)
            ]
    return found
