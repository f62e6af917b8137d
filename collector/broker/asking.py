"""What is asked of `collector broker`: how a broker is to be, from options and what was so before."""

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from collector.broker import nodes
from collector.broker.nodes import Node
from collector.broker.settings import MOSQUITTO, NATS, Settings
from collector.options import together

_Command = TypeVar("_Command", bound=Callable[..., Any])
_NAME = re.compile(r"[a-z0-9-]{1,32}")


def engine(command: _Command) -> _Command:
    """Add which broker it is, and what only a NATS has."""
    return together(
        command,
        click.option(
            "--engine",
            type=click.Choice((MOSQUITTO, NATS)),
            help="Which broker it is. At first: mosquitto.",
        ),
        click.option(
            "--collectors",
            type=click.IntRange(0, 99),
            metavar="NUMBER",
            help="Of a Mosquitto: so many collectors side by side get certificates of their own.",
        ),
        click.option(
            "--node", metavar="NAME", help=f"Of a NATS: the node that is meant. At first: {nodes.FIRST}."
        ),
        click.option(
            "--without-node",
            metavar="NAME",
            help="Of a NATS: the others trust this node no longer; its keys are removed here. Stop it.",
        ),
        click.option(
            "--store-gb",
            type=click.IntRange(1, 1_000_000),
            metavar="NUMBER",
            help=f"Of a NATS: so many gigabytes the node keeps at most. At first: {nodes.STORE_GB}.",
        ),
        _port("--nats-port", nodes.CLIENT_PORT, "for collectors"),
        _port("--cluster-port", nodes.CLUSTER_PORT, "for the other nodes"),
        _port("--monitor-port", nodes.MONITOR_PORT, "for who watches it on its own machine"),
    )


def settings(
    before: Settings | None,
    owner: Callable[[], str],
    *,
    hosts: tuple[str, ...],
    port: int | None,
    listen: str | None,
    user: str | None,
    engine: str | None,
    collectors: int | None,
    node: str | None,
    without_node: str | None = None,
    **more: int | None,
) -> Settings:
    """
    How the broker is to be.

    Args:
        before: How it was; None where there is none yet.
        owner: Tells whose the data folder is.
        hosts: Under which it is reached; none for as before.
        port: Of MQTT; None for as before.
        listen: The address that it listens on; None for as before.
        user: That it runs as; None for as before.
        engine: Which broker; None for as before.
        collectors: How many stand beside the centre; None for as before.
        node: Which node of a NATS; None for the first.
        without_node: Which node is to go; None for none.
        more: What else a node has, by its options; None for as before.

    Raises:
        UsageError: If what is asked for does not go together.
    """
    kept = before or Settings((socket.gethostname(),), nodes.MQTT_PORT, "", user or owner())
    is_nats = engine == NATS or (engine is None and bool(kept.nodes))
    if not is_nats:
        if node or without_node or any(more.values()):
            raise click.UsageError("--node, and what it has, are of a NATS; add --engine nats.")
        return Settings(
            hosts=hosts or kept.hosts,
            port=port or kept.port,
            address=kept.address if listen is None else listen,
            user=user or kept.user,
            collectors=kept.collectors if collectors is None else collectors,
        )
    if collectors:
        raise click.UsageError("--collectors: on a NATS, one certificate serves all collectors.")
    known = {one.name: one for one in kept.nodes}
    if without_node:
        return _without(
            kept, without_node, is_alone=not (node or hosts or port or listen or any(more.values()))
        )
    if node is None and len(known) > 1 and (hosts or port or listen or any(more.values())):
        raise click.UsageError(f"--node: which of {', '.join(known)} is meant?")
    name = node or next(iter(known), nodes.FIRST)
    if not _NAME.fullmatch(name):
        raise click.UsageError(f'--node "{name[:80]}": lower-case letters, digits and hyphens only.')
    if known and name not in known and not hosts:
        raise click.UsageError(f"--host: under which does one reach the new node {name}?")
    found = known.get(name) or Node(name, hosts or kept.hosts)
    asked: dict[str, Any] = {"hosts": hosts, "port": port, "client_port": more.pop("nats_port"), **more}
    found = replace(found, **{what: value for what, value in asked.items() if value})
    found = found if listen is None else replace(found, address=listen)
    ports = (found.port, found.client_port, found.cluster_port, found.monitor_port)
    if twice := next((one for one in ports if ports.count(one) > 1), None):
        raise click.UsageError(f"port {twice}: node {name} has it twice; choose another for one of them.")
    return replace(kept, user=user or kept.user, nodes=tuple((known | {name: found}).values()))


def _without(kept: Settings, name: str, *, is_alone: bool) -> Settings:
    """The same without a node: no route leads to it, and its key is no longer one of theirs."""
    names = [one.name for one in kept.nodes]
    if not is_alone:
        raise click.UsageError("--without-node: give it alone.")
    if name not in names:
        raise click.UsageError(f'--without-node "{name[:80]}": none of {", ".join(names)}.')
    if len(names) == 1:
        raise click.UsageError(f"--without-node {name}: it is the only one.")
    return replace(kept, nodes=tuple(one for one in kept.nodes if one.name != name))


def _port(option: str, usual: int, what: str) -> Callable[[_Command], _Command]:
    says = f"Of a NATS: TCP port {what}. At first: {usual}."
    return click.option(option, type=click.IntRange(1, 65535), metavar="PORT", help=says)
