"""The line between box and centre, cut and mended, with real connections at both ends."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from hardware.simulated.web.relay import Relay
from tests.ports import free_port

SOON_S, PATIENCE_S = 0.3, 10


class Far:
    """Somebody who sends back what is said, and remembers it."""

    def __init__(self, port):
        self._port = port
        self.heard = b""
        self.hung_up = asyncio.Event()

    async def open(self):
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", self._port)

    async def _answer(self, reader, writer):
        try:
            while said := await reader.read(1000):
                self.heard += said
                writer.write(said)
        except ConnectionResetError:
            pass
        finally:
            self.hung_up.set()
            writer.close()

    async def close(self):
        self._server.close()


@asynccontextmanager
async def line(*, listens=True):
    port = free_port()
    relay, far = Relay(port), Far(port)
    await relay.open()
    if listens:
        await far.open()
    try:
        yield relay, far
    finally:
        await relay.close()
        if hasattr(far, "_server"):
            await far.close()


@asynccontextmanager
async def dialled(relay):
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def read(reader, count):
    return await asyncio.wait_for(reader.readexactly(count), PATIENCE_S)


async def until(true):
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - asyncio tells nobody of it
            await asyncio.sleep(0.02)


def is_hung_up(reader):
    return reader.exception() is not None or reader.at_eof()


async def nothing_comes(reader):
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), SOON_S)


def test_everything_passes_both_ways():
    async def story():
        async with line() as (relay, far), dialled(relay) as (reader, writer):
            writer.write(b"x" * 300_000)
            assert await read(reader, 300_000) == b"x" * 300_000
            writer.close()
            await asyncio.wait_for(far.hung_up.wait(), PATIENCE_S)

    asyncio.run(story())


def test_a_cut_line_lets_nothing_pass_and_tells_nobody_and_mended_it_goes_on():
    async def story():
        async with line() as (relay, far), dialled(relay) as (reader, writer):
            writer.write(b"before")
            await read(reader, 6)

            relay.cut()
            writer.write(b" during")
            await nothing_comes(reader)
            assert far.heard == b"before"
            assert not far.hung_up.is_set()

            relay.mend()
            assert await read(reader, 7) == b" during"

    asyncio.run(story())


def test_who_hangs_up_on_a_cut_line_is_missed_once_it_is_mended():
    async def story():
        async with line() as (relay, far), dialled(relay) as (reader, writer):
            writer.write(b"!")
            await read(reader, 1)

            relay.cut()
            writer.close()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(far.hung_up.wait(), SOON_S)

            relay.mend()
            await asyncio.wait_for(far.hung_up.wait(), PATIENCE_S)

    asyncio.run(story())


def test_who_connects_to_a_cut_line_is_held_and_goes_on():
    async def story():
        async with line() as (relay, far):
            relay.cut()
            async with dialled(relay) as (reader, writer):
                writer.write(b"hello")
                await nothing_comes(reader)
                assert far.heard == b""

                relay.mend()
                assert await read(reader, 5) == b"hello"

    asyncio.run(story())


def test_who_looks_for_somebody_who_does_not_listen_yet_is_held():
    async def story():
        async with line(listens=False) as (relay, far), dialled(relay) as (reader, writer):
            writer.write(b"hello")
            await nothing_comes(reader)

            await far.open()
            assert await read(reader, 5) == b"hello"

    asyncio.run(story())


def test_the_end_of_what_is_said_passes_after_it():
    async def story():
        async with line() as (relay, _), dialled(relay) as (reader, writer):
            writer.write(b"last")
            writer.write_eof()

            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b"last"

    asyncio.run(story())


def test_closing_hangs_up_on_everybody_cut_or_not():
    async def story():
        async with line() as (relay, _), dialled(relay) as (passing, _), dialled(relay) as (held, writer):
            relay.cut()
            writer.write(b"hello")
            await nothing_comes(held)

            await relay.close()
            for reader in (passing, held):
                with suppress(ConnectionResetError):
                    assert await asyncio.wait_for(reader.read(1), PATIENCE_S) == b""

    asyncio.run(story())


def test_who_hangs_up_while_being_held_is_forgotten():
    async def story():
        async with line() as (relay, far):
            relay.cut()
            for _ in range(3):
                async with dialled(relay) as (_, writer):
                    writer.write(b"hello")
                    await until(lambda: relay._passing)
            await until(lambda: not relay._passing)

            relay.mend()
            async with dialled(relay) as (reader, writer):
                writer.write(b"!")
                assert await read(reader, 1) == b"!"
            assert far.heard == b"!"

    asyncio.run(story())


def test_no_more_are_held_than_any_box_has():
    async def story():
        async with line() as (relay, _):
            relay.cut()
            held = [await asyncio.open_connection("127.0.0.1", relay.port) for _ in range(60)]
            await until(lambda: len(relay._passing) == 50)
            await until(lambda: sum(is_hung_up(reader) for reader, _ in held) == 10)
            for _, writer in held:
                writer.close()

    asyncio.run(story())
