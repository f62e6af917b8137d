"""`collector broker` and `collector revoke`."""

import shutil
from pathlib import Path
from typing import Any

import click

from collector import database, options
from collector.broker import asking, shelf
from collector.broker.authority import Authority
from collector.broker.errors import RevocationUnproven
from collector.broker.nodes import MQTT_PORT
from collector.broker.own import SERVICE_LIFE
from collector.broker.revoking import Outcome
from collector.broker.revoking import revoke as shut_out
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf
from collector.broker.telling import Told, tell
from collector.folder import DATABASE
from collector.readying import make_ready

_SERVICE = "/etc/systemd/system/mosquitto.service.d/entrance-kiosk.conf"

_reload = click.option(
    "--reload",
    "reload_command",
    envvar="COLLECTOR_BROKER_RELOAD",
    default="",
    metavar="COMMAND",
    help="Tells the broker to read its files anew, where SIGHUP to its process cannot.",
)


@click.command()
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name or address at which boxes reach the broker; may be given again. At first: this machine's.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), metavar="PORT", help=f"Its TCP port. At first: {MQTT_PORT}."
)
@click.option(
    "--listen",
    metavar="ADDRESS",
    help="Listen on this address only; empty for all. At first: all.",
)
@click.option("--user", metavar="NAME", help="The user that it runs as. At first: whose the data folder is.")
@asking.engine
@_reload
@options.data
def broker(*, reload_command: str, data: Path, **asked: Any) -> None:
    """
    Write what a broker needs: certificates, settings, whom it lets in.

    Run again, it writes what is missing, renews what grows old, and changes what is asked for; options that
    are not given stay as they were. The files are in broker/ of the data folder. Of a NATS of several nodes,
    it is run for each --node; what else is asked for is of that one.
    """
    folder = Shelf(data)
    before = Settings.read(folder)
    settings = asking.settings(before, folder.owner, **asked)
    authority = Authority(data)
    written = authority.prepare(settings)
    for path in written:
        click.echo(f"wrote {path}")
    if not written:
        click.echo("nothing to do: all is as it should be")
    _tell_ends(authority, settings)
    must_start = before is None or any(path.name in shelf.CONFIGURATIONS for path in written)
    if written and not must_start:
        must_start = tell(folder, reload_command) is not Told.YES
        if not must_start:
            click.echo("the broker was told to read them")
    if must_start:
        _tell_start(folder, settings)


@click.command()
@click.argument("kiosk")
@_reload
@click.option("--host", metavar="NAME", help="Where the broker is, if not on this machine.")
@options.data
def revoke(*, kiosk: str, reload_command: str, host: str | None, data: Path) -> None:
    """
    Shut the box KIOSK out: it is disconnected, and its certificates are refused from now on.

    Visits that it has not sent yet stay on it. `collector enrol` lets a box in again, with a new certificate.
    """
    settings = Settings.read(Shelf(data))
    address = (host, settings.port_of(host)) if host and settings else None
    try:
        outcome = shut_out(data, kiosk, reload_command=reload_command, broker=address)
    except RevocationUnproven:
        _note(data, kiosk)
        raise
    _note(data, kiosk)
    if outcome is Outcome.OUT:
        click.echo(f"{kiosk} is out: the broker closed its connection and refuses its certificates")
    else:
        click.echo(f"{kiosk} is revoked; no broker runs here now, and it will be refused by one that starts")


def _note(data: Path, kiosk: str) -> None:
    """Let the registry know, where there is one: the broker's files may lie on a machine of their own."""
    if not database.chosen() and not (data / DATABASE).is_file():
        return
    make_ready(data)
    from django.utils import timezone  # noqa: PLC0415 - made ready just now

    from collector.models import Kiosk, SetupCode  # noqa: PLC0415 - as above

    now = timezone.now()
    Kiosk.objects.filter(name=kiosk, revoked_at=None).update(revoked_at=now, online=False)
    SetupCode.objects.filter(kiosk=kiosk, withdrawn_at=None).update(withdrawn_at=now)


def _tell_ends(authority: Authority, settings: Settings) -> None:
    ca, server = authority.ends()
    for node in settings.nodes or (settings,):
        names = ", ".join(dict.fromkeys(node.every_host()))
        click.echo(f"the broker is {names}, on port {node.port}, until {server:%Y-%m-%d}")
    if ca - server < SERVICE_LIFE:
        click.echo(
            f"its authority runs out on {ca:%Y-%m-%d}: every box must be enrolled with a new one before"
        )
    if settings.user == "root":
        click.echo("it runs as root, whose the data folder is; choose a user of its own with --user")


def _tell_start(folder: Shelf, settings: Settings) -> None:
    for node in settings.nodes:
        program = shutil.which("nats-server") or "nats-server"
        file = folder.path(shelf.node_file(node.name, shelf.NODE_CONFIGURATION))
        click.echo(f"start node {node.name}, or restart it: {program} -c {file}")
    if settings.nodes:
        return
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    command = f"{program} -c {folder.path(shelf.CONFIGURATION)}"
    click.echo(f"start the broker, or restart it: {command}")
    click.echo(f"or, as Debian's service, with {_SERVICE}:")
    # Each box holds one file open, and by itself a service may have a thousand.
    click.echo(f"  [Service]\n  LimitNOFILE=65536\n  ExecStart=\n  ExecStart={command}")
    click.echo("then systemctl daemon-reload, and systemctl restart mosquitto")
