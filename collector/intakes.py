"""
The intakes that a process of the centre can be: all that it does on the road, one of several, or the rest.

Visits need no order among collectors, and no collector knows of another: each stores what it is given, in
whatever order, and tells doors how far the database says that they have come. All else that doors say is one
process's business: the one that is alone, or the one that attends.
"""

import os
import random
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from time import perf_counter

from django.conf import settings
from django.utils import timezone

from collector import meters
from collector.broker import mosquitto, shelf
from collector.broker.renewing import renew
from collector.broker.shelf import Shelf
from collector.down.configuring import ConfigDesk
from collector.down.neighbours import CatchUpDesk, NewsDesk
from collector.down.ordering import OrderDesk
from collector.down.pen import Pen
from collector.errors import KeyUnusable, LibraryMissing
from collector.ingest.client import MqttLine
from collector.ingest.intake import Desk, Dial, Intake
from collector.ingest.lines import VISITS, Happen, Line, Tls
from collector.ingest.receiving import Received
from collector.ingest.renewing import RenewalDesk
from collector.ingest.storing import Outcome, Store
from collector.ingest.supporting import SupportDesk
from collector.ingest.watching import WatchDesk
from collector.keyring import Keyring
from collector.roads import SECURE, JetStream, Mqtt
from collector.standing import standing
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire import Receipt, signed_receipt

Commit = Callable[[Sequence[Received]], Outcome]


def alone(broker: Mqtt) -> Intake:
    """
    An intake that does all that a centre does on the road.

    Raises:
        KeyUnusable: If the centre's keys, or its certificate, cannot be read.
    """
    keyring = Keyring(settings.DATA)
    pen, store = Pen(keyring), Store()
    desks = (NewsDesk(pen), *_other_desks(pen, keyring, partial(_commit, store)))
    return _intake(store, keyring, desks, _by_mqtt(broker, (*VISITS, *_channels(desks))))


def side_by_side(road: Mqtt | JetStream, share: str = "") -> Intake:
    """
    One of several intakes that store visits, send receipts, and tell doors what passed their neighbours.

    Args:
        road: Where visits come from.
        share: Of MQTT, the group that they are shared with.

    Raises:
        KeyUnusable: If the centre's keys, or its certificate, cannot be read.
        LibraryMissing: If NATS is asked for, and nats-py is not there.
    """
    keyring, store = Keyring(settings.DATA, is_copy=True), Store()
    desks = (NewsDesk(Pen(keyring)),)
    dial = _by_mqtt(road, VISITS, share) if isinstance(road, Mqtt) else by_jetstream(road)
    return _intake(store, keyring, desks, dial)


def attending(broker: Mqtt) -> Intake:
    """
    The intake beside those: it listens to all but visits.

    Raises:
        KeyUnusable: If the centre's keys, or its certificate, cannot be read.
    """
    keyring, store = Keyring(settings.DATA), Store()
    desks = _other_desks(Pen(keyring), keyring, partial(_commit, store))
    return _intake(store, keyring, desks, _by_mqtt(broker, _channels(desks)))


def _other_desks(pen: Pen, keyring: Keyring, commit: Commit) -> tuple[Desk, ...]:
    return (
        ConfigDesk(pen, keyring),
        OrderDesk(pen),
        CatchUpDesk(pen),
        WatchDesk(lambda asides: commit([Received(aside=asides)])),
        RenewalDesk(partial(renew, settings.DATA)),
        SupportDesk(),
    )


def _channels(desks: Sequence[Desk]) -> tuple[Channel, ...]:
    return tuple(sorted({channel for desk in desks for channel in desk.channels}))


def _intake(store: Store, keyring: Keyring, desks: Sequence[Desk], dial: Dial) -> Intake:
    key, private = keyring.signing()

    def sign(kiosk: str, receipt: Receipt) -> Receipt:
        return signed_receipt(kiosk, receipt.epoch, receipt.through, key=key, sign=private.sign)

    return Intake(
        dial=dial,
        store=partial(_commit, store),
        tell_line=standing.tell_line,
        sign=sign,
        desks=desks,
        make_row=store.row,
    )


def _by_mqtt(broker: Mqtt, channels: Sequence[Channel], share: str = "") -> Dial:
    tls = _tls(Shelf(settings.DATA), broker.client_id) if broker.tls else None
    hosts = cycle(broker.hosts)

    def dial(happen: Happen) -> Line:
        return MqttLine(
            host=next(hosts),
            port=broker.port,
            client_id=broker.client_id,
            protocol=broker.protocol,
            channels=channels,
            share=share,
            tls=tls,
            happen=happen,
        )

    return dial


def by_jetstream(cluster: JetStream, first: int | None = None) -> Dial:
    """
    Lines to a cluster, each of which knocks at another node before all others.

    Args:
        cluster: What it is, and our consumer.
        first: Which of its nodes the first line knocks at; None for any.

    Raises:
        KeyUnusable: If the centre's certificate cannot be read.
        LibraryMissing: If nats-py is not there.
    """
    # Only here: who listens by MQTT does without nats-py.
    try:
        from collector.ingest.jetstream.line import JetStreamLine  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        remedy = 'pip install "entrance-kiosk[jetstream]"'
        raise LibraryMissing(f"--from jetstream: {error.name} is not installed; {remedy}") from error

    is_secure = any(server.startswith(SECURE) for server in cluster.servers)
    tls = _tls(Shelf(settings.DATA)) if is_secure else None

    nodes = list(cluster.servers)
    begin = random.randrange(len(nodes)) if first is None else first  # noqa: S311 - no secret
    turns = cycle([nodes[at:] + nodes[:at] for at in (*range(begin, len(nodes)), *range(begin))])

    def dial(happen: Happen) -> Line:
        return JetStreamLine(servers=next(turns), durable=cluster.durable, tls=tls, happen=happen)

    return dial


def _tls(folder: Shelf, name: str = mosquitto.CENTRE) -> Tls:
    """The centre's certificate, or that of a collector beside it."""
    is_beside = name.startswith(f"{mosquitto.CENTRE}.")
    own = shelf.of_collector(name) if is_beside else (shelf.CENTRE_CERTIFICATE, shelf.CENTRE_KEY)
    paths = [folder.path(file) for file in (shelf.CA_CERTIFICATE, *own)]
    for path in paths:
        if not os.access(path, os.R_OK):
            more = " --collectors NUMBER" if is_beside else ""
            remedy = f"run `collector broker{more}`, and run this as the centre's user"
            raise KeyUnusable(f"TLS: {path} cannot be read; {remedy}")
    return Tls(*paths)


def _commit(store: Store, batch: Sequence[Received]) -> Outcome:
    began_s = perf_counter()
    outcome = store.commit(batch, timezone.now())
    meters.committed(outcome, perf_counter() - began_s)
    return outcome
