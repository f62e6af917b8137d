"""
nats-py, made fast where messages come in.

It takes a message apart with regular expressions, makes objects of it and puts it on a queue that somebody
waits for: too slow for a country. So what comes to one subscription goes a way of its own, many messages a
read; all else goes nats-py's. That takes private names of it; `setup.cfg` allows the versions that this was
tried with.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Any

from nats.aio.client import Client
from nats.aio.transport import TcpTransport
from nats.errors import Error, ProtocolError
from nats.protocol.parser import Parser

from collector.ingest.frames import Delivered, Malformed
from collector.ingest.jetstream import frames
from collector.ingest.jetstream.frames import Status

READ_BYTES = 256 * 1024
"""A read, at most."""
BREATH_S = 0.001
"""
After a read, before the next: servers write messages one by one, and to be woken for each costs more than the
message. The first after a silence is read at once.
"""
Deliver = Callable[[Sequence[Delivered], Sequence[Status]], None]


class BulkClient(Client):
    """
    nats-py, with a way of their own for the messages of one subscription.

    Args:
        deliver: Called with all that a read has brought for it; must not block, and must not raise.
        is_secure: Whether nothing may be said but by TLS; else that is the server's choice.
    """

    def __init__(self, deliver: Deliver, *, is_secure: bool = False) -> None:
        super().__init__()
        self._ps = self._bulk = _Bulk(self, deliver)
        self._transport = self._wide = _Wide(may_write=not is_secure)

    async def subscribe_bulk(self, subject: str) -> None:
        """Have what comes to a subject from now on delivered; one subject, once."""
        subscription = await self.subscribe(subject)
        await self.flush()  # What `write` writes does not wait for what nats-py has still to write.
        self._bulk.sid = str(subscription._id).encode()  # noqa: SLF001 - as above

    def write(self, written: bytes) -> None:
        """Write frames in one go. Only from the client's own loop; nothing happens once it is closed."""
        if self.is_connected:
            self._wide.write(written)

    async def part(self, written: bytes) -> None:
        """
        Hear no more of it, then write last frames, and wait until they are on their way.

        Nothing happens once it is closed.
        """
        if self.is_connected and self._bulk.sid:
            await self._wide.write_all(b"UNSUB %b\r\n" % self._bulk.sid + written)


class _Bulk(Parser):
    """
    nats-py's parser, which is given what is not ours.

    Attributes:
        sid: The subscription that is ours, as it stands in frames.
    """

    def __init__(self, client: Client, deliver: Deliver) -> None:
        super().__init__(client)
        self._deliver = deliver
        self.sid = b""

    def reset(self) -> None:
        super().reset()
        self._rest = b""

    async def parse(self, data: bytes = b"") -> None:
        """Deal with all that came whole."""
        read = len(data)
        data, start = self._rest + data, 0
        try:
            while True:
                messages, statuses, start = frames.take(data, start, self.sid)
                if messages or statuses:
                    self._deliver(messages, statuses)
                end = frames.extent(data, start)
                if end is None:
                    break
                await super().parse(data[start:end])
                start = end
        except Malformed as error:
            raise ProtocolError(str(error)) from error
        self._rest = data[start:]
        if read < READ_BYTES:
            await asyncio.sleep(BREATH_S)


class _Wide(TcpTransport):
    """
    A connection by TCP that is read in big pieces.

    Args:
        may_write: Whether something may be said in clear: whether TLS begins is else what the server says,
            or who stands in its place.
    """

    def __init__(self, *, may_write: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._may_write = may_write

    def __bool__(self) -> bool:
        return True  # Else the client makes one of its own.

    async def connect(self, uri: Any, buffer_size: int, connect_timeout: int) -> None:
        del buffer_size
        await super().connect(uri, READ_BYTES, connect_timeout)

    async def connect_tls(
        self, uri: Any, ssl_context: ssl.SSLContext, buffer_size: int, connect_timeout: int
    ) -> None:
        """Begin TLS; what was read before, and nobody asked for, is forgotten."""
        del buffer_size
        assert self._io_writer is not None
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(READ_BYTES)
        protocol = _Secure(reader)
        name = uri if isinstance(uri, str) else uri.hostname
        beginning = loop.start_tls(self._io_writer.transport, protocol, ssl_context, server_hostname=name)
        transport = await asyncio.wait_for(beginning, connect_timeout)
        assert transport is not None
        self._io_reader = reader
        self._io_writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        self._may_write = True

    def write(self, payload: bytes) -> None:
        if not self._may_write:
            raise Error("it does not speak TLS: look at who answers at this address")
        assert self._io_writer is not None
        self._io_writer.write(payload)

    async def write_all(self, payload: bytes) -> None:
        assert self._io_writer is not None
        self._io_writer.transport.set_write_buffer_limits(0)
        self.write(payload)
        await self._io_writer.drain()

    async def read(self, buffer_size: int) -> bytes:
        del buffer_size
        read: bytes = await super().read(READ_BYTES)
        return read


class _Secure(asyncio.StreamReaderProtocol):
    """What came by TLS. That is never closed by half, as asyncio would log of nats-py's at each end."""

    def eof_received(self) -> bool:
        super().eof_received()
        return False
