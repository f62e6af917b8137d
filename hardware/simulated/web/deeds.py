"""What pages have the stand do, which takes its time: one deed after the other, whoever asked."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias

from hardware.simulated.web import faults, lasting
from hardware.simulated.web.asked import Lever
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.faults import Fault
from kiosk.errors import KioskError

log = logging.getLogger(__name__)

_MOST_WAITING: Final = 30

Deed: TypeAlias = Callable[[], Awaitable[None]]


class Office(Protocol):
    """What pages have done behind the door: the stand does it."""

    async def pull(self, lever: Lever, *, on: bool) -> None:
        """Break something, or mend it."""

    async def begin_anew(self) -> None:
        """Take a box out of its carton."""

    async def put_in_service(self) -> None:
        """A box that is enrolled already."""

    async def cookies(self) -> list[str]:
        """Values of Set-Cookie that log a browser in at the centre."""


class Deeds:
    """
    Does one after the other, whether the page that asked is still there or not. One event loop.

    Args:
        facts: Is told a `fault` when something could not be done.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._waiting: deque[Deed] = deque()
        self._working: asyncio.Task[None] | None = None

    def ask(self, deed: Deed) -> None:
        """
        Have this done after all that was asked before.

        Raises:
            Fault: If too much waits already.
        """
        if len(self._waiting) >= _MOST_WAITING:
            raise Fault("busy", f"{_MOST_WAITING} things are still to be done; wait until some of them are")
        self._waiting.append(deed)
        if self._working is None:
            self._working = lasting.begin(self._work(), "what pages asked for")

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._do(self._waiting.popleft())
        finally:
            self._working = None

    async def _do(self, deed: Deed) -> None:
        try:
            await deed()
        except KioskError as problem:
            self._facts.happen("fault", **faults.told(problem))
        except Exception:
            # The stand goes on for whoever else looks at the page; its log tells what is to be mended.
            log.exception("a deed failed")
            self._facts.happen(
                "fault", what="this could not be done; look into the log of the stand", code="failed"
            )
