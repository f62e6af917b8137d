"""`collector backup` and `collector restore`."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

from pathlib import Path

import click

from collector import database, folder, options
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
    from collector.backup import archive, keys, restoring

    with archive.opened(file) as found:
        made_at = found.manifest.made_at
        if found.manifest.holds == "keys":
            written = keys.restore(found, data, replace=replace)
            click.echo(f"{data}: {', '.join(written) or 'all was there'}; as of {made_at:%Y-%m-%d %H:%M} UTC")
            return
        held = restoring.restore(found, replace=replace)
    keys.adopt(data, timezone.now())
    audit.write_own(audit.Action.ADMINISTERED, what="database restored", made_at=made_at.isoformat())
    click.echo(
        f"{held.places} places, {held.boxes} boxes, {held.visits} visits; as of {made_at:%Y-%m-%d %H:%M} UTC"
    )
