"""The programs behind the demo: started in the background, found again, stopped."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

from kiosk.errors import KioskError

PATIENCE_S = 60.0
_BIN = Path(sys.executable).parent


class DemoFailed(KioskError, RuntimeError):
    """The demo could not go on; the message says what to look at."""


def free_port() -> int:
    """A TCP port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Whether something listens on this port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def own(name: str) -> str:
    """One of the project's own commands, from the environment that runs this."""
    return str(_BIN / name)


def mosquitto() -> str:
    """
    The broker's program.

    Raises:
        DemoFailed: If it is not installed.
    """
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise DemoFailed("mosquitto: not installed; install it: apt install mosquitto")
    return found


class Background:
    """
    Programs that outlive the demo, remembered in a folder so that they can be stopped later.

    Args:
        folder: Where their logs and their list lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = folder / "running.json"
        self._running: dict[str, int] = {}

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a program; what it says goes to `NAME.log`."""
        with (self._folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._running[name] = process.pid
        self._list.write_text(json.dumps(self._running))
        return process

    def until(self, name: str, process: subprocess.Popen[bytes], port: int) -> None:
        """
        Wait until a program listens on its port.

        Raises:
            DemoFailed: If it ended, or does not listen in time.
        """
        end_s = time.monotonic() + PATIENCE_S
        pause = Event()
        while not answers(port):
            if process.poll() is not None or time.monotonic() > end_s:
                raise DemoFailed(f"{name} did not start; look into {self._folder / name}.log")
            pause.wait(0.05)

    def stop_all(self) -> int:
        """Stop what an earlier demo left running; how many programs that were."""
        try:
            listed = json.loads(self._list.read_text())
        except (OSError, ValueError):
            return 0
        stopped = [pid for pid in listed.values() if self._is_ours(pid)]
        for pid in stopped:
            os.kill(pid, signal.SIGTERM)
        end_s = time.monotonic() + 10
        while any(map(self._is_ours, stopped)) and time.monotonic() < end_s:
            Event().wait(0.05)
        for pid in filter(self._is_ours, stopped):
            os.kill(pid, signal.SIGKILL)
        self._list.unlink()
        return len(stopped)

    def _is_ours(self, pid: int) -> bool:
        """Whether this number still belongs to a program of this demo: numbers are used again."""
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return str(self._folder).encode() in command
