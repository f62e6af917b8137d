"""Whom a NATS lets in, written down for each of its nodes."""

import datetime as dt

from collector.broker import nats, shelf
from collector.broker.register import Register
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf


def write(folder: Shelf, settings: Settings, now: dt.datetime) -> None:
    """
    Write `nats-users.conf` of all nodes; callers hold the folder's lock.

    Args:
        folder: The broker's.
        settings: Its settings.
        now: With a time zone.

    Raises:
        BrokerUnusable: If a file cannot be read or written.
    """
    written = nats.users(Register(folder).valid(now))
    for node in settings.nodes:
        folder.write(shelf.node_file(node.name, shelf.NODE_USERS), written)
