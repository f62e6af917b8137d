"""A front and its shards, made one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connections

from collector import database
from collector.database import DatabaseUnusable
from collector.shards import front, shard
from collector.shards.addresses import Shards, ShardsUnusable


def make_shards(shards: Shards, data: Path) -> Iterator[str]:
    """
    Make databases shards; as one is done, its name.

    Raises:
        DatabaseUnusable: If one refuses, or is away.
        ShardsUnusable: If one has shards itself.
    """
    for number, url in enumerate(shards.urls):
        name = database.shown(url)
        with _told(name), _known(f"shard_{number}", url, data) as alias:
            if front.is_front(alias):
                raise ShardsUnusable(f'database "{name}": has shards itself; give another')
            shard.clear(alias)
            call_command("migrate", database=alias, interactive=False, verbosity=0)
            shard.make(alias)
        yield name


def make_front(shards: Shards, data: Path) -> int:
    """Make the chosen database their front; how many visits were moved. Raises as above."""
    with _told(database.name(data)):
        return front.make(shards)


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        why = str(error).strip().partition("\n")[0]
        raise DatabaseUnusable(f'database "{name}": {why}') from error


@contextmanager
def _known(alias: str, url: str, data: Path) -> Iterator[str]:
    """Have Django know a database by a name, for as long as this lasts."""
    settings = connections.configure_settings({"default": {}, alias: database.parse(url, data)})
    connections.settings[alias] = settings[alias]
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
