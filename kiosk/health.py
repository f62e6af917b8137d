"""What the service manager is told: ready, alive, and a line of status (sd_notify(3))."""

import logging
import os
import socket
import time

log = logging.getLogger(__name__)

BEAT_S = 1.0
"""The watchdog is fed no more often than this."""


class Health:
    """
    The notification socket of systemd; silent where there is none.

    Main thread only.

    Args:
        address: The socket's path, or `@name` for an abstract one; None for nobody listening.
    """

    def __init__(self, address: str | None) -> None:
        self._address = address.replace("@", "\0", 1) if address and address.startswith("@") else address
        self._told = ""
        self._beat_due_s = 0.0

    @classmethod
    def from_environment(cls) -> "Health":
        """The socket that systemd named to this process."""
        return cls(os.environ.get("NOTIFY_SOCKET"))

    def ready(self) -> None:
        """The service works: systemd may start what waits for it."""
        self._send("READY=1")

    def alive(self) -> None:
        """The service turned once more: feed the watchdog."""
        now_s = time.monotonic()
        if now_s >= self._beat_due_s:
            self._beat_due_s = now_s + BEAT_S
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The service is on its way out."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; told on change only."""
        if text != self._told:
            self._told = text
            self._send(f"STATUS={text}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.sendto(message.encode(), self._address)
        except OSError as error:
            # A service manager that does not listen, or not to us, must not close the door.
            log.warning("service manager at %s: %s; it is told nothing more", self._address, error.strerror)
            self._address = None
