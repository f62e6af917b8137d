"""
MQTT's frames in a stream of bytes: what a reader of many small messages needs of them. Pure.

A frame is a byte of kind and flags, the length of the rest (MQTT 5, 1.5.5: at most four bytes, seven bits
each, the low ones first), and the rest.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

_PUBLISH, _QOS, _AT_LEAST_ONCE = 0x30, 0x06, 0x02
_MORE = 0x80
"""The bit of a length's byte that says that another follows."""
_MAX_SHIFT = 21


class Malformed(ValueError):
    """What came is no MQTT, or nothing that we have asked for. Its text is not repeated."""


class Delivered(Struct, frozen=True, gc=False):
    """
    A message to be stored, then acknowledged.

    Attributes:
        topic: Where it came from, in UTF-8 if the broker minds the rules.
        payload: Its bytes.
        packet: What its connection acknowledges it by: MQTT's packet id, NATS's subject for a reply; 0 for
            one that wants no acknowledgement.
    """

    topic: bytes
    payload: bytes
    packet: Any

    def __repr__(self) -> str:
        return f"Delivered(packet={self.packet!r})"


def extent(data: bytes, start: int) -> tuple[int, int] | None:
    """
    Where the frame at `start` has its rest, and where that ends; None when its head is not all here.

    Raises:
        Malformed: If its length has no end.
    """
    at, shift = start + 1, 0
    try:
        length = data[at]
        while data[at] >= _MORE:
            if shift == _MAX_SHIFT:
                raise Malformed("a frame's length has more than four bytes")
            at, shift = at + 1, shift + 7
            length += data[at] - 1 << shift  # minus the bit that said there is more
    except IndexError:
        return None
    return at + 1, at + 1 + length


def take(data: bytes, start: int, *, is_v5: bool) -> tuple[list[Delivered], int]:
    """
    The messages from `start` on, up to the first frame that is another, or not all here; and where that is.

    Raises:
        Malformed: If a message contradicts itself, or comes at QoS 2, which nobody has asked for.
    """
    taken: list[Delivered] = []
    size = len(data)
    try:
        while start < size and data[start] & 0xF0 == _PUBLISH:
            found = extent(data, start)
            if found is None or found[1] > size:
                break
            at, end = found
            # From here on all is written out: this runs for each message of a whole country.
            topic_at = at + 2
            at = topic_at + (data[at] << 8 | data[at + 1])
            topic = data[topic_at:at]
            packet = 0
            if qos := data[start] & _QOS:
                packet = data[at] << 8 | data[at + 1]
                at += 2
                if qos != _AT_LEAST_ONCE or not packet:
                    raise Malformed("a message of another QoS than asked for, or without a packet id")
            if is_v5:
                # Properties stand as frames do: their length, then they.
                at = at + 1 + data[at] if data[at] < _MORE else _past(extent(data, at - 1), end)
            if at > end:
                raise Malformed("a message that is longer than its frame")
            taken.append(Delivered(topic, data[at:end], packet))
            start = end
    except IndexError:
        raise Malformed("a message that is longer than its frame") from None
    return taken, start


def acknowledgements(packets: Iterable[int]) -> bytes:
    """PUBACK frames for these packet ids."""
    return b"".join([b"\x40\x02" + packet.to_bytes(2, "big") for packet in packets])


def message(topic: bytes, payload: bytes, *, is_v5: bool) -> bytes:
    """A PUBLISH frame at QoS 0."""
    rest = len(topic).to_bytes(2, "big") + topic + (b"\0" if is_v5 else b"") + payload
    return b"\x30" + _length(len(rest)) + rest


def _past(properties: tuple[int, int] | None, end: int) -> int:
    return end + 1 if properties is None else properties[1]


def _length(length: int) -> bytes:
    parts = bytearray()
    while length >= _MORE:
        parts.append(length % _MORE | _MORE)
        length >>= 7
    parts.append(length)
    return bytes(parts)
