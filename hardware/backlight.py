"""The light behind a display, as far as the kernel lets it be switched."""

from pathlib import Path

_FOLDER = Path("/sys/class/backlight")
_ON, _OFF = "0", "4"
"""As FB_BLANK_UNBLANK and FB_BLANK_POWERDOWN of linux/fb.h."""


class Backlight:
    """
    All lights behind displays that this machine has: the official touch display has one, most monitors none.

    One that may not be switched stays as it is: a black picture is dark enough for those.

    Args:
        folder: Where the kernel tells of them.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._switches = sorted(folder.glob("*/bl_power"))

    def light(self, *, on: bool) -> None:
        """Switch them on or off."""
        for switch in self._switches:
            try:
                switch.write_text(_ON if on else _OFF, encoding="ascii")
            except OSError:
                continue
