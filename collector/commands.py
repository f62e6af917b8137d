"""What the command `collector` can do."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import json
import os
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector import database, folder, options
from collector.database import DatabaseUnusable

if TYPE_CHECKING:
    from collector.counting import Tally
    from collector.web.days import Day


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("entrance-kiosk"), prog_name="collector")
@options.debug
def collector() -> None:
    """The centre: stores what the doors saw, and shows it to those who may look."""


@collector.command()
@options.data
@options.broker
@options.web
def serve(
    *,
    data: Path,
    mqtt_host: str,
    mqtt_port: int,
    protocol: str,
    client_id: str,
    web_host: str,
    web_port: int,
    allowed_hosts: tuple[str, ...],
    behind_proxy: bool,
) -> None:
    """
    Take visits off the road and serve the page, in one process.

    Brings the database up to date first. A broker that is away is waited for.
    """
    options.tell_hosts(web_host, allowed_hosts)
    _open(data, make=True)
    from collector import serving

    page = serving.Page(host=web_host, port=web_port, behind_proxy=behind_proxy)
    intake = serving.make_intake(host=mqtt_host, port=mqtt_port, client_id=client_id, protocol=protocol)
    serving.run(intake=intake, page=page)


@collector.command()
@options.data
@options.broker
def ingest(*, data: Path, mqtt_host: str, mqtt_port: int, protocol: str, client_id: str) -> None:
    """Take visits off the road only."""
    _open(data)
    from collector import serving

    serving.run(
        intake=serving.make_intake(host=mqtt_host, port=mqtt_port, client_id=client_id, protocol=protocol)
    )


@collector.command()
@options.data
@options.web
def web(
    *, data: Path, web_host: str, web_port: int, allowed_hosts: tuple[str, ...], behind_proxy: bool
) -> None:
    """Serve the page only."""
    options.tell_hosts(web_host, allowed_hosts)
    _open(data)
    from collector import serving

    serving.run(page=serving.Page(host=web_host, port=web_port, behind_proxy=behind_proxy))


@collector.command()
@options.data
def migrate(*, data: Path) -> None:
    """Make the database, or bring it up to date."""
    _open(data, make=True)
    click.echo(f"database up to date: {database.name(data)}")


@collector.group()
def user() -> None:
    """Who may look at the page."""


_password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, one line."
)


@user.command(name="add")
@click.argument("name")
@_password_stdin
@options.data
def add_user(*, name: str, password_stdin: bool, data: Path) -> None:
    """Let NAME look at the page. Without --password-stdin a password is made and printed."""
    _open(data, make=True)
    from collector import accounts

    password = _read_password() if password_stdin else accounts.generate_password()
    accounts.add(name, password)
    _tell_password(name, None if password_stdin else password)


@user.command(name="password")
@click.argument("name")
@_password_stdin
@options.data
def change_password(*, name: str, password_stdin: bool, data: Path) -> None:
    """Give NAME a new password. Without --password-stdin one is made and printed."""
    _open(data)
    from collector import accounts

    password = _read_password() if password_stdin else accounts.generate_password()
    accounts.change_password(name, password)
    _tell_password(name, None if password_stdin else password)


@collector.command()
@click.argument("kiosk")
@click.option("--place", required=True, metavar="NAME", help="The office; made if it is not known.")
@click.option("--door", default="", metavar="NAME", help="The door that the box stands at.")
@click.option(
    "--folder",
    "box_folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="Where the credentials are written: credentials/ in the box's data folder.",
)
@options.data
def enrol(*, kiosk: str, place: str, door: str, box_folder: Path, data: Path) -> None:
    """Make the box KIOSK one of a place's, and write the credentials that it needs."""
    _open(data, make=True)
    from django.utils import timezone

    from collector import enrolment
    from collector.keyring import Keyring

    box = enrolment.enrol(kiosk, place, door)
    enrolment.write_credentials(box, box_folder, Keyring(data), timezone.now())
    click.echo(f"{box.name} belongs to {place}; its credentials: {box_folder}")


@collector.command()
@click.option("--date", "day", metavar="YYYY-MM-DD", help="Of one day; without it, of all.")
@click.option("--ids", "with_ids", is_flag=True, help="List the visits' ids too.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@options.data
def visits(*, day: str | None, with_ids: bool, as_json: bool, data: Path) -> None:
    """Count the visits that are stored. Tells nobody's name."""
    _open(data)
    from collector import counting

    chosen = _read_day(day)
    tally = counting.count(chosen)
    ids = counting.ids(chosen) if with_ids else ()
    if as_json:
        facts = {"total": tally.total, "in": tally.came, "out": tally.left, "kiosks": tally.kiosks}
        facts |= {"set_aside": tally.set_aside, **({"ids": list(ids)} if with_ids else {})}
        click.echo(json.dumps(facts))
    else:
        _tell_visits(tally, ids)


def _tell_visits(tally: "Tally", ids: Iterable[str]) -> None:
    click.echo(f"visits: {tally.total} (in {tally.came}, out {tally.left})")
    for kiosk, number in tally.kiosks.items():
        click.echo(f"  {kiosk}: {number}")
    click.echo(f"set aside: {tally.set_aside}")
    for id_ in ids:
        click.echo(id_)


def _read_day(text: str | None) -> "Day | None":
    from django.utils import timezone

    from collector.web import days

    if text is None:
        return None
    day = days.read(text, timezone.get_current_timezone())
    if day is None:
        raise click.BadParameter(f'"{text}" is no day written YYYY-MM-DD.', param_hint="--date")
    return day


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("--password-stdin: nothing on standard input; write the password there.")
    return password


def _tell_password(name: str, password: str | None) -> None:
    click.echo(f"{name} may look at the page." + ("" if password is None else f" Password: {password}"))


def _open(data: Path, *, make: bool = False) -> None:
    """
    Get Django and the database ready.

    Args:
        data: The data folder.
        make: Make what is missing, and bring the database up to date; without it, it must be so.

    Raises:
        FolderUnusable: If that cannot be done.
        DatabaseUnusable: Likewise.
    """
    if make:
        folder.prepare(data)
    else:
        folder.require(data, with_database=not database.chosen())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collector.settings")
    import django
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    name = database.name(data)
    try:
        if make:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("clearsessions")
            return
        plan = MigrationExecutor(connection)
        is_behind = bool(plan.migration_plan(plan.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        why = str(error).strip().partition("\n")[0]
        raise DatabaseUnusable(f'database "{name}": {why}; {database.remedy()}') from error
    if is_behind:
        raise DatabaseUnusable(f'database "{name}": not up to date; run `collector migrate`')
