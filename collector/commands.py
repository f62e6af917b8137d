"""What the command `collector` can do."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector import database, listening, options, staffing, tending
from collector.backup.commands import backup, restore
from collector.broker.commands import broker, revoke
from collector.doctor.commands import doctor
from collector.down import commands as down
from collector.down.commanding import command
from collector.enrolling.commands import enrol, technician
from collector.enrolling.options import enrolment
from collector.figures.commands import figures
from collector.framing import framed_by
from collector.office.commands import office
from collector.readying import make_ready as _open
from collector.roads import JetStream, Mqtt
from collector.shards.commands import shards

if TYPE_CHECKING:
    from collector.counting import Tally
    from collector.days import Day


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("entrance-kiosk"), prog_name="collector")
@options.debug
def collector() -> None:
    """The centre: stores what the doors saw, and shows it to those who may look."""


@collector.command()
@options.data
@listening.broker
@options.web
@framed_by
@enrolment
def serve(
    *,
    data: Path,
    web_host: str,
    web_port: int,
    allowed_hosts: tuple[str, ...],
    behind_proxy: bool,
    **broker: Any,
) -> None:
    """
    Take visits off the road and serve the page, in one process.

    Brings the database up to date first. A broker that is away is waited for.
    """
    options.tell_hosts(web_host, allowed_hosts)
    road = listening.mqtt(**broker)
    _open(data, make=True)
    from collector import intakes, serving

    page = serving.Page(host=web_host, port=web_port, behind_proxy=behind_proxy)
    serving.run(intake=intakes.alone(road), rounds=True, page=page, listener=serving.make_listener())


@collector.command()
@options.data
@listening.broker
@listening.side_by_side
@options.metrics
def ingest(
    *,
    data: Path,
    source: str,
    share: str,
    servers: Sequence[str],
    durable: str,
    metrics_port: int | None,
    **broker: Any,
) -> None:
    """
    Take visits off the road only.

    With --share or --from jetstream, any number of these work side by side; `collector attend` does the rest.
    """
    road: Mqtt | JetStream
    if source == listening.MQTT:
        road = listening.mqtt(**broker, share=share)
        if not share:
            listening.check_alone(road.client_id)
    else:
        listening.check_unshared()
        road = listening.jetstream(servers, durable)
    _open(data)
    from collector import intakes, meters, serving

    meters.listen(metrics_port)
    if isinstance(road, Mqtt) and not share:
        serving.run(intake=intakes.alone(road), rounds=True)
    else:
        serving.run(intake=intakes.side_by_side(road, share))


@collector.command()
@options.data
@listening.broker
@options.metrics
def attend(*, data: Path, metrics_port: int | None, **broker: Any) -> None:
    """
    Do what is to be done beside collectors that work side by side; one process does it.

    Configurations, commands, certificates, how doors are, and what a centre has to do from day to day. It
    listens to everything but visits. Brings the database up to date first.
    """
    road = listening.mqtt(**broker)
    _open(data, make=True)
    from collector import intakes, meters, serving
    from collector.seat import Seat

    seat = Seat()
    seat.take()
    meters.listen(metrics_port)
    serving.run(intake=intakes.attending(road), rounds=True, beside={"seat": seat})


@collector.command()
@options.data
@options.web
@framed_by
@enrolment
def web(
    *, data: Path, web_host: str, web_port: int, allowed_hosts: tuple[str, ...], behind_proxy: bool
) -> None:
    """Serve the page only."""
    options.tell_hosts(web_host, allowed_hosts)
    _open(data)
    from collector import serving

    page = serving.Page(host=web_host, port=web_port, behind_proxy=behind_proxy)
    serving.run(page=page, listener=serving.make_listener())


@collector.command()
@options.data
def migrate(*, data: Path) -> None:
    """Make the database, or bring it up to date."""
    _open(data, make=True)
    click.echo(f"database up to date: {database.name(data)}")


@collector.command()
@click.option("--date", "day", metavar="YYYY-MM-DD", help="Of one day; without it, of all.")
@click.option("--ids", "with_ids", is_flag=True, help="List the visits' ids too.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@options.data
def visits(*, day: str | None, with_ids: bool, as_json: bool, data: Path) -> None:
    """
    Count the visits that are stored. Tells nobody's name.

    What was taken back at a door counts as that only; --ids lists the ids of all that is stored.
    """
    _open(data)
    from collector import counting

    chosen = _read_day(day)
    tally = counting.count(chosen)
    ids = counting.ids(chosen) if with_ids else ()
    if as_json:
        facts = {"total": tally.total, "in": tally.came, "out": tally.left, "kiosks": tally.kiosks}
        facts |= {"unverified": tally.unverified, "taken_back": tally.taken_back}
        facts |= {"set_aside": tally.set_aside, **({"ids": list(ids)} if with_ids else {})}
        click.echo(json.dumps(facts))
    else:
        _tell_visits(tally, ids)


_OTHERS = (
    *(staffing.user, staffing.unit),
    *(down.place, down.guard, command),
    *(tending.doors, tending.retain, tending.key),
    *(enrol, technician),
    *(office, broker, revoke),
    *(doctor, backup, restore),
    *(figures, shards),
)
for _command in _OTHERS:
    collector.add_command(_command)


def _tell_visits(tally: "Tally", ids: Iterable[str]) -> None:
    click.echo(f"visits: {tally.total} (in {tally.came}, out {tally.left})")
    for kiosk, number in tally.kiosks.items():
        click.echo(f"  {kiosk}: {number}")
    click.echo(f"unverified: {tally.unverified}")
    click.echo(f"taken back: {tally.taken_back}")
    click.echo(f"set aside: {tally.set_aside}")
    for id_ in ids:
        click.echo(id_)


def _read_day(text: str | None) -> "Day | None":
    from django.utils import timezone

    from collector import days

    if text is None:
        return None
    day = days.read(text, timezone.get_current_timezone())
    if day is None:
        raise click.BadParameter(f'"{text}" is no day written YYYY-MM-DD.', param_hint="--date")
    return day
