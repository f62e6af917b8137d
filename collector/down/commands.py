"""`collector place` and `collector guard`."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import datetime as dt
import json
import sys
from pathlib import Path

import click

from collector import options
from collector.readying import make_ready

_assignments = click.argument("assignments", nargs=-1, metavar="[FIELD=VALUE]…")


@click.group()
def place() -> None:
    """What the offices are, and what their doors say."""


@place.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@options.data
def list_places(*, as_json: bool, data: Path) -> None:
    """List the places with their doors and guards."""
    make_ready(data)
    from collector import listing

    if as_json:
        click.echo(json.dumps(listing.places(), ensure_ascii=False))
    else:
        for line in listing.lines():
            click.echo(line)


@place.command(name="set")
@click.argument("name")
@_assignments
@click.option("--new", is_flag=True, help="Make the place if it is not known.")
@click.option(
    "--code", metavar="URL", help="The office's own code: a web address for any phone; empty for none."
)
@click.option(
    "--self-service/--no-self-service",
    default=None,
    help="Let visitors key in their own number without a guard, or not.",
)
@click.option(
    "--asks-phone/--no-asks-phone",
    default=None,
    help="Ask who comes in for a phone number where the card holds none, or not.",
)
@click.option("--duty-minutes", metavar="N", help="How long a guard's turn of duty lasts, 1 to 1440.")
@options.data
def set_place(
    *, name: str, assignments: tuple[str, ...], new: bool, data: Path, **chosen: str | bool | None
) -> None:
    """
    Change the place NAME; its doors follow within seconds.

    Fields are kind (checkpoint or public), zone, keep_days, unit, hours, closes (17:00; empty for midnight),
    notice, help_desk and languages ("vi en"); code, self_service, asks_phone and duty_minutes are options,
    but may be written so too.
    """
    said = {field: _word(value) for field, value in chosen.items() if value is not None}
    told = _read(assignments) | said
    if not told and not new:
        raise click.UsageError('nothing to change; write FIELD=VALUE, such as notice="Closed at noon".')
    make_ready(data, make=new)
    from collector import registering

    changed = registering.set_place(name, told, new=new)
    click.echo(f"{changed.name}: its doors are told")


@place.command(name="questions")
@click.argument("name", metavar="PLACE")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--none", "nothing", is_flag=True, help="Ask nothing any more.")
@options.data
def set_questions(*, name: str, file: Path | None, nothing: bool, data: Path) -> None:
    """
    Have the doors of PLACE ask who comes in what stands in FILE; without FILE, print what they ask.

    FILE is TOML, with tables [[questions]] as in a box's kiosk.toml, five at most: an id; a text by language;
    two to nine answers, each with an id and a text, or none for yes and no; and personal = true for what
    only the manager may read.
    """
    if nothing and file is not None:
        raise click.UsageError("--none: only without FILE.")
    make_ready(data)
    from collector import questions, registering

    if file is None and not nothing:
        click.echo(questions.written(registering.named(name).questions), nl=False)
        return
    asked = questions.read(file) if file else []
    registering.set_questions(name, asked)
    ids = ", ".join(question["id"] for question in asked)
    click.echo(f"{name}: its doors ask {ids or 'nothing'}")


@place.command(name="door")
@click.argument("kiosk")
@_assignments
@options.data
def set_door(*, kiosk: str, assignments: tuple[str, ...], data: Path) -> None:
    """
    Change the door of the box KIOSK; it follows within seconds.

    Fields are name and direction (in, out or toggle).
    """
    if not assignments:
        raise click.UsageError("nothing to change; write FIELD=VALUE, such as direction=in.")
    make_ready(data)
    from collector import registering

    changed = registering.set_door(kiosk, _read(assignments))
    click.echo(f"{changed.name}: its door is told")


@click.group()
def guard() -> None:
    """Who may check people in."""


@guard.command(name="add")
@click.argument("place")
@click.argument("name")
@click.option(
    "--pin", "asks_pin", is_flag=True, help="Ask for the PIN, six digits to be keyed in at the door."
)
@click.option("--pin-stdin", is_flag=True, help="Read the PIN from standard input, one line.")
@click.option("--phone", metavar="NUMBER", help="For the manager to call; empty for none.")
@click.option("--right", type=click.Choice(("check_in",)), default="check_in", show_default=True)
@options.data
def add_guard(
    *, place: str, name: str, asks_pin: bool, pin_stdin: bool, phone: str | None, right: str, data: Path
) -> None:
    """Let NAME check people in at PLACE, by a PIN; who does so already gets a new one."""
    if asks_pin and not sys.stdin.isatty():
        raise click.UsageError("--pin: nobody there to ask; use --pin-stdin.")
    make_ready(data)
    from collector import guards

    pin = None
    if pin_stdin:
        pin = sys.stdin.readline().rstrip("\r\n")
    elif asks_pin:
        pin = click.prompt(f"PIN of {name}", hide_input=True, confirmation_prompt=True)
    guards.add(place, name, pin=pin, right=right, phone=phone)
    click.echo(f"{name} may check people in at {place}")


@guard.command(name="badge")
@click.argument("place")
@click.argument("name")
@click.option(
    "--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it is good."
)
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw it, as .png or .svg, instead of printing its text.",
)
@click.option("--new", is_flag=True, help="Let NAME check people in, if they did not before.")
@click.option("--none", "nothing", is_flag=True, help="Take the badge away; make none.")
@options.data
def make_badge(
    *, place: str, name: str, days: int, file: Path | None, new: bool, nothing: bool, data: Path
) -> None:
    """
    Make a badge for NAME, a guard at PLACE: a code to hold before the door's camera instead of keying a PIN.

    The badge before it is worthless as soon as the doors have heard; so is one that is taken away with
    --none, and that of a guard who is removed. Who has a badge's text or picture can check people in.
    """
    if nothing and (file or new):
        raise click.UsageError("--none: only without --file and --new.")
    make_ready(data)
    from django.utils import timezone

    from collector import badges, guards
    from collector.keyring import Keyring

    if nothing:
        guards.give_badge(place, name, "")
        click.echo(f"{name} has no badge at {place} any more")
        return
    expires = timezone.now() + dt.timedelta(days=days)
    code = badges.give(place, name, expires=expires, keyring=Keyring(data), file=file, new=new)
    click.echo(f"{file}: badge of {name}, good until {timezone.localdate(expires)}" if file else code)


@guard.command(name="remove")
@click.argument("place")
@click.argument("name")
@options.data
def remove_guard(*, place: str, name: str, data: Path) -> None:
    """Let NAME check people in at PLACE no more, by PIN or badge."""
    make_ready(data)
    from collector import guards

    guards.remove(place, name)
    click.echo(f"{name} may not check people in at {place} any more")


def _read(assignments: tuple[str, ...]) -> dict[str, str]:
    told = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise click.UsageError(f'"{assignment}": not FIELD=VALUE, such as notice="Closed at noon".')
        told[name] = value
    return told


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else "yes" if value else "no"
