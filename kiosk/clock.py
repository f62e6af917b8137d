"""The box's clocks."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from kiosk.model import Moment

SYNCHRONISED_FLAG = Path("/run/systemd/timesync/synchronized")
"""Made by systemd-timesyncd once the clock was set from the network (systemd-timesyncd.service(8))."""


class SystemClock:
    """
    The machine's own clocks. Any thread may ask.

    Args:
        is_synchronised: Whether the wall clock is to be trusted; by default, what systemd-timesyncd says.
    """

    def __init__(self, is_synchronised: Callable[[], bool] = SYNCHRONISED_FLAG.exists) -> None:
        self._is_synchronised = is_synchronised

    def now(self) -> Moment:
        """The present moment."""
        return Moment(datetime.now(UTC), time.monotonic(), self._is_synchronised())
