"""`collector backup` and `collector restore`."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from collector import database, folder, options
from collector.database import DatabaseUnusable
from collector.readying import make_ready, set_up

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--keys", "of_keys", is_flag=True, help="Of the keys, and of nothing else.")
@options.data
def backup(*, file: Path, of_keys: bool, data: Path) -> None:
    """
    Write a copy of the database into FILE, while the centre runs.

    The names in it stay sealed: whoever has it, but not the keys, reads none. So keep the keys, which --keys
    writes, elsewhere. An older backup of that name is replaced, and only when the new one is whole.
    """
    folder.require(data, with_database=not database.chosen())
    set_up()  # also a database that is behind: it is copied before it is brought up to date
    from django.utils import timezone

    from collector import audit
    from collector.backup import keys, taking

    if of_keys:
        make_ready(data)
        made = keys.take(file, data, timezone.now())
        audit.write_own(audit.Action.ADMINISTERED, what="keys copied")
        click.echo(
            f"{file}: {len(made.pieces)} files of keys; not to be kept where the database's backups are"
        )
        return
    with _asking(data):
        held = taking.take(file, timezone.now()).database
    if held is not None:
        click.echo(f"{file}: {held.places} places, {held.boxes} boxes, {held.visits} visits")


@click.command()
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Also where there are visits, or other keys: they are lost.")
@options.data
def restore(*, file: Path, replace: bool, data: Path) -> None:
    """
    Put back what is in FILE, the database or the keys. Stop the centre first.

    All of it is put back, or nothing.
    """
    folder.prepare(data)
    set_up()
    from django.utils import timezone

    from collector import audit
    from collector.backup import archive, keys, restoring, stamp

    with _asking(data), archive.opened(file) as found:
        told = found.manifest
        as_of = f"as of {told.made_at:%Y-%m-%d %H:%M} UTC"
        if told.holds == "keys":
            written = keys.restore(found, data, replace=replace)
            says = f"{data}: {', '.join(written) or 'all was there'}; {as_of}"
        else:
            held = restoring.restore(found, replace=replace)
            says = f"{held.places} places, {held.boxes} boxes, {held.visits} visits; {as_of}"
        if _has_tables(data):
            keys.agree(data, timezone.now())
            audit.write_own(
                audit.Action.ADMINISTERED, what=f"{told.holds} restored", made_at=told.made_at.isoformat()
            )
    stamp.tell(data, told.holds, told.made_at)
    click.echo(says)


def _has_tables(data: Path) -> bool:
    """Whether there is a database that keys could be of; not so where the keys are put back first."""
    from django.db import connection

    from collector.models import SealingKey

    is_there = bool(database.chosen()) or (data / folder.DATABASE).exists()
    table = SealingKey._meta.db_table  # noqa: SLF001 - Django's name for it
    return is_there and table in connection.introspection.table_names()


@contextmanager
def _asking(data: Path) -> Iterator[None]:
    """Tell in one line what a database says that cannot be read or written."""
    from django.db import DatabaseError

    try:
        yield
    except DatabaseError as error:
        why = str(error).strip().partition("\n")[0]
        raise DatabaseUnusable(f'database "{database.name(data)}": {why}; {database.remedy()}') from error
