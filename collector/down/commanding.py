"""`collector command`."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import json
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from collector import options
from collector.readying import make_ready

if TYPE_CHECKING:
    from collector.models import Order

_SWITCHES = {"out-of-order": ("on", "off"), "log-level": ("debug", "info", "warning")}
"""Commands that want one of these words."""
_NAMES = ("identify", "restart", *_SWITCHES, "support-bundle")


@click.command(name="command")
@click.argument("kiosk")
@click.argument("name", type=click.Choice(_NAMES))
@click.argument(
    "switch", type=click.Choice([word for words in _SWITCHES.values() for word in words]), required=False
)
@click.option("--notice", default="", metavar="TEXT", help="With out-of-order on: what the screen says.")
@click.option(
    "--minutes",
    type=click.IntRange(1, 1440),
    metavar="N",
    help="With log-level: for how long.  [default: 30]",
)
@click.option(
    "--within",
    type=click.FloatRange(min=1, max=7 * 24 * 3600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Then it is too late: a box that comes online later does not do it.",
)
@click.option("--wait", "waits", is_flag=True, help="Wait for the answer; exit with 2 unless it is done.")
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With support-bundle --wait: write it here, as JSON.",
)
@options.data
def command(
    *,
    kiosk: str,
    name: str,
    switch: str | None,
    notice: str,
    minutes: int | None,
    within: float,
    waits: bool,
    file: Path | None,
    data: Path,
) -> None:
    """
    Have the box KIOSK do something at once.

    identify shows and sounds for ten seconds which box it is; restart ends door and bridge, which the service
    manager starts again; out-of-order on shuts the door until out-of-order off, whatever happens to the box;
    log-level debug, info or warning logs more or less for a while; support-bundle fetches all that helps to
    find out what ails the box, and nobody's name.
    """
    words = _SWITCHES.get(name, ())
    if (switch not in words) if words else switch is not None:
        raise click.UsageError(
            f"{name}: wants {' or '.join(words)}." if words else f"{switch}: not with {name}."
        )
    if notice and switch != "on":
        raise click.UsageError("--notice: only with out-of-order on.")
    if minutes is not None and name != "log-level":
        raise click.UsageError("--minutes: only with log-level.")
    if file is not None and not (waits and name == "support-bundle"):
        raise click.UsageError("--file: only with support-bundle --wait.")
    make_ready(data)
    from django.db import transaction

    from collector import asking, audit
    from collector.audit import Action

    arguments: dict[str, object] = {}
    if name == "out-of-order":
        arguments = {"on": switch == "on", "notice": notice}
    elif name == "log-level":
        arguments = {"level": switch, "minutes": minutes or 30}
    with transaction.atomic():
        order = asking.ask(kiosk, name.replace("-", "_"), arguments, within)
        audit.write_own(Action.DOOR_COMMANDED, order.kiosk.place, subject=kiosk, command=order.name)
    if not waits:
        click.echo(f"{kiosk}: asked, {order.id}")
        return
    asking.wait(order, Event())
    if file is not None:
        _write(order, file)
    click.echo(f"{kiosk}: done")


def _write(order: "Order", file: Path) -> None:
    from collector import audit, supporting
    from collector.audit import Action
    from collector.errors import OrderFailed

    bundle = supporting.found(order.kiosk, order.pk)
    if bundle is None:
        raise OrderFailed(f"{order.kiosk_id}: done, but the bundle has not come; see the centre's log")
    told = json.loads(supporting.text(bundle))
    audit.write_own(Action.FETCHED_SUPPORT, order.kiosk.place, subject=order.kiosk_id)
    try:
        file.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise OrderFailed(f"--file {file}: {error.strerror}; choose another file") from error
