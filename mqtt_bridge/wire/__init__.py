"""All messages between a door and the centre: the one place that knows their formats."""

from kiosk.errors import BadMessage
from mqtt_bridge.wire.events import (
    MAX_BATCH,
    ClockEvent,
    Event,
    GapEvent,
    Pseudonyms,
    SealedPerson,
    Sender,
    VisitEvent,
    VisitFacts,
    decode,
    encode,
    event,
    parts,
)
from mqtt_bridge.wire.forms import MAX_MESSAGE_BYTES, MAX_SEQUENCE, MAX_SIGNED_BYTES
from mqtt_bridge.wire.receipts import Receipt, decode_receipt, encode_receipt, is_genuine, signed_receipt

__all__ = [
    "MAX_BATCH",
    "MAX_MESSAGE_BYTES",
    "MAX_SEQUENCE",
    "MAX_SIGNED_BYTES",
    "BadMessage",
    "ClockEvent",
    "Event",
    "GapEvent",
    "Pseudonyms",
    "Receipt",
    "SealedPerson",
    "Sender",
    "VisitEvent",
    "VisitFacts",
    "decode",
    "decode_receipt",
    "encode",
    "encode_receipt",
    "event",
    "is_genuine",
    "parts",
    "signed_receipt",
]
