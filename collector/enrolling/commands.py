"""`collector enrol` and `collector technician`: boxes made a place's, and who may set boxes up."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector import options
from collector.enrolling.options import BADGE_DAYS, CODE_MINUTES, MOST_BADGE_DAYS
from collector.enrolling.options import enrolment as where_enrolled
from collector.readying import make_ready

if TYPE_CHECKING:
    from collector.enrolling.codes import Office


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
@click.option(
    "--code",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where a set-up code is drawn, .png or .svg, to be held to the camera of a box that is nobody's yet;"
    " with --enrolment.",
)
@click.option(
    "--minutes",
    type=click.Choice(CODE_MINUTES),
    default=CODE_MINUTES[1],
    show_default=True,
    help="With --code: how long it is worth something.",
)
@click.option("--new", is_flag=True, help="Make the place though one is called much the same.")
@where_enrolled
@options.data
def enrol(
    *,
    kiosk: str,
    place: str,
    door: str | None,
    file: Path | None,
    folder: Path | None,
    code: Path | None,
    minutes: str,
    new: bool,
    data: Path,
) -> None:
    """
    Make the box KIOSK one of a place's, and write the credentials that it needs, as a file or a folder.

    Who has them is the box. What still waits on a box that moves becomes the new place's: let its journal run
    empty before.

    With --code no credentials are written: the box gets them from the running centre, once it has seen the
    code. Whoever holds the picture can have his box be KIOSK until then.
    """
    if [file, folder, code].count(None) != 2:  # noqa: PLR2004 - of three
        raise click.UsageError("one of --file, --folder and --code: say where it is written.")
    make_ready(data, make=True)
    if code is not None:
        _draw_code(kiosk, place, door, code, minutes, new=new, office=_office(data))
        return
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


def _office(data: Path) -> "Office":
    """
    Where a box with a code is enrolled.

    Raises:
        UsageError: If nobody said where.
        BrokerUnusable: If there is no authority that a code could tell of.
    """
    from collector.enrolling import codes

    office = codes.office(data)
    if office is None:
        raise click.UsageError("--code: needs --enrolment, where the running centre enrols boxes.")
    return office


def _draw_code(
    kiosk: str, place: str, door: str | None, file: Path, minutes: str, *, new: bool, office: "Office"
) -> None:
    """Make a set-up code, as the page does, and draw it; it stands nowhere else."""
    from django.conf import settings
    from django.db import transaction
    from django.utils import timezone

    from collector import audit, badges
    from collector.audit import Action
    from collector.enrolling import codes, naming
    from collector.keyring import Keyring

    lifetime = dt.timedelta(minutes=int(minutes))
    with transaction.atomic():
        box = naming.meant(kiosk, place, door, new=new)
        made = codes.make(
            box, office, Keyring(settings.DATA), timezone.now(), by=codes.COMMAND_LINE, lifetime=lifetime
        )
        audit.write_own(
            Action.SETUP_CODE, box.place, subject=box.pk, what="made", minutes=int(minutes), wifi=False
        )
        badges.draw(made.text, file)
    ends = timezone.localtime(made.row.expires_at)
    click.echo(f"set-up code of {box.name}, good until {ends:%Y-%m-%d %H:%M}: {file}")


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
