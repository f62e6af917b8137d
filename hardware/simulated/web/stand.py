"""The stand: a whole office before a page, with its box, its centre and the line between them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from hardware.simulated.demo.programs import PATIENCE_S, Background, DemoFailed
from hardware.simulated.web.box import Box
from hardware.simulated.web.centre import GUARD_PIN, MANAGER, Centre
from hardware.simulated.web.counting import counting
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.levers import Levers
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.session import Session
from hardware.simulated.web.tray import Tray

log = logging.getLogger(__name__)

_SETUP: Final = "setup"


class Stand:
    """
    Starts everything, breaks and mends it. Belongs to one event loop.

    Tells the facts `box`, `levers`, `counts` and `centre`.

    Args:
        folder: Holds everything; empty at the start.
        background: Where the numbers of programs are noted.
        facts: What is true of all this.
        link: The other end of the door's panel.
        tray: Gets the badges, and the set-up code of a new box.
        web_port: Where the virtual door's page is served.
        centre_port: Where the centre's page is served.
    """

    def __init__(
        self,
        folder: Path,
        background: Background,
        facts: Facts,
        link: DoorLink,
        tray: Tray,
        *,
        web_port: int,
        centre_port: int,
    ) -> None:
        self._folder = folder
        self._facts = facts
        self._tray = tray
        self._centre = Centre(folder, background, page_port=web_port, port=centre_port)
        self._box = Box(folder, background, link)
        self._levers = Levers(self._box, self._centre, facts)
        self._counting = counting(self._box.data, facts, folder, background)
        self._session = Session(centre_port, MANAGER, self._centre.password)
        self._watching: asyncio.Task[None] | None = None
        facts.tell("counts", None)
        facts.tell("centre", None)
        self._tell_stage("opening")

    async def open(self, tell: Callable[[str], None]) -> None:
        """
        Start everything; done once the door is open.

        Args:
            tell: Called with what is going on, in some words.

        Raises:
            DemoFailed: If any of it does not come to pass.
        """
        tell("The centre: an office, its keys and certificates")
        await self._centre.found()
        tell("Mosquitto, the collector with its page, the bridge and the door start; badges are drawn")
        async with _together() as begun:
            begun.create_task(self._open_centre())
            begun.create_task(self._open_box())
            begun.create_task(self._draw_badges())
        self._tell_stage("in_service")

    async def close(self) -> None:
        """Stop everything, whatever state it is in."""
        self._forget_watching()
        ends = (self._box.stop(), self._counting.stop(), self._centre.close())
        for end in await asyncio.gather(*ends, return_exceptions=True):
            if end is not None:
                log.error("not ended as it should: %r", end)

    async def pull(self, lever: str, *, on: bool) -> None:
        """
        Break something, or mend it.

        Raises:
            KioskError: If there is no such lever, or it cannot be done.
        """
        self._require_open()
        await self._levers.pull(lever, on=on)

    async def begin_anew(self) -> None:
        """
        Take the box out of its carton: it knows nothing, and waits for its set-up code.

        Raises:
            DemoFailed: If it cannot be done.
        """
        self._require_open()
        self._forget_watching()
        self._tray.remove(_SETUP)
        await self._box.stop()
        self._box.wipe()
        self._tell_stage("new")
        picture = self._folder / f"{_SETUP}.png"
        await asyncio.gather(self._power_up(), self._centre.draw_setup_code(picture))
        self._tray.add(_SETUP, _SETUP, picture)
        picture.unlink()
        self._watching = asyncio.create_task(self._await_service())

    async def put_in_service(self) -> None:
        """
        Enrol the box without a code. Harmless when it is in service.

        Raises:
            DemoFailed: If it cannot be done.
        """
        if self._facts["box"]["stage"] != "new":
            return
        self._forget_watching()
        await self._box.stop()
        await self._centre.enrol(self._box.data)
        await self._power_up()
        self._end_setting_up()

    async def cookies(self) -> list[str]:
        """What a browser is to keep (`Set-Cookie`) to be the manager at the centre; nothing if it is away."""
        with suppress(OSError):
            return await self._session.cookies()
        return []

    async def _open_centre(self) -> None:
        await self._centre.open()
        await self._session.cookies()
        told = {"port": self._centre.port, "path": self._session.path}
        self._facts.tell("centre", {**told, "user": MANAGER, "password": self._centre.password})

    async def _open_box(self) -> None:
        await self._centre.enrol(self._box.data)
        await self._box.start()
        await self._counting.start()
        await self._until_open()

    async def _draw_badges(self) -> None:
        guard, technician = self._folder / "guard.png", self._folder / "technician.png"
        await asyncio.gather(
            self._centre.draw_guard_badge(guard), self._centre.draw_technician_badge(technician)
        )
        for picture in (guard, technician):
            self._tray.add(picture.stem, "badge", picture)
            picture.unlink()

    def _require_open(self) -> None:
        if self._facts["box"]["stage"] == "opening":
            raise DemoFailed("the door is not open yet; wait some seconds")

    async def _power_up(self) -> None:
        await self._box.start()
        self._levers.note("power", on=True)

    async def _await_service(self) -> None:
        """The code is worth nothing any more, once a box has been made one of the centre's by it."""
        await self._until(lambda: self._box.is_enrolled and self._state() == "waiting")
        self._end_setting_up()

    async def _until_open(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._until(lambda: self._state() == "waiting")
        except TimeoutError:
            raise DemoFailed(f"the door did not open; look into {self._folder / 'door.log'}") from None

    async def _until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked whenever a fact changes."""
        with self._facts.listening() as told:
            while not true():
                await told.get()

    def _state(self) -> str:
        view = self._facts.get("view") or {}
        return str(view.get("state", ""))

    def _end_setting_up(self) -> None:
        self._tray.remove(_SETUP)
        self._tell_stage("in_service")

    def _forget_watching(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()

    def _tell_stage(self, stage: str) -> None:
        self._facts.tell("box", {"stage": stage, "guard_pin": GUARD_PIN})


@asynccontextmanager
async def _together() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks that are all waited for; the first that fails ends the others, and is what failed."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
