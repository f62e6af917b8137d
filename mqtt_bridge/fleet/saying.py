"""What a light door has to say: its visits, and that its box is as well as a box can be."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from kiosk import __version__
from mqtt_bridge import wire
from mqtt_bridge.fleet.common import Common
from mqtt_bridge.fleet.journal import Journal
from mqtt_bridge.fleet.script import BOOTED_MS
from mqtt_bridge.sending import Sending
from mqtt_bridge.wire import Sender
from mqtt_bridge.wire.health import Clock, Door, Health, Queue, encode_health

PLACE, NAME = "Ủy ban nhân dân", "Cửa chính"
"""The office and the door, as they call themselves in each visit."""


def visits(common: Common, number: int, journal: Journal, *, sequences: Sequence[int], settled: int) -> bytes:
    """
    Visits as they travel.

    Args:
        common: What the door shares with the others.
        number: Which door.
        journal: Its journal.
        sequences: Which of its visits.
        settled: For how many it holds a receipt.
    """
    sender = Sender(common.told.kiosk(number), PLACE, NAME)
    entries = (
        common.told.entry(
            number,
            sequence,
            journal.at_ms(sequence, common.began_ms or 0),
            epoch=journal.epoch,
            boot=journal.boot,
            person=common.person,
        )
        for sequence in sequences
    )
    return wire.encode([wire.event(sender, entry, settled) for entry in entries])


def health(journal: Journal, state: Sending, started_ms: int) -> bytes:
    """
    How a box with this journal is.

    Args:
        journal: What was written, and how much of it is settled.
        state: How much of it the broker has.
        started_ms: Wall clock when the fleet was started, in milliseconds since 1970.
    """
    now_s = time.time()
    under_way = sum(len(parcel.sequences) for parcel in state.under_way)
    sent = max(0, state.handed_over - under_way - journal.settled)
    return encode_health(
        Health(
            version=__version__,
            boot=UUID(journal.boot),
            uptime_s=int(now_s - (started_ms - BOOTED_MS) / 1000),
            queue=Queue(
                waiting=max(0, journal.written - journal.settled - sent),
                sent=sent,
                stored=journal.settled,
                aside=0,
            ),
            last_receipt=datetime.fromtimestamp(now_s, UTC) if journal.settled else None,
            clock=Clock(trusted=True, time=datetime.fromtimestamp(now_s, UTC)),
            door=Door(running=True, state="serving", camera=True, keypad=True),
            disk_free_mb=20_000,
            disk_read_only=False,
            temperature_c=50.0,
            throttled=0,
            config=0,
            enrolled=True,
            keeps_names=True,
            certificate_expires=None,
        )
    )
