"""`collector shards`."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

from pathlib import Path

import click

from collector import database, options
from collector.readying import make_ready
from collector.shards import addresses
from collector.shards.addresses import ShardsUnusable


@click.command()
@click.argument("urls", nargs=-1, metavar="URL…", envvar="COLLECTOR_SHARDS")
@options.data
def shards(*, urls: tuple[str, ...], data: Path) -> None:
    """
    Spread visits over 1, 2, 4, 8 … other databases on PostgreSQL, each of which holds those of some boxes.

    Makes --database their front, through which collectors and pages reach all of them, brings all of them up
    to date, and moves what is stored already. Run again with the same databases in the same order, it brings
    them up to date, and tells the front where they are now; it stands in place of `collector migrate`.

    Addresses with passwords are safer in the environment: in COLLECTOR_SHARDS, with spaces between.
    """
    if not database.chosen():
        raise ShardsUnusable("the front is an SQLite file; name a PostgreSQL server with --database")
    chosen = addresses.read(urls)
    make_ready(data, make=True)
    from collector.shards import making

    for name in making.make_shards(chosen, data):
        click.echo(f"shard up to date: {name}")
    moved = making.make_front(chosen, data)
    click.echo(f"front up to date: {database.name(data)}" + (f", {moved} visits moved" if moved else ""))
