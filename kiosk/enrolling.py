"""The command `kiosk enrol`: a box made a centre's without a network, or nobody's again."""

import os
from pathlib import Path

import click

from kiosk import enrolment
from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.errors import JournalFailed, SettingsError
from kiosk.store.facts import Facts
from kiosk.store.trouble import FILE_NAME


@click.command()
@click.option(
    "--file",
    "admission",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What the centre wrote for this box with `collector enrol`.",
)
@click.option("--forget", is_flag=True, help="Make the box nobody's again.")
@click.option("--yes", is_flag=True, help="With --forget: do not ask.")
@simulated_option
@settings_options
def enrol(
    *,
    admission: Path | None,
    forget: bool,
    yes: bool,
    simulated: bool,
    file: Path | None,
    data: str | None,
    assignments: tuple[str, ...],
) -> None:
    """
    Make the box a centre's by a file, where it cannot reach the centre by itself; or nobody's again.

    With a network, hold a set-up code of the centre's page to the camera instead. Visits are kept either way:
    those that wait go to the centre that the box belongs to then. A running door and bridge begin anew.
    """
    if forget == (admission is not None):
        raise SettingsError("enrol: name the centre's file with --file, or give --forget, one of the two")
    settings = chosen_settings(file, data, assignments, simulated=simulated, with_centre=False)
    folder = settings.data.folder
    # Before it is the door's user who asks: the file may be anybody's.
    granted = enrolment.read(admission) if admission is not None else None
    _be_owner(folder)
    try:
        if granted is not None:
            enrolment.take_up(granted, folder)
            click.echo(f"enrolled as {granted.kiosk}; {admission} is used up: delete it, it holds a key")
            return
        if not yes:
            click.confirm("Make this box nobody's? The centre must enrol it again then", abort=True)
        if not enrolment.leave(folder):
            click.echo("this box is nobody's already")
            return
        click.echo(f"this box is nobody's now; {_kept(folder)}")
    except OSError as error:
        if isinstance(error, JournalFailed):
            raise
        remedy = "run this as the door's user: sudo -u entrance-kiosk"
        raise SettingsError(f"data.folder = {folder}: {error.strerror or error}; {remedy}") from error


def _kept(folder: Path) -> str:
    """What stays of a box that is nobody's."""
    if not (folder / FILE_NAME).exists():
        return "it has no visits"
    facts = Facts(folder)
    try:
        waiting = facts.under_way()
        return f"kept: {facts.stored()} visits that it had, and {waiting.waiting + waiting.sent} not sent yet"
    finally:
        facts.close()


def _be_owner(folder: Path) -> None:
    """Whoever asks as root writes as the door's user, who must be able to read it."""
    if os.geteuid() != 0 or not folder.exists():
        return
    owner = folder.stat()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
