"""Whether new boxes are taken: the door at which they ask, and the broker to which they are sent."""

import socket
import ssl
from pathlib import Path

from django.conf import settings

from collector.broker import shelf
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf
from collector.doctor.finding import Finding, State
from collector.doctor.network import CONNECT_S
from collector.enrolling import reaching
from collector.enrolling.options import split
from mqtt_bridge.wire.enrolment import SERVER_NAME

_THING = "enrolment"
_HERE = "127.0.0.1"


def check(data: Path) -> Finding:
    """
    What a new box would meet.

    Raises:
        BrokerUnusable: If the broker's settings cannot be read.
    """
    if not settings.ENROLMENT:
        return Finding(_THING, State.OK, "none by code: boxes come by `collector enrol`")
    _, port = split(settings.ENROLMENT)
    try:
        _greet(port, Shelf(data))
    except OSError as error:
        why = getattr(error, "verify_message", "") or error.strerror or str(error)
        remedy = "start the centre anew: sudo systemctl restart collector"
        return Finding(_THING, State.WRONG, f"port {port}: does not answer as it should ({why}); {remedy}")
    known, sent = Settings.read(Shelf(data)), reaching.broker(data, tls=True)
    foreign = [] if known is None else [host for host in sent.host.split() if host not in known.every_host()]
    if foreign:
        host = foreign[0]
        more = " --node NAME" if known and known.nodes else ""
        remedy = f"run `collector broker{more} --host {host}`, or name another with --broker-for-boxes"
        says = f"boxes are sent to {host}, which the broker's certificate is not for; {remedy}"
        return Finding(_THING, State.WARNING, says)
    return Finding(
        _THING, State.OK, f"{settings.ENROLMENT} answers, and sends boxes to {sent.host}:{sent.port}"
    )


def _greet(port: int, folder: Shelf) -> None:
    """Let the door prove itself as it does to a box; raises OSError if it cannot."""
    context = ssl.create_default_context(cafile=str(folder.path(shelf.CA_CERTIFICATE)))
    with socket.create_connection((_HERE, port), timeout=CONNECT_S) as line:
        context.wrap_socket(line, server_hostname=SERVER_NAME).close()
