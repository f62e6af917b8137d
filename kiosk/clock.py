"""
The box's clocks, so that a wall clock that jumps can hurt nobody.

A Pi has no clock that runs without power: it wakes with a wrong time and learns the right one from the
network, or never. So the time is told by the monotonic clock, anchored to the wall clock at two moments only:
when the door opens, and whenever the time service says that it has set the clock. A wall clock that jumps in
between is not followed.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.model import Anchor, Moment

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Made at random by the kernel at each boot (random(4))."""
SYNCHRONISED_FLAG = Path("/run/systemd/timesync/synchronized")
"""Touched by systemd-timesyncd each time it has set the clock (systemd-timesyncd.service(8))."""
STILL, SLEW = timedelta(seconds=0.05), timedelta(seconds=2)
"""Off by less is not worth a new anchor; a wall clock that is off by more was not just turned a bit."""

Stamp = Callable[[], int | None]
"""When the clock was last set by the time service, in any unit that grows; None for never since the boot."""


def flag_stamp(flag: Path = SYNCHRONISED_FLAG) -> Stamp:
    """The stamp of a time service that touches a file; nanoseconds."""

    def stamp() -> int | None:
        try:
            return flag.stat().st_mtime_ns
        except OSError:
            return None

    return stamp


def stamp_named(flag: str) -> Stamp:
    """The stamp that `clock.flag` of the settings names: a file, or none for a clock that is always right."""
    return flag_stamp(Path(flag)) if flag else lambda: 0


def boot_id() -> str:
    """The id of this boot."""
    return BOOT_ID.read_text(encoding="ascii").strip()


class SteadyClock:
    """
    The time as this door tells it. Any thread may ask.

    Args:
        stamp: When the time service last set the clock.
        anchor: What an earlier process of this boot told the time from; None for the first.
        floor: The time is no earlier than this (aware), while nobody has set the clock; None for no floor.
        wall: Seconds since 1970 by the wall clock.
        monotonic: Seconds since the boot, by the clock that never jumps.
    """

    def __init__(
        self,
        *,
        stamp: Stamp,
        anchor: Anchor | None = None,
        floor: datetime | None = None,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stamp = stamp
        self._wall = wall
        self._monotonic = monotonic
        self.anchor = self._choose(anchor, floor)
        """What the time is told from now."""

    def now(self) -> Moment:
        """The present moment."""
        passed_s = self._monotonic()
        stamp = self._stamp()
        if stamp is not None:
            told = self.anchor.started + timedelta(seconds=passed_s)
            wall = datetime.fromtimestamp(self._wall(), UTC)
            if stamp != self.anchor.stamp or STILL < abs(wall - told) <= SLEW:
                self.anchor = Anchor(wall - timedelta(seconds=passed_s), stamp)
        return Moment(
            self.anchor.started + timedelta(seconds=passed_s), passed_s, self.anchor.stamp is not None
        )

    def _choose(self, anchor: Anchor | None, floor: datetime | None) -> Anchor:
        stamp = self._stamp()
        if anchor is not None and anchor.stamp == stamp:
            return anchor
        wall = datetime.fromtimestamp(self._wall(), UTC)
        if stamp is None and floor is not None:
            wall = max(wall, floor)
        return Anchor(wall - timedelta(seconds=self._monotonic()), stamp)
