"""TCP ports on loopback for the programs that tests start."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

RANGE = range(20_000, 32_000)
"""Below those that Linux gives to whoever asks for any (ip_local_port_range): no client can sit there."""
_FOLDER = Path(tempfile.gettempdir()) / "entrance-kiosk-ports"
_held = []


def free_port() -> int:
    """A port that nobody uses, and that no other process of the tests is given while this one lives."""
    _FOLDER.mkdir(exist_ok=True)
    for port in random.SystemRandom().sample(RANGE, len(RANGE)):
        lock = os.open(_FOLDER / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            os.close(lock)
            continue
        _held.append(lock)
        return port
    raise AssertionError(f"no port from {RANGE.start} to {RANGE.stop} is free")
