"""How much a program of the box logs: as it began, or for a while as the centre has asked."""

import logging

OWN = ("kiosk", "hardware", "mqtt_bridge")
"""Whose log it is about. Libraries stay as they are: nobody knows what they would tell."""

log = logging.getLogger(__name__)


class Verbosity:
    """Changes how much is logged, and changes it back. Belongs to one thread."""

    def __init__(self) -> None:
        self._until_s: float | None = None

    def change(self, level: str, for_s: float, now_s: float) -> None:
        """
        Log from this level on, for so long; what was asked for before is over.

        Args:
            level: `debug`, `info` or `warning`.
            for_s: How many seconds.
            now_s: The present, on the clock that never jumps.
        """
        self._until_s = now_s + for_s
        log.warning("logging from %s on, for %.0f minutes", level, for_s / 60)
        _set(logging.getLevelName(level.upper()))

    def turn(self, now_s: float) -> None:
        """Some time has passed: log as before when the while is over."""
        if self._until_s is not None and now_s >= self._until_s:
            self._until_s = None
            _set(logging.NOTSET)
            log.warning("logging as before")


def _set(level: int) -> None:
    for name in OWN:
        logging.getLogger(name).setLevel(level)
