"""What can be broken at the virtual door, and mended: each lever by its name, and what it does."""

from collections.abc import Awaitable, Callable
from typing import Final, get_args

from hardware.simulated.web.asked import Lever
from hardware.simulated.web.box import Box
from hardware.simulated.web.centre import Centre
from hardware.simulated.web.facts import Facts

NAMES: Final = get_args(Lever)


class Levers:
    """
    All of them, and how they stand. Belongs to one event loop.

    Args:
        box: What stands at the door.
        centre: What it belongs to.
        facts: Told how the levers stand.
    """

    def __init__(self, box: Box, centre: Centre, facts: Facts) -> None:
        self._box = box
        self._centre = centre
        self._facts = facts
        self._work: dict[Lever, Callable[[bool], Awaitable[None]]] = {
            "camera": self._camera,
            "keypad": self._keypad,
            "line": self._line,
            "broker": self._broker,
            "disk": self._disk,
            "clock": self._clock,
            "power": self._power,
        }
        self._stand = dict.fromkeys(self._work, True)
        self._tell()

    async def pull(self, name: Lever, *, on: bool) -> None:
        """
        Break something, or mend it. What stands so already is left alone.

        Args:
            name: One of `NAMES`.
            on: Whether it is to be well.

        Raises:
            DemoFailed: If a program is missing.
        """
        if self._stand[name] == on:
            return
        await self._work[name](on)
        self.note(name, on=on)

    def note(self, name: Lever, *, on: bool) -> None:
        """It stands so now, whoever did it."""
        self._stand[name] = on
        self._tell()

    def _tell(self) -> None:
        self._facts.tell("levers", dict(self._stand))

    async def _camera(self, on: bool) -> None:
        self._box.plug("camera", is_in=on)

    async def _keypad(self, on: bool) -> None:
        self._box.plug("keypad", is_in=on)

    async def _line(self, on: bool) -> None:
        if on:
            self._centre.mend_line()
        else:
            self._centre.cut_line()

    async def _broker(self, on: bool) -> None:
        if on:
            await self._centre.broker.start()
        else:
            await self._centre.broker.kill()

    async def _disk(self, on: bool) -> None:
        self._box.fill_disk(full=not on)

    async def _clock(self, on: bool) -> None:
        if on:
            self._box.set_time()
            return
        await self._box.cut_power()
        self._box.lose_time()
        await self._box.start()
        self.note("power", on=True)

    async def _power(self, on: bool) -> None:
        if on:
            await self._box.start()
        else:
            await self._box.cut_power()
