"""The box of the virtual door: door and bridge as they run on a Pi, and what can befall them."""

import asyncio
import logging
import os
import shutil
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hardware.simulated.demo.programs import Background, own
from hardware.simulated.panel.wire import Begin, Cable, Plugged, WallSet
from hardware.simulated.web.canvas import HEIGHT_PX, WIDTH_PX
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.unit import Unit

log = logging.getLogger(__name__)

KEEPALIVE_S: Final = 5
"""So that a line that was cut is noticed while somebody waits for it; on a real box it may take longer."""
WOKEN: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""What a clock without power says when it wakes."""


class Box:
    """
    One box. Belongs to one event loop.

    Args:
        folder: Holds everything of the virtual door.
        background: Where the numbers of programs are noted.
        link: The other end of the door's panel.
    """

    def __init__(self, folder: Path, background: Background, link: DoorLink) -> None:
        self.data = folder / "box"
        self._clock_flag = folder / "clock-was-set"
        self._link = link
        self._unplugged: set[Cable] = set()
        self._wall_offset_s = 0.0
        self._near: socket.socket | None = None
        self._attaching: asyncio.Task[None] | None = None
        settings = (
            # Neither the settings of a box on this very machine, nor the usual ones of a simulated door.
            *("--simulated", f"--config={os.devnull}", f"--data={self.data}"),
            *("--set=kiosk.sets_up=true", f"--set=clock.flag={self._clock_flag}"),
            f"--set=mqtt.keepalive_s={KEEPALIVE_S}",
        )
        screen = (f"--set=screen.width_px={WIDTH_PX}", f"--set=screen.height_px={HEIGHT_PX}")
        self._bridge = Unit("bridge", (own("mqtt-bridge"), "run", *settings), folder, background)
        self._door = Unit(
            "door",
            (own("kiosk"), "run", *settings, *screen, "--panel"),
            folder,
            background,
            hand_over=self._hand_over,
            begun=self._attach,
            ended=self._detach,
        )

    @property
    def is_enrolled(self) -> bool:
        """Whether it is a centre's."""
        return (self.data / "credentials" / "box.json").exists()

    async def start(self) -> None:
        """
        Give it power. Harmless when it has.

        Raises:
            DemoFailed: If a program is missing.
        """
        await asyncio.gather(self._door.start(), self._bridge.start())

    async def stop(self) -> None:
        """Shut it down in order. Harmless when it is without power."""
        await asyncio.gather(self._door.stop(), self._bridge.stop())

    async def cut_power(self) -> None:
        """Pull its plug. Harmless when it is without power."""
        await asyncio.gather(self._door.kill(), self._bridge.kill())

    def wipe(self) -> None:
        """Make it as it comes out of its carton. Only while it is without power."""
        shutil.rmtree(self.data, ignore_errors=True)

    def plug(self, cable: Cable, *, is_in: bool) -> None:
        """Pull a cable out of it, or plug it in."""
        (self._unplugged.discard if is_in else self._unplugged.add)(cable)
        self._link.say(Plugged(cable, is_in))

    def fill_disk(self, *, full: bool) -> None:
        """Let nothing be written any more, or let it again."""
        for program in (self._door, self._bridge):
            program.allow_writing(allowed=not full)

    def lose_time(self) -> None:
        """Have its clock wake wrong, and nobody to set it. Only while it is without power."""
        self._clock_flag.unlink(missing_ok=True)
        self._wall_offset_s = WOKEN.timestamp() - time.time()

    def set_time(self) -> None:
        """Have the time service set its clock; one that has no power yet wakes with the right time."""
        self._wall_offset_s = 0.0
        self._link.say(self._wall_set())

    def _hand_over(self) -> socket.socket:
        self._drop_near()
        self._near, far = socket.socketpair()
        return far

    def _attach(self) -> None:
        near, self._near = self._near, None
        assert near is not None  # handed over just now
        if not self._wall_offset_s and not self._clock_flag.exists():
            # A door that runs does it itself, once it knows the time; this one waits for how its world is.
            self._clock_flag.touch()
        begin = Begin(self._wall_offset_s, tuple(sorted(self._unplugged)))
        self._attaching = asyncio.create_task(self._join(near, begin))

    async def _join(self, near: socket.socket, begin: Begin) -> None:
        try:
            await self._link.attach(near, begin)
        except ConnectionError as error:
            log.info("%s; it is begun again", error)
            return
        # Nobody heard what was done to the box while it opened.
        for cable in self._unplugged.symmetric_difference(begin.unplugged):
            self._link.say(Plugged(cable, cable not in self._unplugged))
        if self._wall_offset_s != begin.wall_offset_s:
            self._link.say(self._wall_set())

    def _wall_set(self) -> WallSet:
        return WallSet(self._wall_offset_s, str(self._clock_flag))

    def _detach(self) -> None:
        attaching, self._attaching = self._attaching, None
        if attaching is not None:
            attaching.cancel()
        self._drop_near()

    def _drop_near(self) -> None:
        near, self._near = self._near, None
        if near is not None:
            with suppress(OSError):
                near.close()
