"""The stand: a whole office before a page, with its box, its centre and the line between them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.people import Kind
from hardware.simulated.demo.programs import PATIENCE_S, Background
from hardware.simulated.web import faults
from hardware.simulated.web.asked import Lever
from hardware.simulated.web.box import Box
from hardware.simulated.web.centre import GUARD_PIN, MANAGER, Centre
from hardware.simulated.web.counting import counting
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.faults import Fault
from hardware.simulated.web.levers import Levers
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.session import Session
from hardware.simulated.web.tray import Tray
from kiosk.errors import KioskError

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
    ) -> None:
        self._folder = folder
        self._facts = facts
        self._tray = tray
        self._centre = Centre(folder, background, page_port=web_port)
        self._box = Box(folder, background, link)
        self._levers = Levers(self._box, self._centre, facts)
        self._counting = counting(self._box.data, facts, folder, background)
        self._session = Session(
            self._centre.port, lambda: self._centre.serves, MANAGER, self._centre.password
        )
        self._watching: asyncio.Task[None] | None = None
        self._drawing = asyncio.Lock()
        self._is_offered = False
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
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Stop everything, whatever state it is in."""
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.wait([watching])
        ends = (self._box.stop(), self._counting.stop(), self._centre.close())
        for end in await asyncio.gather(*ends, return_exceptions=True):
            if end is not None:
                log.error("not ended as it should: %r", end)

    async def pull(self, lever: Lever, *, on: bool) -> None:
        """
        Break something, or mend it.

        Raises:
            KioskError: If it cannot be done.
        """
        self._require_open()
        await self._levers.pull(lever, on=on)

    async def begin_anew(self) -> None:
        """
        Take the box out of its carton: it knows nothing, and waits for its set-up code.

        Harmless while it is out already.

        Raises:
            KioskError: If it cannot be done.
        """
        self._require_open()
        if self._facts["box"]["stage"] == "new":
            return
        self._tray.remove(_SETUP)
        await self._box.stop()
        self._box.wipe()
        self._tell_stage("new")
        await asyncio.gather(self._power_up(), self._draw_setup_code())

    async def put_in_service(self) -> None:
        """
        Enrol the box without a code. Harmless when it is in service.

        Raises:
            DemoFailed: If it cannot be done.
        """
        if self._facts["box"]["stage"] != "new":
            return
        await self._box.stop()
        try:
            await self._centre.enrol(self._box.data)
        except Exception:
            # Not where the stand ends meanwhile: nobody would stop the box any more.
            await self._power_up()
            raise
        await self._power_up()
        self._end_setting_up()

    async def cookies(self) -> list[str]:
        """What a browser is to keep (`Set-Cookie`) to be the manager at the centre; nothing if it is away."""
        return await self._session.cookies()

    async def _open_centre(self) -> None:
        await self._centre.open()
        try:
            await self._session.open()
        except OSError as error:
            raise DemoFailed(f"the manager is not let in: {error}; look into collector.log") from error
        told = {"port": self._centre.port, "path": self._session.path, "user": MANAGER}
        secret = {"password": self._centre.password}
        self._facts.tell("centre", told | secret | {"language_cookie": self._centre.language_cookie})

    async def _open_box(self) -> None:
        await self._centre.enrol(self._box.data)
        await self._box.start()
        await self._counting.start()
        await self._until_open()

    async def _draw_badges(self) -> None:
        await asyncio.gather(
            self._lay("guard", "badge", self._centre.draw_guard_badge),
            self._lay("technician", "badge", self._centre.draw_technician_badge),
        )

    async def _draw_setup_code(self) -> None:
        async with self._drawing:
            try:
                await self._lay(_SETUP, _SETUP, self._centre.draw_setup_code)
            except (KioskError, OSError) as error:
                log.error("no set-up code: %s", error)  # noqa: TRY400 (it says all)
                raise Fault(
                    "no_setup_code", "the set-up code could not be drawn; put the box back into service"
                ) from error

    async def _lay(self, name: str, kind: Kind, draw: Callable[[Path], Awaitable[None]]) -> None:
        """Have a thing drawn, and lay it into the tray; its picture, which opens doors, stays nowhere."""
        picture = self._folder / f"{name}.png"
        try:
            await draw(picture)
            self._tray.add(name, kind, picture)
        finally:
            picture.unlink(missing_ok=True)

    def _require_open(self) -> None:
        if self._facts["box"]["stage"] == "opening":
            raise Fault("opening", "the door is not open yet; wait some seconds")

    async def _power_up(self) -> None:
        await self._box.start()
        self._levers.note("power", on=True)

    async def _watch(self) -> None:
        """Have a set-up code in the tray for as long as the box waits for one."""
        with self._facts.listening() as told:
            while True:
                await told.get()
                try:
                    await self._mind_setup_code()
                except KioskError as failed:
                    self._facts.happen("fault", **faults.told(failed))
                except Exception:
                    log.exception("the set-up code is not minded as it should be")

    async def _mind_setup_code(self) -> None:
        """
        One for a box that a technician has opened; a new box has got its own.

        It is worth nothing any more once the box is one of the centre's, and at rest.
        """
        stage, state = self._facts["box"]["stage"], self._state()
        if state == "waiting" and self._box.is_enrolled:
            if stage == "new" or self._is_offered:
                self._end_setting_up()
        elif state == "setting_up" and stage == "in_service" and not self._is_offered:
            self._is_offered = True
            await self._draw_setup_code()

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
        self._is_offered = False
        self._tray.remove(_SETUP)
        self._tell_stage("in_service")

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
