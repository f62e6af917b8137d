"""`collector doctor`."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import json
import sys
from pathlib import Path

import click

from collector import listening, options
from collector.enrolling.options import enrolment
from collector.readying import set_up

ILL = 1
"""Exit code where something is wrong: 2 is for a centre that could not be looked at."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@options.data
@listening.broker
@options.web
@enrolment
def doctor(
    *,
    as_json: bool,
    data: Path,
    mqtt_host: str,
    mqtt_port: int | None,
    mqtt_tls: bool,
    web_host: str,
    web_port: int,
    **_others: object,
) -> None:
    """
    Look at all that a centre needs and say, a line a thing, what is well and what to do about the rest.

    `ok` is well; `!` works, and somebody should look at it; `wrong` loses something until it is mended, and
    makes the exit code 1. Tell it where broker and page are as you tell the service. Nothing is changed.
    """
    ports = [listening.broker_port(host, mqtt_port, tls=mqtt_tls) for host in mqtt_host.split()]
    set_up()
    from django.utils import timezone

    from collector.doctor import examining
    from collector.doctor.finding import is_well, summary

    told = []
    for finding in examining.examine(
        data, timezone.now(), broker=(mqtt_host, ports[0]), tls=mqtt_tls, page=(web_host, web_port)
    ):
        told.append(finding)
        if not as_json:
            click.echo(finding)
    if as_json:
        click.echo(json.dumps(summary(told), ensure_ascii=False))
    if not is_well(told):
        sys.exit(ILL)
