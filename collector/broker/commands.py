"""`collector broker` and `collector revoke`."""

import shutil
import socket
from pathlib import Path

import click

from collector import database, options
from collector.broker import shelf
from collector.broker.authority import Authority
from collector.broker.own import SERVICE_LIFE
from collector.broker.revoking import Outcome
from collector.broker.revoking import revoke as shut_out
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf
from collector.broker.telling import Told, tell
from collector.folder import DATABASE
from collector.readying import make_ready

DEFAULT_PORT = 8883
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
    "--port", type=click.IntRange(1, 65535), metavar="PORT", help=f"Its TCP port. At first: {DEFAULT_PORT}."
)
@click.option(
    "--listen",
    metavar="ADDRESS",
    help="Listen on this address only; empty for all. At first: all.",
)
@click.option("--user", metavar="NAME", help="The user that it runs as. At first: whose the data folder is.")
@_reload
@options.data
def broker(
    *,
    hosts: tuple[str, ...],
    port: int | None,
    listen: str | None,
    user: str | None,
    reload_command: str,
    data: Path,
) -> None:
    """
    Write what a Mosquitto needs to be the broker: certificates, settings, access list.

    Run again, it writes what is missing, renews what grows old, and changes what is asked for; options that
    are not given stay as they were. The files are in broker/ of the data folder.
    """
    folder = Shelf(data)
    before = Settings.read(folder)
    kept = before or Settings(
        hosts=(socket.gethostname(),), port=DEFAULT_PORT, address="", user=user or folder.owner()
    )
    settings = Settings(
        hosts=hosts or kept.hosts,
        port=port or kept.port,
        address=kept.address if listen is None else listen,
        user=user or kept.user,
    )
    authority = Authority(data)
    written = authority.prepare(settings)
    for path in written:
        click.echo(f"wrote {path}")
    if not written:
        click.echo("nothing to do: all is as it should be")
    _tell_ends(authority, settings)
    must_start = before is None or folder.path(shelf.CONFIGURATION) in written
    if written and not must_start:
        must_start = tell(folder, reload_command) is not Told.YES
        if not must_start:
            click.echo("the broker was told to read them")
    if must_start:
        _tell_start(folder)


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
    address = (host, settings.port) if host and settings else None
    outcome = shut_out(data, kiosk, reload_command=reload_command, broker=address)
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
    names = ", ".join(dict.fromkeys(settings.every_host()))
    click.echo(f"the broker is {names}, on port {settings.port}, until {server:%Y-%m-%d}")
    if ca - server < SERVICE_LIFE:
        click.echo(
            f"its authority runs out on {ca:%Y-%m-%d}: every box must be enrolled with a new one before"
        )
    if settings.user == "root":
        click.echo("it runs as root, whose the data folder is; choose a user of its own with --user")


def _tell_start(folder: Shelf) -> None:
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    command = f"{program} -c {folder.path(shelf.CONFIGURATION)}"
    click.echo(f"start the broker, or restart it: {command}")
    click.echo(f"or, as Debian's service, with {_SERVICE}:\n  [Service]\n  ExecStart=\n  ExecStart={command}")
    click.echo("then systemctl daemon-reload, and systemctl restart mosquitto")
