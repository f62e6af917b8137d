"""The manager's session, where the centre is away, or stands still."""

import asyncio
from contextlib import asynccontextmanager

from hardware.simulated.web.session import Session
from tests.programs import PATIENCE_S


@asynccontextmanager
async def silent():
    """Somebody who takes connections and says nothing; how many there were."""
    taken = []

    async def take(_reader, writer):
        taken.append(writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], taken
    finally:
        server.close()
        for writer in taken:
            writer.transport.abort()


def test_nobody_is_told_the_password_while_the_centre_is_away():
    async def story():
        async with silent() as (port, taken):
            session = Session(port, lambda: False, "quanly", "abc")

            assert await session.cookies() == []
            assert taken == []

    asyncio.run(story())


def test_a_centre_that_stands_still_holds_up_no_page_and_is_not_asked_by_each():
    async def story():
        async with silent() as (port, taken):
            session = Session(port, lambda: True, "quanly", "abc")
            async with asyncio.timeout(PATIENCE_S):
                for _ in range(3):
                    assert await session.cookies() == []

            assert len(taken) == 1

    asyncio.run(story())
