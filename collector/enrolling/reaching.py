"""Under which addresses boxes reach the centre: where they are enrolled, and where their broker is."""

from pathlib import Path

from django.conf import settings

from collector.broker.settings import Settings
from collector.broker.shelf import Shelf
from collector.enrolling.options import split, split_several
from collector.options import PLAIN_PORT, TLS_PORT
from mqtt_bridge.wire.enrolment import Broker

_THIS_MACHINE = "127.0.0.1"


def enrolment() -> str:
    """Where boxes are enrolled, such as `https://192.168.1.10:8884`; empty where they are not."""
    return f"https://{settings.ENROLMENT}" if settings.ENROLMENT else ""


def broker(data: Path, *, tls: bool) -> Broker:
    """
    Where a box sends visits.

    As told by `--broker-for-boxes`; else where it was enrolled, if the broker's certificate is for that; else
    the first of the names that `collector broker` was told, or all nodes of a NATS. Without TLS, the box
    itself.

    Args:
        data: The data folder.
        tls: Whether the box has a certificate.

    Raises:
        BrokerUnusable: If the broker's settings cannot be read.
    """
    known = Settings.read(Shelf(data)) if tls else None
    protocol = known.protocol if known else "5"
    if settings.BROKER_FOR_BOXES:
        host, port = split_several(settings.BROKER_FOR_BOXES)
        return Broker(host, port, tls, protocol)
    if known is None:
        return Broker(_THIS_MACHINE, TLS_PORT if tls else PLAIN_PORT, tls)
    hosts, port = known.for_boxes()
    if known.nodes:
        return Broker(" ".join(hosts), port, tls=True, protocol=protocol)
    asked = _host(settings.ENROLMENT)
    return Broker(asked if asked in hosts else hosts[0], port, tls=True)


def _host(address: str) -> str:
    """That of `HOST:PORT`; empty where the environment has something else, at which no option has looked."""
    try:
        return split(address)[0]
    except ValueError:
        return ""
