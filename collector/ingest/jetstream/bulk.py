"""
nats-py, made fast where messages come in.

It takes a message apart with regular expressions, makes objects of it and puts it on a queue that somebody
waits for: too slow for a country. So what comes to one subscription goes a way of its own, many messages a
read; all else goes nats-py's. That takes private names of it; `setup.cfg` allows the versions that this was
tried with.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from nats.aio.client import Client
from nats.aio.transport import TcpTransport
from nats.errors import ProtocolError
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
    """

    def __init__(self, deliver: Deliver) -> None:
        super().__init__()
        self._ps = self._bulk = _Bulk(self, deliver)
        self._transport = self._wide = _Wide()

    async def subscribe_bulk(self, subject: str) -> None:
        """Have what comes to a subject from now on delivered; one subject, once."""
        subscription = await self.subscribe(subject)
        await self.flush()  # What `write` writes does not wait for what nats-py has still to write.
        self._bulk.sid = str(subscription._id).encode()  # noqa: SLF001 - as above

    def write(self, written: bytes) -> None:
        """Write frames in one go. Only from the client's own loop; nothing happens once it is closed."""
        if self.is_connected:
            self._wide.write(written)  # type: ignore[no-untyped-call]


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
    """A connection by TCP that is read in big pieces."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def __bool__(self) -> bool:
        return True  # Else the client makes one of its own.

    async def connect(self, uri: Any, buffer_size: int, connect_timeout: int) -> None:
        del buffer_size
        await super().connect(uri, READ_BYTES, connect_timeout)

    async def read(self, buffer_size: int) -> bytes:
        del buffer_size
        read: bytes = await super().read(READ_BYTES)
        return read
