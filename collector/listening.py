"""The options by which a process of the centre listens to the doors, alone or beside others."""

import os
import re
import socket
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from collector.options import PLAIN_PORT, THIS_MACHINE, TLS_PORT, check_filled, together
from collector.roads import SECURE, JetStream, Mqtt

_Command = TypeVar("_Command", bound=Callable[..., Any])

MQTT, JETSTREAM = "mqtt", "jetstream"
CLIENT_ID = "collector"
NATS = "nats://127.0.0.1:4222"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Of a group of MQTT, and of a durable consumer of NATS: both stand in topics or subjects."""


def broker(command: _Command) -> _Command:
    """Add where the broker is, and who we are to it."""
    return together(
        command,
        click.option(
            "--mqtt-host",
            envvar="COLLECTOR_MQTT_HOST",
            metavar="HOST",
            default="127.0.0.1",
            show_default=True,
            callback=check_filled,
            help="The broker; of a cluster several nodes, with spaces between.",
        ),
        click.option(
            "--mqtt-port",
            envvar="COLLECTOR_MQTT_PORT",
            type=click.IntRange(1, 65535),
            metavar="PORT",
            show_default=f"{PLAIN_PORT}, with TLS {TLS_PORT}",
            help="Its TCP port.",
        ),
        click.option(
            "--mqtt-tls/--no-mqtt-tls",
            envvar="COLLECTOR_MQTT_TLS",
            default=False,
            show_default=True,
            help="By TLS, with what `collector broker` has written. A broker on another machine needs it.",
        ),
        click.option(
            "--protocol",
            envvar="COLLECTOR_PROTOCOL",
            type=click.Choice(("5", "3.1.1")),
            default="5",
            show_default=True,
            help="MQTT 5, or 3.1.1 for brokers that know no other.",
        ),
        click.option(
            "--client-id",
            envvar="COLLECTOR_CLIENT_ID",
            metavar="NAME",
            default="",
            show_default="collector; with --share one of this process",
            help="The name under which the broker keeps our messages; every process needs its own.",
        ),
    )


def side_by_side(command: _Command) -> _Command:
    """Add where visits come from, and with whom they are shared."""
    return together(
        command,
        click.option(
            "--from",
            "source",
            envvar="COLLECTOR_FROM",
            type=click.Choice((MQTT, JETSTREAM)),
            default=MQTT,
            show_default=True,
            help="Where visits come from: a broker by MQTT, or the stream of NATS.",
        ),
        click.option(
            "--share",
            envvar="COLLECTOR_SHARE",
            metavar="NAME",
            default="",
            show_default="none: all visits are for this process",
            callback=_check_name,
            help="Of MQTT: share visits with all collectors of this group, and do nothing else.",
        ),
        click.option(
            "--nats",
            "servers",
            envvar="COLLECTOR_NATS",
            metavar="URL",
            multiple=True,
            default=(NATS,),
            show_default=True,
            callback=_read_servers,
            help="A node of NATS, nats:// or tls://; may be given again.",
        ),
        click.option(
            "--durable",
            envvar="COLLECTOR_DURABLE",
            metavar="NAME",
            default="collector",
            show_default=True,
            callback=_check_name,
            help="Of NATS: the consumer that the collectors share.",
        ),
    )


def mqtt(
    *, mqtt_host: str, mqtt_port: int | None, mqtt_tls: bool, protocol: str, client_id: str, share: str = ""
) -> Mqtt:
    """
    The broker of some options.

    Args:
        mqtt_host: Its address, or several.
        mqtt_port: Its port; None for the usual one.
        mqtt_tls: Whether by TLS.
        protocol: Of MQTT.
        client_id: Empty for the usual one, or with a group for one that no other process has.
        share: The group; empty for none.

    Raises:
        UsageError: If that will not do.
    """
    hosts = mqtt_host.split()
    # Of those elsewhere one first: it is these that need TLS.
    port = next(broker_port(host, mqtt_port, tls=mqtt_tls) for host in sorted(hosts, key=_is_here))
    if share and mqtt_tls and not client_id.startswith(f"{CLIENT_ID}."):
        raise click.UsageError(
            f"--share: by TLS, each process needs a certificate of its own; make one by `collector broker"
            f" --collectors 2`, and choose it with --client-id {CLIENT_ID}.1"
        )
    usual = f"{CLIENT_ID}-{socket.gethostname()}-{os.getpid()}" if share else CLIENT_ID
    return Mqtt(hosts, port, client_id or usual, protocol, mqtt_tls)


def check_alone(client_id: str) -> None:
    """
    See that a process that does all is none of several.

    Raises:
        UsageError: If it has the name of one of several: each of them would do everything.
    """
    if client_id.startswith(f"{CLIENT_ID}."):
        raise click.UsageError(
            f"--client-id {client_id}: the name of one of several collectors, which need --share NAME"
            f" (COLLECTOR_SHARE) or --from jetstream (COLLECTOR_FROM); else each would do everything."
        )


def _is_here(host: str) -> bool:
    return host in THIS_MACHINE


def broker_port(host: str, port: int | None, *, tls: bool) -> int:
    """
    The broker's port.

    Raises:
        UsageError: If the broker is on another machine, and anybody on the way could listen.
    """
    if not tls and host not in THIS_MACHINE:
        raise click.UsageError(f"--mqtt-host {host}: a broker on another machine needs --mqtt-tls.")
    return port or (TLS_PORT if tls else PLAIN_PORT)


def check_unshared() -> None:
    """
    See that who listens to NATS was asked for no group; one in the environment is for the others.

    Raises:
        UsageError: If the command line has one.
    """
    if click.get_current_context().get_parameter_source("share") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--share: of MQTT only; on NATS, all that name one --durable share it.")


def jetstream(servers: Sequence[str], durable: str) -> JetStream:
    """
    The cluster of some options.

    Raises:
        UsageError: If a node is on another machine, and anybody on the way could listen.
    """
    for server in servers:
        host = urlsplit(server).hostname or ""
        if not server.startswith(SECURE) and host not in THIS_MACHINE:
            raise click.UsageError(f"--nats: {host} is another machine, so it needs {SECURE}{host}:4222.")
    return JetStream(servers, durable)


def _check_name(_context: click.Context, option: click.Parameter, value: str) -> str:
    if value and not _NAME.fullmatch(value):
        raise click.BadParameter(f'"{value[:80]}": letters, digits, _ and - only.')
    if not value and option.name == "durable":
        raise click.BadParameter("empty.")
    return value


def _read_servers(_context: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> list[str]:
    servers = [server for one in value for server in one.split()]
    for number, server in enumerate(servers, 1):
        parts = urlsplit(server)
        try:
            is_address = parts.scheme in {"nats", "tls"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address or parts.path or parts.query:
            # Not repeated: a password may stand in it.
            raise click.BadParameter(f"number {number} is no address such as {NATS} or {SECURE}HOST:4222.")
    if not servers:
        raise click.BadParameter("empty.")
    servers = [urlsplit(server).geturl() for server in servers]  # Its scheme in small letters.
    if len({server.startswith(SECURE) for server in servers}) > 1:
        raise click.BadParameter(f"nats:// and {SECURE} do not go together: by TLS to all, or to none.")
    return servers
