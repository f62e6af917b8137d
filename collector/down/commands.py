"""`collector place`, `collector guard` and `collector command`."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import json
import sys
from pathlib import Path
from threading import Event

import click

from collector import options
from collector.readying import make_ready

_assignments = click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE…")


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
@options.data
def set_place(*, name: str, assignments: tuple[str, ...], new: bool, data: Path) -> None:
    """
    Change the place NAME; its doors follow within seconds.

    Fields are kind (checkpoint or public), zone, keep_days, hours, notice, help_desk and languages ("vi en").
    """
    make_ready(data, make=new)
    from collector import registering

    changed = registering.set_place(name, _read(assignments), new=new)
    click.echo(f"{changed.name}: its doors are told")


@place.command(name="door")
@click.argument("kiosk")
@_assignments
@options.data
def set_door(*, kiosk: str, assignments: tuple[str, ...], data: Path) -> None:
    """
    Change the door of the box KIOSK; it follows within seconds.

    Fields are name and direction (in, out or toggle).
    """
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
    "--pin-stdin", is_flag=True, help="Read the number to be keyed in from standard input, one line."
)
@click.option("--badge", metavar="SUBJECT", help="The subject of the signed badge.")
@click.option("--right", type=click.Choice(("check_in",)), default="check_in", show_default=True)
@options.data
def add_guard(*, place: str, name: str, pin_stdin: bool, badge: str | None, right: str, data: Path) -> None:
    """Let NAME check people in at PLACE; who does so already is changed."""
    make_ready(data)
    from collector import registering

    pin = sys.stdin.readline().rstrip("\r\n") if pin_stdin else None
    registering.set_guard(place, name, pin=pin, badge=badge, right=right)
    click.echo(f"{name} may check people in at {place}")


@guard.command(name="remove")
@click.argument("place")
@click.argument("name")
@options.data
def remove_guard(*, place: str, name: str, data: Path) -> None:
    """Let NAME check people in at PLACE no more."""
    make_ready(data)
    from collector import registering

    registering.remove_guard(place, name)
    click.echo(f"{name} may not check people in at {place} any more")


@click.command(name="command")
@click.argument("kiosk")
@click.argument("name", type=click.Choice(("identify", "restart", "out-of-order")))
@click.argument("switch", type=click.Choice(("on", "off")), required=False)
@click.option("--notice", default="", metavar="TEXT", help="With out-of-order on: what the screen says.")
@click.option(
    "--within",
    type=click.FloatRange(min=1, max=7 * 24 * 3600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Then it is too late: a box that comes online later does not do it.",
)
@click.option("--wait", "waits", is_flag=True, help="Wait for the answer; exit with 2 unless it is done.")
@options.data
def command(
    *, kiosk: str, name: str, switch: str | None, notice: str, within: float, waits: bool, data: Path
) -> None:
    """
    Have the box KIOSK do something at once.

    identify shows and sounds for ten seconds which box it is; restart ends door and bridge, which the service
    manager starts again; out-of-order on shuts the door until out-of-order off, whatever happens to the box.
    """
    if (switch is None) is (name == "out-of-order"):
        raise click.UsageError("on or off: only, and always, with out-of-order.")
    if notice and switch != "on":
        raise click.UsageError("--notice: only with out-of-order on.")
    make_ready(data)
    from collector import asking

    arguments: dict[str, object] = {"on": switch == "on", "notice": notice} if switch else {}
    order = asking.ask(kiosk, name.replace("-", "_"), arguments, within)
    if waits:
        asking.wait(order, Event())
        click.echo(f"{kiosk}: done")
    else:
        click.echo(f"{kiosk}: asked, {order.id}")


def _read(assignments: tuple[str, ...]) -> dict[str, str]:
    told = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise click.UsageError(f'"{assignment}": not FIELD=VALUE, such as notice="Closed at noon".')
        told[name] = value
    return told
