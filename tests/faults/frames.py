"""MQTT's frames, told apart just enough to see which topic a message is on (MQTT 3.1.1 and 5, section 2)."""

PUBLISH = 3
_LONGEST_HEADER = 5
"""A byte of type and flags, and up to four of length."""


class Frames:
    """Cuts a stream of bytes into whole frames, as they come."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that are whole now; what is not yet is kept for the next time."""
        self._rest += data
        whole = []
        while size := _size(self._rest):
            if len(self._rest) < size:
                break
            whole.append(self._rest[:size])
            self._rest = self._rest[size:]
        return whole


def topic(frame: bytes) -> str:
    """The topic of a PUBLISH; empty for frames of other kinds."""
    if frame[0] >> 4 != PUBLISH:
        return ""
    start = next(at for at in range(1, _LONGEST_HEADER) if not frame[at] & 0x80) + 1
    length = int.from_bytes(frame[start : start + 2], "big")
    return frame[start + 2 : start + 2 + length].decode(errors="replace")


def _size(data: bytes) -> int:
    """How long the first frame is, header and all; 0 while that cannot be told."""
    length = 0
    for at in range(1, min(len(data), _LONGEST_HEADER)):
        length |= (data[at] & 0x7F) << (7 * (at - 1))
        if not data[at] & 0x80:
            return at + 1 + length
    return 0
