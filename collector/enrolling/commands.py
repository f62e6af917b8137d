"""`collector enrol` and `collector technician`: boxes without a set-up code, and who may set boxes up."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

from pathlib import Path

import click

from collector import options
from collector.enrolling.options import BADGE_DAYS, MOST_BADGE_DAYS, broker_for_boxes
from collector.readying import make_ready


@click.command()
@click.argument("kiosk")
@click.option("--place", required=True, metavar="NAME", help="The office; made if none is called like it.")
@click.option(
    "--door",
    metavar="NAME",
    show_default="where it is known to stand",
    help="The door that the box stands at.",
)
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where all that the box needs is written as one file, such as box.enrol: for `kiosk enrol --file`.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where it is written as the box keeps it: credentials/ in the box's data folder.",
)
@click.option("--new", is_flag=True, help="Make the place though one is called much the same.")
@broker_for_boxes
@options.data
def enrol(
    *, kiosk: str, place: str, door: str | None, file: Path | None, folder: Path | None, new: bool, data: Path
) -> None:
    """
    Make the box KIOSK one of a place's, and write the credentials that it needs, as a file or a folder.

    Who has them is the box. What still waits on a box that moves becomes the new place's: let its journal run
    empty before.
    """
    if (file is None) == (folder is None):
        raise click.UsageError("one of --file and --folder: say where the credentials are written.")
    make_ready(data, make=True)
    from django.utils import timezone

    from collector import enrolment
    from collector.keyring import Keyring

    box = enrolment.enrol(kiosk, place, door, new=new)
    identity = enrolment.identify(box, data)
    admitted = enrolment.admission(box, Keyring(data), data, timezone.now(), identity)
    if file is not None:
        enrolment.write_file(admitted, file)
    if folder is not None:
        enrolment.write_folder(admitted, folder)
    click.echo(f"{box.name} belongs to {place}; its credentials: {file or folder}")
    if identity is None:
        click.echo(
            "no TLS files, for a broker on the box itself; `collector broker`, then this again, adds them"
        )


@click.group()
def technician() -> None:
    """Who may set up boxes that are in service."""


@technician.command()
@click.argument("name")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_BADGE_DAYS),
    default=BADGE_DAYS,
    show_default=True,
    help="How long it holds: nobody can take it back.",
)
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="The picture of its code: .png or .svg.",
)
@options.data
def badge(*, name: str, days: int, file: Path, data: Path) -> None:
    """Make a badge for the technician whose account is NAME: held before a box, it opens setting up."""
    make_ready(data)
    from django.db import transaction
    from django.utils import timezone

    from collector import audit, badges
    from collector.audit import Action
    from collector.enrolling import technicians
    from collector.keyring import Keyring

    user = technicians.named(name)
    code, ends = technicians.badge(user, days, Keyring(data), timezone.now())
    with transaction.atomic():
        audit.write_own(Action.TECHNICIAN_BADGE, subject=user.pk, days=days)
        badges.draw(code, file)
    click.echo(f"badge of {name}, good until {timezone.localtime(ends):%Y-%m-%d %H:%M}: {file}")
