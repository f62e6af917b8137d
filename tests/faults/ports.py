"""Ports for servers that are killed and come back: nobody else may get one while they are dead."""

import random
import socket
from pathlib import Path

_LOWEST = 15000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def steady_port() -> int:
    """A free TCP port on loopback, below those that the kernel gives to whoever just wants any (ip(7))."""
    highest = max(int(_RANGE.read_text().split()[0]), _LOWEST + 1000)
    while True:
        port = random.SystemRandom().randrange(_LOWEST, highest)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
