"""The support bundle that a box sends when its centre asks, on `support`: one JSON object in gzip."""

import zlib

import msgspec

from kiosk.errors import BadMessage
from mqtt_bridge.wire.forms import MAX_MESSAGE_BYTES

MAX_TEXT_BYTES = 2 * 1024 * 1024
"""What a bundle may be when it is opened."""
_GZIP = 16 + zlib.MAX_WBITS


class _Any(msgspec.Struct):
    """An object of which nothing is kept."""


_walk = msgspec.json.Decoder(_Any).decode


def opened(payload: bytes) -> bytes:
    """
    The JSON of a bundle. What stands in it is the box's own affair, and is not looked at.

    Raises:
        BadMessage: If it is too large, packed or open, or no JSON object in gzip.
    """
    if len(payload) > MAX_MESSAGE_BYTES:
        raise BadMessage(f"message of {len(payload)} bytes: more than {MAX_MESSAGE_BYTES}")
    unpacking = zlib.decompressobj(_GZIP)
    try:
        text = unpacking.decompress(payload, MAX_TEXT_BYTES)
    except zlib.error:
        raise BadMessage("support: not in gzip") from None
    if not unpacking.eof or unpacking.unused_data:
        raise BadMessage("support: cut, or too long when it is opened")
    try:
        # Walked through, and nothing made of it: a text of many small parts is many times as large in memory.
        _walk(text)
        text.decode()
    except (ValueError, RecursionError):
        raise BadMessage("support: no JSON object") from None
    return text
