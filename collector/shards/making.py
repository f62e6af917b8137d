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
from collector.shards.known import is_front

_REFUSED = "42501"
"""PostgreSQL's word for who may not."""


def make_shards(shards: Shards, data: Path) -> Iterator[str]:
    """
    Make databases shards; as one is done, its name.

    Raises:
        DatabaseUnusable: If one refuses, or is away.
        ShardsUnusable: If one has shards itself, or is another part of the whole.
    """
    for number, url in enumerate(shards.urls):
        name = database.shown(url)
        with _told(name), _known(f"shard_{number}", url, data) as alias:
            if is_front(alias):
                raise ShardsUnusable(f'database "{name}": has shards itself; give another')
            part, known = f"part {number} of {len(shards.urls)}", shard.part(alias)
            if known != part and (known or is_front()):
                raise ShardsUnusable(
                    f'database "{name}": is {known or "no shard yet"}, and would be {part}; give the same '
                    "shards in the same order, or see docs/cluster.md to divide them"
                )
            shard.clear(alias)
            call_command("migrate", database=alias, interactive=False, verbosity=0)
            shard.make(alias, part)
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
        is_refused = getattr(error.__cause__, "sqlstate", None) == _REFUSED
        remedy = (
            "docs/cluster.md says what its administrator has to grant" if is_refused else database.remedy()
        )
        raise DatabaseUnusable(f'database "{name}": {why}; {remedy}') from error


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
