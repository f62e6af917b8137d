"""A line between a client and the broker, with a lever for each thing that lines do."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

from tests.faults import frames
from tests.programs import PATIENCE_S

_ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing sends RST (socket(7))."""


class Proxy:
    """
    Listens on a port of its own and carries bytes to another. Any thread may pull its levers.

    Args:
        target: The broker's port on loopback.

    Attributes:
        port: Where the client knocks.
        lost: How many receipts were lost on this line.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.lost = 0
        self.stopped = threading.Event()
        # Bound and never listening: it keeps the port ours while we refuse.
        self._place = _bound(0)
        self.port = self._place.getsockname()[1]
        self._lock = threading.RLock()
        self._links: set[_Link] = set()
        self._listener: socket.socket | None = None
        self._bytes_left: int | None = None
        self._delay_s = 0.0
        self._swallows = False
        self._loses_receipts = False
        self.listen()

    def cut(self) -> None:
        """Reset every connection, now."""
        with self._lock:
            for link in list(self._links):
                link.abort()

    def cut_after(self, count: int) -> None:
        """Let so many bytes through, whichever way they go, and then reset everything: mostly in mid-packet."""
        with self._lock:
            self._bytes_left = count

    def swallow(self, on: bool) -> None:
        """Be a black hole: take all, pass nothing on. Connections that lost bytes are reset when it ends."""
        with self._lock:
            self._swallows = on
            for link in list(self._links):
                if not on and link.is_spoilt:
                    link.abort()

    def delay(self, seconds: float) -> None:
        """Hold whatever comes for so long before it is passed on."""
        with self._lock:
            self._delay_s = seconds

    def lose_receipts(self, on: bool) -> None:
        """Drop what the broker sends on topics of receipts, and nothing else."""
        with self._lock:
            self._loses_receipts = on

    def refuse(self) -> None:
        """Let nobody in; those who are in stay."""
        with self._lock:
            if self._listener is not None:
                # Wakes the thread that accepts, too.
                with contextlib.suppress(OSError):
                    self._listener.shutdown(socket.SHUT_RDWR)
                self._listener.close()
                self._listener = None

    def listen(self) -> None:
        """Let everybody in."""
        with self._lock:
            if self._listener is not None or self.stopped.is_set():
                return
            self._listener = _bound(self.port)
            self._listener.listen(64)
            _thread(lambda: self._accept(self._listener), f"line {self.port}")

    def heal(self) -> None:
        """Be a plain wire again."""
        with self._lock:
            self._bytes_left, self._delay_s = None, 0.0
            self.lose_receipts(False)
            self.swallow(False)
            self.listen()

    def close(self) -> None:
        """Cut all, and listen no more."""
        self.stopped.set()
        self.refuse()
        self.cut()
        self._place.close()

    def _accept(self, listener: socket.socket | None) -> None:
        while listener is not None:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                if self.stopped.is_set():
                    client.close()
                    return
                self._links.add(_Link(self, client, swallowed=self._swallows))

    def carry(self, link: "_Link", data: bytes, downstream: bool) -> tuple[bytes, bool]:
        """What of some bytes is passed on, and whether the line breaks after them."""
        with self._lock:
            delay_s = self._delay_s
        if delay_s:
            self.stopped.wait(delay_s)
        with self._lock:
            if downstream:
                whole = link.frames.feed(data)
                kept = [frame for frame in whole if not (self._loses_receipts and _is_receipt(frame))]
                self.lost += len(whole) - len(kept)
                data = b"".join(kept)
            if self._swallows:
                link.is_spoilt = True
                return b"", False
            if self._bytes_left is None or len(data) < self._bytes_left:
                self._bytes_left = self._bytes_left and self._bytes_left - len(data)
                return data, False
            data, self._bytes_left = data[: self._bytes_left], None
            return data, True

    def forget(self, link: "_Link") -> None:
        """A connection is over."""
        with self._lock:
            self._links.discard(link)


class _Link:
    """One connection through the proxy: two threads, one each way."""

    def __init__(self, proxy: Proxy, client: socket.socket, *, swallowed: bool) -> None:
        self.frames = frames.Frames()
        self.is_spoilt = swallowed
        self._proxy = proxy
        self._client = client
        self._server: socket.socket | None = None
        self._guard = threading.Lock()
        self._is_over = False
        _thread(self._run, "carrying up")

    def abort(self) -> None:
        """Reset both ends."""
        self._end(lambda end: end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT))

    def _run(self) -> None:
        if self.is_spoilt:
            self._drown()
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._proxy.target), PATIENCE_S)
        except OSError:
            self.abort()
            return
        with self._guard:
            if self._is_over:
                server.close()
                return
            self._server = server
        server.settimeout(None)
        with contextlib.suppress(OSError):
            for end in (self._client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _thread(lambda: self._carry(server, self._client, downstream=True), "carrying down")
        self._carry(self._client, server, downstream=False)

    def _carry(self, source: socket.socket, sink: socket.socket, *, downstream: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                data, breaks = self._proxy.carry(self, data, downstream)
                if data:
                    sink.sendall(data)
                if breaks:
                    self._proxy.cut()
                    return
            if self.is_spoilt:
                # Nobody beyond a black hole hears that the other has hung up.
                return
        self._end(lambda _end: None)

    def _drown(self) -> None:
        with contextlib.suppress(OSError):
            while self._client.recv(65536):
                pass
        self.abort()

    def _end(self, first: Callable[[socket.socket], object]) -> None:
        with self._guard:
            if self._is_over:
                return
            self._is_over = True
            ends = [end for end in (self._client, self._server) if end is not None]
        self._proxy.forget(self)
        for end in ends:
            with contextlib.suppress(OSError):
                first(end)
            with contextlib.suppress(OSError):
                # Closing alone does not wake the thread that reads, and nothing is sent before it wakes.
                end.shutdown(socket.SHUT_RD)
            end.close()


def _is_receipt(frame: bytes) -> bool:
    return frames.topic(frame).endswith("/receipt")


def _bound(port: int) -> socket.socket:
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    place.bind(("127.0.0.1", port))
    return place


def _thread(work: Callable[[], None], name: str) -> None:
    threading.Thread(target=work, name=name, daemon=True).start()
