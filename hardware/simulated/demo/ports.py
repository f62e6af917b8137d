"""TCP ports on loopback for the programs of a demo."""

import socket
from typing import Final

from hardware.simulated.demo.failing import DemoFailed

_PORTS: Final = 100
"""So many are tried."""
_END: Final = 1 << 16


def bound(port: int) -> socket.socket:
    """
    A socket that has this TCP port of loopback, and does not listen.

    Args:
        port: Which one; 0 for any.

    Raises:
        OSError: If it is taken.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(("127.0.0.1", port))
    except OSError:
        held.close()
        raise
    return held


def held_port(first: int = 0) -> socket.socket:
    """
    A TCP port on loopback that nobody uses now, and that nobody else is given while the socket is held.

    It does not listen: a program that is told the port can (socket(7), SO_REUSEADDR).

    Args:
        first: The lowest that will do; 0 for any.

    Raises:
        DemoFailed: If none is free from there on.
    """
    for port in range(first, min(first + _PORTS, _END) if first else 1):
        try:
            return bound(port)
        except OSError:
            continue
    raise DemoFailed(f"no TCP port from {first} on is free; name another with --port")


def free_port(first: int = 0) -> int:
    """
    A TCP port on loopback that nobody uses now.

    Args:
        first: The lowest that will do; 0 for any.

    Raises:
        DemoFailed: If none is free from there on.
    """
    with held_port(first) as held:
        free: int = held.getsockname()[1]
        return free


def answers(port: int) -> bool:
    """Whether something listens on this port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
