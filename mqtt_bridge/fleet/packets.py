"""The few packets of MQTT 3.1.1 (OASIS standard, 2014) that a door says and hears, as bytes."""

from struct import pack

from kiosk.errors import BadMessage

CONNACK, PUBLISH, PUBACK, SUBACK = 0x20, 0x30, 0x40, 0x90
"""The first byte of a packet without its flags."""
PINGREQ, DISCONNECT = b"\xc0\x00", b"\xe0\x00"
MAX_MESSAGE = 65535
"""The largest packet id; the smallest is 1."""
REFUSED = 0x80
"""In a SUBACK, for a subscription that the broker does not grant."""
_PROTOCOL = b"\x00\x04MQTT\x04"
_CLEAN, _WILL, _WILL_QOS_1, _WILL_RETAINED = 0x02, 0x04, 0x08, 0x20
_QOS_1, _RETAINED = 0x02, 0x01
_LENGTH_BYTES = 4


def connect(client_id: str, keepalive_s: int, *, will_topic: bytes, will: bytes) -> bytes:
    """CONNECT with a clean session and a last will, which is retained and of QoS 1."""
    flags = _CLEAN | _WILL | _WILL_QOS_1 | _WILL_RETAINED
    body = _PROTOCOL + pack("!BH", flags, keepalive_s)
    return _packet(0x10, body + _text(client_id.encode()) + _text(will_topic) + _text(will))


def subscribe(message: int, topics: list[bytes]) -> bytes:
    """SUBSCRIBE to all of these, QoS 0 each, as a box does by this protocol."""
    return _packet(0x82, pack("!H", message) + b"".join(_text(topic) + b"\x00" for topic in topics))


def publish(topic: bytes, payload: bytes, message: int, *, retain: bool = False) -> bytes:
    """PUBLISH with QoS 1."""
    kind = PUBLISH | _QOS_1 | (_RETAINED if retain else 0)
    return _packet(kind, _text(topic) + pack("!H", message) + payload)


def acknowledge(message: int) -> bytes:
    """PUBACK."""
    return pack("!BBH", PUBACK, 2, message)


def split(stream: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """
    What has come in so far.

    Returns:
        The whole packets, each its first byte and its body; and the beginning of the next.

    Raises:
        BadMessage: If that is no MQTT.
    """
    packets = []
    start, end = 0, len(stream)
    while end - start >= 2:  # noqa: PLR2004 (the shortest packet)
        length = shift = 0
        body = start + 1
        while body < end:
            byte = stream[body]
            length |= (byte & 0x7F) << shift
            shift += 7
            body += 1
            if byte < 0x80:  # noqa: PLR2004 (another byte of the length follows where the highest bit is set)
                break
            if shift == 7 * _LENGTH_BYTES:
                raise BadMessage("a packet without an end: not MQTT")
        else:
            break
        if end - body < length:
            break
        packets.append((stream[start], stream[body : body + length]))
        start = body + length
    return packets, stream[start:]


def published(first: int, body: bytes) -> tuple[bytes, int, bytes]:
    """
    What a PUBLISH says.

    Returns:
        Its topic, its packet id (0 for QoS 0, which nobody acknowledges), its payload.

    Raises:
        BadMessage: If its topic or its packet id is not whole.
    """
    topic_end = 2 + int.from_bytes(body[:2])
    start = topic_end + (2 if first & 0x06 else 0)
    if len(body) < max(2, start):
        raise BadMessage("a message without its whole topic: not MQTT")
    return body[2:topic_end], int.from_bytes(body[topic_end:start]), body[start:]


def number(body: bytes) -> int:
    """The packet id with which a PUBACK or a SUBACK begins; 0 where there is none."""
    return int.from_bytes(body[:2])


def _text(text: bytes) -> bytes:
    return pack("!H", len(text)) + text


def _packet(first: int, body: bytes) -> bytes:
    length, size = len(body), bytearray()
    while length > 0x7F:  # noqa: PLR2004 (seven bits a byte)
        size.append(length & 0x7F | 0x80)
        length >>= 7
    size.append(length)
    return bytes((first,)) + size + body
