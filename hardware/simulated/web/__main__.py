"""
The stand's program: `python -m hardware.simulated.web --folder DIR --port N`.

What is going on is told in lines on standard output: `step` with some words, and last `ready` with the page's
address, or `failed` with the reason. Nothing comes after that, so whoever reads may go.
"""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import click
import uvicorn

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.ports import bound
from hardware.simulated.demo.programs import STAND, Background
from hardware.simulated.demo.virtual import ADDRESSES, note_open
from hardware.simulated.web import app
from hardware.simulated.web.canvas import Canvas
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.hand import Hand
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.stand import Stand
from hardware.simulated.web.tray import Tray
from kiosk.errors import KioskError

HOST = app.SERVING["host"]
_EXIT_USAGE = 2


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--port", type=click.IntRange(1, 65535), required=True)
def stand(*, folder: Path, port: int) -> None:
    """Run the virtual door until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    folder = folder.absolute()
    background = Background(folder)
    try:
        background.claim()
        background.stop_all()
        (folder / ADDRESSES).unlink(missing_ok=True)
        asyncio.run(_run(folder, background, port))
    except (KioskError, OSError) as failed:
        click.echo(f"failed {failed}")
        click.echo(f"kiosk demo: {failed}", err=True)
        sys.exit(_EXIT_USAGE)


async def _run(folder: Path, background: Background, port: int) -> None:
    try:
        heard = bound(port)
    except OSError as error:
        raise DemoFailed(f"port {port}: {error.strerror}; name another with --port") from error
    # Before anything else is begun: who is found can be stopped.
    background.note(STAND, os.getpid())
    facts = Facts()
    canvas = Canvas()
    link = DoorLink(facts, canvas)
    tray = Tray(facts)
    hand = Hand(facts, link, tray)
    office = Stand(folder, background, facts, link, tray, web_port=port)
    page = app.make(facts, canvas, link, hand, tray, office)
    server = uvicorn.Server(uvicorn.Config(page, port=port, **app.SERVING))
    # Once it has left, uvicorn raises again the signal that said so.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: None)
    opening = asyncio.create_task(_open(office, facts, folder, f"http://{HOST}:{port}/"))
    opening.add_done_callback(lambda done: _leave_if_broken(done, server))
    try:
        await server.serve(sockets=[heard])
    finally:
        (folder / ADDRESSES).unlink(missing_ok=True)
        opening.cancel()
        await asyncio.wait([opening])
        await office.close()
        await link.detach()
    if not opening.cancelled():
        opening.result()


async def _open(office: Stand, facts: Facts, folder: Path, address: str) -> None:
    await office.open(lambda words: click.echo(f"step {words}"))
    told = facts["centre"]
    centre = f"http://{HOST}:{told['port']}/"
    note_open(folder, page=address, centre=centre, user=told["user"], password=told["password"])
    click.echo(f"ready {address}")
    _fall_silent()


def _leave_if_broken(opening: asyncio.Task[None], server: uvicorn.Server) -> None:
    if not opening.cancelled() and opening.exception() is not None:
        server.should_exit = True


def _fall_silent() -> None:
    """Say nothing any more on standard output: whoever read it may have gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    stand()
