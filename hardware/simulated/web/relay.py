"""The line between box and centre: everything passes through here, until it is cut."""

import asyncio
import select
import socket
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from typing import Final

HOST: Final = "127.0.0.1"
_CHUNK_BYTES: Final = 64 * 1024
_KNOCK_S: Final = 0.2
"""How often somebody is looked for who does not listen."""
_MOST: Final = 50
"""Connections at once; a box has two."""


class Relay:
    """
    A TCP port of loopback that leads to another. Belongs to one event loop.

    Cut, it is a pulled cable: nothing passes any more, and nobody is told. Whoever connects meanwhile is
    held, and goes on once it is mended; so is whoever looks for somebody who does not listen at the moment.
    Who hangs up while being held is forgotten.

    Args:
        to_port: Where it leads.

    Attributes:
        port: Where it listens; nobody else can from now on.

    Raises:
        OSError: If no port is free.
    """

    def __init__(self, to_port: int) -> None:
        self._socket = socket.create_server((HOST, 0))
        self.port: int = self._socket.getsockname()[1]
        self._to_port = to_port
        self._whole = asyncio.Event()
        self._whole.set()
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Lead whoever connects; so far they wait."""
        self._server = await asyncio.start_server(self._lead, sock=self._socket, limit=_CHUNK_BYTES)

    def cut(self) -> None:
        """Let nothing pass any more."""
        self._whole.clear()

    def mend(self) -> None:
        """Let everything pass again, first of all what was held."""
        self._whole.set()

    async def close(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
        self._socket.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _lead(self, near: StreamReader, back: StreamWriter) -> None:
        if len(self._passing) >= _MOST:
            back.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None  # a server calls us in one
        self._passing.add(task)
        try:
            await self._join(near, back)
        except asyncio.CancelledError:
            # asyncio's server complains of a task of its own that was cancelled; ours ends as it should.
            pass
        finally:
            self._passing.discard(task)
            back.transport.abort()

    async def _join(self, near: StreamReader, back: StreamWriter) -> None:
        reached = await self._reach(back)
        if reached is None:
            return
        far, forth = reached
        ways = [asyncio.ensure_future(self._carry(*way)) for way in ((near, forth), (far, back))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            # An end of one side is the end of both, but what came before it is still on its way.
            await asyncio.wait(ways, timeout=_KNOCK_S)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            forth.transport.abort()

    async def _reach(self, back: StreamWriter) -> tuple[StreamReader, StreamWriter] | None:
        """Whoever listens at the other end of a whole line; None when the one who looks has hung up."""
        while True:
            if self._whole.is_set():
                with suppress(OSError):
                    return await asyncio.open_connection(HOST, self._to_port, limit=_CHUNK_BYTES)
                await asyncio.sleep(_KNOCK_S)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._whole.wait(), _KNOCK_S)
            if _has_hung_up(back):
                return None

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK_BYTES):
                await self._whole.wait()
                writer.write(chunk)
                await writer.drain()
        await self._whole.wait()  # an end does not pass a cut line either


def _has_hung_up(writer: StreamWriter) -> bool:
    """Whether the other side has: seen at once, though what it said before is still unread."""
    number = writer.get_extra_info("socket").fileno()
    if number < 0:
        return True
    sight = select.poll()
    sight.register(number, select.POLLRDHUP)
    return bool(sight.poll(0))
