"""What a centre reaches, and whether it is reached: the broker, and its own page."""

import json
import socket
import ssl
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from collector.broker import shelf
from collector.broker.errors import BrokerUnusable
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf
from collector.doctor.finding import Finding, State, joined

CONNECT_S = 3.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to


def broker(hosts: str, port: int, data: Path, *, tls: bool) -> Finding:
    """
    Whether the broker answers, with TLS where that is spoken; it is not asked to let us in.

    Args:
        hosts: Its address; of a cluster those of its nodes, with spaces between.
        port: Its TCP port.
        data: The data folder.
        tls: Whether TLS is spoken with it.
    """
    found = [_node(host, port, data, tls=tls) for host in hosts.split()]
    faults = [one for one in found if one.state is not State.OK]
    if len(faults) < len(found):  # the others take doors meanwhile
        faults = [replace(one, state=State.WARNING) for one in faults]
    return joined(faults, Finding("broker", State.OK, "; ".join(one.says for one in found)))


def _node(host: str, port: int, data: Path, *, tls: bool) -> Finding:
    name = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout=CONNECT_S) as line:
            if tls:
                _context(Shelf(data)).wrap_socket(line, server_hostname=host).close()
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        remedy = "run `collector broker`, and have the broker read its files anew"
        return Finding("broker", State.WRONG, f"{name}: no TLS with it ({why}); {remedy}")
    except OSError as error:
        remedy = f"visits wait in the boxes; start it: {_start(data)}"
        return Finding(
            "broker", State.WRONG, f"{name}: does not answer ({error.strerror or error}); {remedy}"
        )
    return Finding("broker", State.OK, f"{name} answers{', by TLS' if tls else ''}")


def _start(data: Path) -> str:
    try:
        settings = Settings.read(Shelf(data))
    except BrokerUnusable:
        settings = None
    return "its nodes, nats-server" if settings and settings.nodes else "sudo systemctl start mosquitto"


def page(host: str, port: int) -> Finding:
    """Whether the page answers, and what the service behind it says of its database and its line."""
    host = _ANYWHERE.get(host, host)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/health"
    try:
        told = _ask(address)
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        # Where collectors work side by side, the one service would end all others.
        remedy = "start it: sudo systemctl start collector (side by side: collector-web)"
        remedy += "; or name it with --web-port"
        return Finding("page", State.WRONG, f"{address}: does not answer ({why}); {remedy}")
    if not told.get("database"):
        return Finding("page", State.WRONG, f"{address}: its database does not answer; see its log")
    if told.get("line_up") is False:
        says = f"{address}: the broker has not let the centre in; see its log: journalctl -u collector"
        return Finding("page", State.WRONG, says)
    line = "its line to the broker is up" if told.get("line_up") else "visits are taken in by another process"
    return Finding("page", State.OK, f"{address} answers, {line}")


def _ask(address: str) -> dict[str, Any]:
    opening: Callable[..., Any] = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    try:
        with opening(address, timeout=CONNECT_S) as answer:
            told = json.loads(answer.read(65536))
    except urllib.error.HTTPError as error:
        told = json.loads(error.read(65536))
    if not isinstance(told, dict):
        raise ValueError("not what a centre says")  # noqa: TRY004 - of another's answer, not of a type
    return told


def _context(folder: Shelf) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder.path(shelf.CA_CERTIFICATE)))
    context.load_cert_chain(folder.path(shelf.CENTRE_CERTIFICATE), folder.path(shelf.CENTRE_KEY))
    return context
