"""What the service manager is told (sd_notify(3)); silent where there is none."""

import os
import socket
from contextlib import suppress


def ready() -> None:
    """The service works: systemd may start what waits for it."""
    _send(b"READY=1")


def stopping() -> None:
    """The service is on its way out."""
    _send(b"STOPPING=1")


def _send(message: bytes) -> None:
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    # A service manager that does not listen must not close the centre.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(message, address.replace("@", "\0", 1) if address.startswith("@") else address)
