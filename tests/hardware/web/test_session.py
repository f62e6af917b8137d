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


@asynccontextmanager
async def slow():
    """A centre that lets in whoever logs in, and takes a while for each answer; what it was asked for."""
    asked = []

    async def take(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split(" ", 2)
        asked.append(f"{method} {path}")
        await asyncio.sleep(0.1)
        # One that has no cookie of a session is led to the page to log in.
        told = {
            "GET": "Set-Cookie: csrftoken=def",
            "POST": "Set-Cookie: sessionid=abc",
            "HEAD": f"Location: {'/places/1' if 'sessionid=abc' in head else '/login'}",
        }[method]
        shown = 'csrfmiddlewaretoken" value="def"' if method == "GET" else ""
        answer = f"HTTP/1.1 200 OK\r\n{told}\r\nContent-Length: {len(shown)}\r\n\r\n{shown}"
        writer.write(answer.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


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


def test_a_page_that_comes_while_the_manager_logs_in_waits_for_that_and_logs_nobody_in_again():
    async def story():
        async with slow() as (port, asked), asyncio.timeout(PATIENCE_S):
            session = Session(port, lambda: True, "quanly", "abc")
            _, cookies = await asyncio.gather(session.open(), session.cookies())

            assert [told.partition(";")[0] for told in cookies] == ["csrftoken=def", "sessionid=abc"]
            assert asked == ["GET /login", "POST /login", "HEAD /places/", "HEAD /places/"]

    asyncio.run(story())
