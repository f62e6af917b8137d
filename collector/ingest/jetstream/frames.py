"""
NATS's frames in a stream of bytes: what a reader of many small messages needs of them. Pure.

A frame is a line of words; after `MSG` and `HMSG` come as many bytes as its last word tells, and a line's
end. `HMSG subject sid [reply] header-size size` has a header before the payload; a message without a reply is
a status of a pull: its header begins with `NATS/1.0`, a number, and words.
"""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from collector.gateway import KEPT
from collector.ingest.frames import Delivered, Malformed

MAX_LINE_BYTES = 4096
_END = b"\r\n"
_VERSION = b"NATS/1.0"
_WITH_REPLY = 6
"""Words of an `HMSG` that wants an acknowledgement; a `MSG` has one less."""


class Status(Struct, frozen=True, gc=False):
    """
    What became of a pull.

    Attributes:
        pull: The subject that it was to be answered at.
        code: As of HTTP; 100 says that it still stands.
        words: What the server says.
        messages: How many of it will not come; None when the server does not tell.
    """

    pull: bytes
    code: int
    words: str
    messages: int | None


def take(data: bytes, start: int, sid: bytes) -> tuple[list[Delivered], list[Status], int]:
    """
    What came to a subscription from `start` on, up to the first frame of another, or that is not all here.

    Args:
        data: What was read.
        start: Where a frame begins.
        sid: The subscription.

    Returns:
        Messages, statuses, and where the first other frame begins.

    Raises:
        Malformed: If a frame contradicts itself.
    """
    taken: list[Delivered] = []
    statuses: list[Status] = []
    size = len(data)
    try:
        # All is written out: this runs for each message of a whole country.
        while (at := data.find(_END, start)) > 0:
            words = data[start:at].split(b" ")
            if words[0] == b"HMSG":
                header, with_reply = int(words[-2]), _WITH_REPLY
            elif words[0] == b"MSG":
                header, with_reply = 0, _WITH_REPLY - 1
            else:
                break
            at += 2
            end = at + int(words[-1])
            if words[2] != sid or end + 2 > size:
                break
            if header > end - at:
                raise Malformed("a message whose header is longer than it")
            if len(words) == with_reply:
                taken.append(Delivered(topic(words[1]), data[at + header : end], words[3]))
            elif header:
                statuses.append(_status(words[1], data[at : at + header]))
            start = end + 2
    except (IndexError, ValueError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed("a message that does not tell its size") from None
    return taken, statuses, start


def extent(data: bytes, start: int) -> int | None:
    """
    Where the frame at `start` ends; None when it is not all here.

    Raises:
        Malformed: If its line has no end, or tells no size.
    """
    at = data.find(_END, start)
    if at < 0:
        if len(data) - start > MAX_LINE_BYTES and not data.startswith(b"INFO", start):
            raise Malformed("a line without an end")
        return None
    at += 2
    if data.startswith((b"MSG ", b"HMSG "), start):
        try:
            at += int(data[start : at - 2].rsplit(b" ", 1)[1]) + 2
        except ValueError:
            raise Malformed("a message whose size is no number") from None
    return at if at <= len(data) else None


@lru_cache(maxsize=1 << 17)
def topic(subject: bytes) -> bytes:
    """
    The MQTT topic of a message of the gateway.

    Its levels are the subject's words; a dot in a topic is `//` in a subject, and an empty level is `/`.
    """
    levels = subject.removeprefix(KEPT.encode()).replace(b"//", b"\0").split(b".")
    return b"/".join(b"" if level == b"/" else level for level in levels).replace(b"\0", b".")


def acknowledgements(replies: Iterable[bytes]) -> bytes:
    """PUB frames that say of messages, by the subjects for their replies, that they are dealt with."""
    return b"".join([b"PUB %b 4\r\n+ACK\r\n" % reply for reply in replies])


def refusals(replies: Iterable[bytes]) -> bytes:
    """PUB frames that say of messages that they are for others now."""
    return b"".join([b"PUB %b 4\r\n-NAK\r\n" % reply for reply in replies])


def message(subject: str, payload: bytes, reply: str = "") -> bytes:
    """A PUB frame."""
    words = f"PUB {subject} {reply} " if reply else f"PUB {subject} "
    return b"%b%d\r\n%b\r\n" % (words.encode(), len(payload), payload)


def _status(pull: bytes, header: bytes) -> Status:
    first, *rest = header.split(_END)
    version, code, *words = first.split(b" ", 2)
    if version != _VERSION:
        raise Malformed("a status of another version")
    fields = dict(line.split(b": ", 1) for line in rest if b": " in line)
    messages = fields.get(b"Nats-Pending-Messages")
    told = b" ".join(words).decode(errors="replace")
    return Status(pull, int(code), told, None if messages is None else int(messages))
