"""The stand's end of the panel's wire: a door that opens, shows, sounds, and may go at any moment."""

import asyncio
import contextlib
import logging
import socket
from collections import deque

import msgspec

from hardware.simulated.panel import wire
from hardware.simulated.web import lasting
from hardware.simulated.web.canvas import Canvas
from hardware.simulated.web.facts import Facts

log = logging.getLogger(__name__)

_MOST_UNREAD = 200
"""Messages that wait for a door that reads none; it misses what comes after them."""
_DARK = {"colour": "off", "pattern": "steady", "shares": (0.0, 0.0, 0.0)}


class DoorLink:
    """
    Tells pages what a door shows, and the door what is done to it. Belongs to one event loop.

    A door that goes, in order or amid a word, or that says what no door says, is a state: told as a fact.

    Args:
        facts: Is told `door`, `view`, `lamp`, `light`, and the happenings `cue` and `phrase`.
        canvas: Takes the pixels.

    Attributes:
        gone: Set while no door is open.
    """

    def __init__(self, facts: Facts, canvas: Canvas) -> None:
        self.gone = asyncio.Event()
        self._facts = facts
        self._canvas = canvas
        self._doors = 0
        self._sock: socket.socket | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._unsent: deque[wire.ToDoor] = deque()
        self._has_unsent = asyncio.Event()
        self._decoder: msgspec.msgpack.Decoder[wire.FromDoor] = msgspec.msgpack.Decoder(wire.FromDoor)
        height_px, width_px, _ = canvas.bgr.shape
        self._opened = wire.Opened(width_px, height_px, "123456789*0#")
        self._close()

    async def attach(self, sock: socket.socket, begin: wire.Begin) -> None:
        """
        Take over a connected stream socket with a door at its other end; one that was attached is let go.

        Returns when the door is open.

        Raises:
            ConnectionError: If the door ends first, or says something else first.
        """
        await self.detach()
        sock.setblocking(False)
        self._sock = sock
        try:
            opened = await self._greet(sock, begin)
            self._canvas.begin(opened.width_px, opened.height_px)
        except (OSError, EOFError, ValueError) as problem:
            self._close()
            raise ConnectionError("the door ended before it was open; look into its log") from problem
        except asyncio.CancelledError:
            self._close()
            raise
        self._doors += 1
        self._opened = opened
        self._unsent.clear()
        self.gone.clear()
        self._tell_door(is_open=True)
        speaking = lasting.begin(self._speak(sock), "door: what it is told")
        self._tasks = [speaking, lasting.begin(self._listen(sock, speaking), "door: what it says")]

    def say(self, message: wire.ToDoor) -> None:
        """
        Have the door told. Nobody is, where no door is open.

        A door that does not keep up sees the newest of what is before its camera; everything else reaches it
        in order.
        """
        if self.gone.is_set():
            return
        if isinstance(message, wire.Seen | wire.NothingSeen):
            for older in [one for one in self._unsent if isinstance(one, wire.Seen | wire.NothingSeen)]:
                self._unsent.remove(older)
        if len(self._unsent) < _MOST_UNREAD:
            self._unsent.append(message)
            self._has_unsent.set()

    async def detach(self) -> None:
        """Let the door go: the end of what it hears closes it. Calling it twice does no harm."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._close()

    async def _greet(self, sock: socket.socket, begin: wire.Begin) -> wire.Opened:
        await self._send(sock, begin)
        opened = await self._receive(sock)
        if not isinstance(opened, wire.Opened):
            raise ValueError("speaks before it opens")  # noqa: TRY004 - no wrong use of ours
        return opened

    async def _listen(self, sock: socket.socket, speaking: asyncio.Task[None]) -> None:
        try:
            while True:
                self._take(await self._receive(sock))
        except (OSError, EOFError):
            log.info("door: gone")
        except ValueError:
            # What it said holds what visitors see, and belongs into no log.
            log.warning("door: hung up, for it said what no door says; see that both are of one version")
        finally:
            speaking.cancel()
            if self._sock is sock:
                self._close()

    async def _speak(self, sock: socket.socket) -> None:
        try:
            while True:
                await self._has_unsent.wait()
                while self._unsent:
                    await self._send(sock, self._unsent.popleft())
                self._has_unsent.clear()
        except OSError:
            # Whoever listens will see the end, after all that was still said.
            return
        except Exception:
            # A door that hears nothing any more is none: whoever listens sees its end.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            raise

    def _take(self, message: wire.FromDoor) -> None:
        match message:
            case wire.Pixels():
                self._canvas.paint(message)
            case wire.Shown():
                self._facts.tell("view", msgspec.structs.asdict(message) | {"door": self._doors})
            case wire.Glowing():
                self._facts.tell("lamp", msgspec.structs.asdict(message))
            case wire.Shining(is_on):
                self._facts.tell("light", is_on)
            case wire.Sounding():
                self._facts.happen("cue", **msgspec.structs.asdict(message))
            case wire.Saying():
                self._facts.happen("phrase", **msgspec.structs.asdict(message))
            case wire.Opened():
                raise ValueError("opens twice")

    def _close(self) -> None:
        """No door is open from now on."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        self._unsent.clear()
        self._has_unsent.clear()
        self.gone.set()
        self._tell_door(is_open=False)
        self._facts.tell("view", None)
        self._facts.tell("lamp", _DARK)
        self._facts.tell("light", False)
        self._canvas.blacken()

    def _tell_door(self, *, is_open: bool) -> None:
        self._facts.tell("door", {"is_open": is_open, **msgspec.structs.asdict(self._opened)})

    async def _send(self, sock: socket.socket, message: wire.ToDoor) -> None:
        await asyncio.get_running_loop().sock_sendall(sock, wire.packed(message))

    async def _receive(self, sock: socket.socket) -> wire.FromDoor:
        """
        The next message.

        Raises:
            EOFError: If the door is gone.
            OSError: The same.
            ValueError: If it is none.
        """
        (length,) = wire.LENGTH.unpack(await _exactly(sock, wire.LENGTH.size))
        if length > wire.LARGEST_BYTES:
            raise ValueError(f"a message of {length} bytes")
        try:
            return self._decoder.decode(await _exactly(sock, length))
        except msgspec.DecodeError as problem:
            raise ValueError("no message of a door") from problem


async def _exactly(sock: socket.socket, count: int) -> bytearray:
    loop = asyncio.get_running_loop()
    # Grows with what comes, so that a length alone claims no memory.
    content = bytearray(min(count, 1 << 20))
    filled = 0
    while filled < count:
        if filled == len(content):
            content.extend(bytes(min(count - filled, len(content))))
        with memoryview(content) as view:
            got = await loop.sock_recv_into(sock, view[filled:])
        if not got:
            raise EOFError
        filled += got
    return content
