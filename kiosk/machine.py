"""What the machine says of itself: its temperature, its disk, and whether it had to slow down."""

import logging
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
"""The processor's temperature in thousandths of a degree Celsius (driver-api/thermal of Linux)."""
THROTTLING = {
    0: "too little power",
    1: "processor held back",
    2: "processor slowed down",
    3: "too hot for full speed",
}
"""What the bits of `vcgencmd get_throttled` mean; sixteen places higher, that it was so since the boot."""
ASKED_EVERY_S = 60.0
ASKED_IN_VAIN_S = 3600.0
"""A program that failed, or hung, is not asked again sooner."""
ANSWERS_WITHIN_S = 1.0
_ANSWER = re.compile(r"throttled=0x([0-9a-fA-F]{1,8})\s*")


def uptime_s() -> int:
    """Seconds since the boot, sleep included."""
    return int(time.clock_gettime(time.CLOCK_BOOTTIME))


def temperature_c(file: Path = THERMAL) -> float | None:
    """The processor's temperature in °C; None where it does not say."""
    try:
        return round(int(file.read_text(encoding="ascii")) / 1000, 1)
    except (OSError, ValueError):
        return None


def disk_free_mb(folder: Path) -> int | None:
    """What this user may still write on the folder's disk, in MB; None when the disk does not say."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize // 1_000_000


def disk_read_only(folder: Path) -> bool | None:
    """Whether the folder's disk takes nothing any more; None when it does not say."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return None


class Throttled:
    """
    Why the firmware has slowed the processor down: weak power, heat. Asks the Pi's own program, now and then.

    Args:
        program: `vcgencmd`; None where there is none.
        clock: Seconds that never jump.
    """

    def __init__(
        self, program: str | None = shutil.which("vcgencmd"), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._program = program
        self._clock = clock
        self._due_s = 0.0
        self._last: int | None = None

    def bits(self) -> int | None:
        """
        The bits of `vcgencmd get_throttled`: 0 to 3 of now, 16 to 19 since the boot; None where nobody says.

        Blocks for a second at the worst, once an hour then.
        """
        if self._program is not None and self._clock() >= self._due_s:
            self._last = self._ask(self._program)
            self._due_s = self._clock() + (ASKED_IN_VAIN_S if self._last is None else ASKED_EVERY_S)
        return self._last

    def _ask(self, program: str) -> int | None:
        try:
            done = subprocess.run(
                [program, "get_throttled"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=ANSWERS_WITHIN_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.debug("%s: %s", program, error)
            return None
        found = _ANSWER.fullmatch(done.stdout)
        return int(found[1], 16) if found and done.returncode == 0 else None
