"""The light behind a display, as far as the kernel lets it be switched."""

import logging
from pathlib import Path

log = logging.getLogger(__name__)

_FOLDER = Path("/sys/class/backlight")
_ON, _OFF = "0", "4"
"""As FB_BLANK_UNBLANK and FB_BLANK_POWERDOWN of linux/fb.h."""


class Backlight:
    """
    All lights behind displays that this machine has: the official touch display has one, most monitors none.

    One that may not be switched stays as it is, which is told once: the picture is black, but lit.

    Args:
        folder: Where the kernel tells of them.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._switches = sorted(folder.glob("*/bl_power"))
        self._told = False

    def light(self, *, on: bool) -> None:
        """Switch them on or off."""
        for switch in self._switches:
            try:
                switch.write_text(_ON if on else _OFF, encoding="ascii")
            except OSError as error:
                if not self._told:
                    log.warning("the light of the display stays on: %s: %s", switch, error.strerror)
                self._told = True
