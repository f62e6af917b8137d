"""The certificates that lie in the data folder: until when they hold."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from collector.broker import own, shelf
from collector.broker.certificates import is_ageing
from collector.broker.settings import Settings
from collector.broker.shelf import File, Shelf
from collector.doctor.finding import Finding, State, joined

_OURS = {
    shelf.CA_CERTIFICATE: "make a backup, and ask for help: every box must get a new one",
    shelf.CENTRE_CERTIFICATE: "run `collector broker`",
}
_ENROLMENT = {shelf.ENROLMENT_CERTIFICATE: "start `collector serve --enrolment` anew"}
"""Only there where boxes are enrolled by codes."""
_DAY = dt.timedelta(days=1)


def check(data: Path, now: dt.datetime) -> Finding:
    """
    The certificates of authority, broker and centre, and that for enrolling where there is one.

    Raises:
        BrokerUnusable: If one cannot be read.
    """
    ends = expiries(data)
    if not ends:
        return Finding("certificates", State.OK, "none: a broker on this machine needs none")
    days = min((end - now) // _DAY for end in ends.values())
    return joined(_faults(data, now), Finding("certificates", State.OK, f"hold {days} days and more"))


def expiries(data: Path) -> dict[str, dt.datetime]:
    """
    When the certificates run out, by the names of their files; none where there is no broker of ours.

    Raises:
        BrokerUnusable: If one cannot be read.
    """
    folder = Shelf(data)
    if Settings.read(folder) is None:
        return {}
    return {file.name: own.read_certificate(folder, file).not_valid_after_utc for file in _remedies(folder)}


def _faults(data: Path, now: dt.datetime) -> Iterator[Finding]:
    folder = Shelf(data)
    for file, remedy in _remedies(folder).items():
        certificate = own.read_certificate(folder, file)
        end = certificate.not_valid_after_utc
        if end <= now:
            yield Finding("", State.WRONG, f"{file.name}: ran out on {end:%Y-%m-%d}; {remedy}")
        elif is_ageing(certificate, now):
            yield Finding("", State.WARNING, f"{file.name}: runs out on {end:%Y-%m-%d}; {remedy}")


def _remedies(folder: Shelf) -> dict[File, str]:
    """Those that should lie there, and what helps."""
    settings = Settings.read(folder)
    nodes = settings.nodes if settings else ()
    served = {shelf.SERVER_CERTIFICATE: "run `collector broker`, then systemctl reload mosquitto"}
    if nodes:
        served = {
            file: f"run `collector broker`, then have node {node.name} read its files anew"
            for node in nodes
            for file in shelf.of_node(node.name)
            if file.name.endswith(("server.crt", "node.crt"))
        }
    beside = [shelf.of_collector(shelf.collector_name(one + 1)) for one in range(_collectors(settings))]
    served |= {certificate: "run `collector broker`" for certificate, _ in beside}
    return _OURS | served | (_ENROLMENT if folder.read(shelf.ENROLMENT_CERTIFICATE) is not None else {})


def _collectors(settings: Settings | None) -> int:
    return settings.collectors if settings else 0
