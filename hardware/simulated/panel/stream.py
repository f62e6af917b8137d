"""The door's end of the stream to its panel: messages in, messages out, each by a thread of its own."""

import select
import socket
from contextlib import ExitStack, suppress
from threading import Event

import msgspec

from hardware.simulated.panel import wire
from kiosk.errors import SettingsError

_LOOK_MS = 100
"""How soon the end of the door is noticed."""
_AT_ONCE_BYTES = 1 << 20


class Garbled(Exception):
    """What came is no message. Tells nothing of it, since it may hold what a visitor shows."""


class Stream:
    """
    A connected stream socket that was handed down to this process.

    One thread may read and another write. Nobody closes it but `end()`.

    Args:
        number: Of its file descriptor.

    Raises:
        SettingsError: If that is none.
    """

    def __init__(self, number: int) -> None:
        self._socket = _handed_down(number)
        self._socket.setblocking(True)
        self._sight = select.poll()
        self._sight.register(self._socket, select.POLLIN)

    def next(self, stop: Event) -> wire.ToDoor | None:
        """
        Wait for the next message; None when the other end has closed it or is gone, and once `stop` is set.

        Raises:
            Garbled: If what came is no message.
        """
        head = self._read(wire.LENGTH.size, stop)
        if not head:
            return None
        (length,) = wire.LENGTH.unpack(head)
        if not length <= wire.LARGEST_BYTES:
            raise Garbled
        body = self._read(length, stop)
        if body is None:
            return None
        try:
            return wire.understood(body)
        except msgspec.MsgspecError:
            raise Garbled from None

    def say(self, message: wire.FromDoor) -> None:
        """
        Send a message; waits for as long as the other end takes nothing.

        Raises:
            OSError: If the other end is gone, or somebody has called `end()`.
        """
        self._socket.sendall(wire.packed(message))

    def end(self) -> None:
        """Tell the other end that nothing more comes; whoever still sends or waits gets to hear it too."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self, length: int, stop: Event) -> bytes | None:
        """So many bytes; None when they do not come any more."""
        read = bytearray()
        while len(read) < length:
            if stop.is_set():
                return None
            if not self._sight.poll(_LOOK_MS):
                continue
            try:
                piece = self._socket.recv(min(length - len(read), _AT_ONCE_BYTES))
            except OSError:
                return None
            if not piece:
                return None
            read += piece
        return bytes(read)


def _handed_down(number: int) -> socket.socket:
    remedy = "hand down a connected stream socket by its number"
    with ExitStack() as opened:
        try:
            handed = opened.enter_context(socket.socket(fileno=number))
            handed.getpeername()
        except OSError as error:
            raise SettingsError(f"--panel {number}: {error.strerror}; {remedy}") from error
        if handed.type is not socket.SOCK_STREAM:
            raise SettingsError(f"--panel {number}: no stream; {remedy}")
        handed.set_inheritable(False)
        opened.pop_all()
    return handed
