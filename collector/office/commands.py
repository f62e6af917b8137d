"""The command `collector office`."""

import os
import shutil
from pathlib import Path

import click

from collector import options
from collector.enrolling.options import split
from collector.office import steps
from collector.office.founding import Office, host_before
from collector.office.services import Services, ServicesFailed
from mqtt_bridge.wire.enrolment import PORT as ENROLMENT_PORT

_BOX_DATA = Path("/var/lib/entrance-kiosk")
_MOSQUITTO = "/usr/sbin/mosquitto"


@click.command()
@click.argument("place")
@click.option("--door", default="Cửa chính", metavar="NAME", show_default=True, help="Where the box stands.")
@click.option("--kiosk", default="cong-1", metavar="NAME", show_default=True, help="The box's name.")
@click.option(
    "--user", default="quanly", metavar="NAME", show_default=True, help="The account of who manages it."
)
@click.option(
    "--host",
    default="",
    metavar="ADDRESS",
    help="This machine's address, for further boxes.  [default: as before, or none]",
)
@click.option(
    "--broker-port",
    type=click.IntRange(1, 65535),
    default=options.TLS_PORT,
    metavar="PORT",
    show_default=True,
)
@click.option(
    "--box-data",
    type=click.Path(path_type=Path, file_okay=False),
    default=_BOX_DATA,
    metavar="DIR",
    show_default=True,
    help="The box's data folder.",
)
@click.option("--no-services", is_flag=True, help="Leave systemd alone; say what is to be started.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@options.data
def office(
    *,
    place: str,
    door: str,
    kiosk: str,
    user: str,
    host: str,
    broker_port: int,
    box_data: Path,
    no_services: bool,
    dry_run: bool,
    data: Path,
) -> None:
    """
    Make this machine the office PLACE, all of it: broker, centre, box and an account, and start them.

    Run again, it does what is missing. The password of the account is shown once.
    """
    if host:
        _require_host(host)
    _require_broker()
    if not no_services and not dry_run and os.geteuid() != 0:
        raise ServicesFailed("collector office: starts services; run it as root, or with --no-services")
    host = host or host_before(data)
    asked = Office(place, door, kiosk, user, host, broker_port, data, box_data)
    asked.require_free_box()
    told = {
        "COLLECTOR_MQTT_HOST": "localhost",
        "COLLECTOR_MQTT_PORT": str(broker_port),
        "COLLECTOR_MQTT_TLS": "1",
        **({"COLLECTOR_ENROLMENT": f"{host}:{ENROLMENT_PORT}"} if host else {}),
    }
    services = Services(data, told)
    wanted = asked.steps() if no_services else [*asked.steps(), *services.files(), services.start()]
    for line in steps.run(wanted, dry=dry_run):
        click.echo(line)
    if not dry_run:
        _tell(user, data, told, started=not no_services)


def _require_host(host: str) -> None:
    try:
        split(f"{host}:{ENROLMENT_PORT}")
    except ValueError:
        raise click.UsageError(f'--host "{host[:80]}": no name or address, such as 192.168.1.10.') from None


def _require_broker() -> None:
    if shutil.which("mosquitto") is None and not Path(_MOSQUITTO).exists():
        raise ServicesFailed("mosquitto: not installed; `apt install mosquitto`")


def _tell(user: str, data: Path, told: dict[str, str], *, started: bool) -> None:
    if not started:
        program = shutil.which("mosquitto") or _MOSQUITTO
        settings = " ".join(f"{name}={value}" for name, value in told.items())
        click.echo(f"to be started: {program} -c {data.resolve() / 'broker' / 'mosquitto.conf'}")
        click.echo(f"to be started: {settings} collector serve --data {data}")
        click.echo("to be started: kiosk run, mqtt-bridge run")
    click.echo(f"the page: http://127.0.0.1:{options.WEB_PORT}/; from other machines as docs/running.md says")
    click.echo(f"at the first login {user} sets up a second factor, an app on the phone")
