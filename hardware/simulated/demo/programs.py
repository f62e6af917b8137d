"""The programs behind the demo: started in the background, found again, stopped."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event

from kiosk.errors import KioskError

PATIENCE_S = 60.0
STOP_S = 15.0
"""How long programs may take to end that were asked to."""
STAND = "stand"
"""The program that has started all others of a virtual door."""
_BIN = Path(sys.executable).parent
_PORTS = 100
"""So many are tried."""


class DemoFailed(KioskError, RuntimeError):
    """The demo could not go on; the message says what to look at."""


def free_port(first: int = 0) -> int:
    """
    A TCP port on loopback that nobody uses now.

    Args:
        first: The lowest that will do; 0 for any.

    Raises:
        DemoFailed: If none is free from there on.
    """
    for port in range(first, first + _PORTS if first else 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            free: int = probe.getsockname()[1]
            return free
    raise DemoFailed(f"no TCP port from {first} on is free; name another with --port")


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

    def start(self, name: str, *command: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
        """Start a program; what it says goes to `NAME.log`, its standard output elsewhere if so told."""
        with (self._folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log if stdout is None else stdout,
                stderr=log,
                start_new_session=True,
            )
        self.note(name, process.pid)
        return process

    def note(self, name: str, pid: int) -> None:
        """Remember that a program runs under this number now."""
        self._running[name] = pid
        unfinished = self._list.with_suffix(".new")
        unfinished.write_text(json.dumps(self._running))
        unfinished.replace(self._list)

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
        """
        Stop what an earlier demo left running; how many programs that were.

        The stand first: it stops all of its own, and begins again what somebody else stops.
        """
        stopped = self._end({name: pid for name, pid in self._listed().items() if name == STAND})
        stopped |= self._end(self._listed())
        if self.is_known:
            self._list.write_text("{}")
        return len(stopped)

    @property
    def is_known(self) -> bool:
        """Whether the folder is that of an earlier demo."""
        return self._list.is_file()

    def _listed(self) -> dict[str, int]:
        """Those that run, of those that were noted."""
        try:
            listed: dict[str, int] = json.loads(self._list.read_text())
        except (OSError, ValueError):
            return {}
        return {name: pid for name, pid in listed.items() if self._is_ours(pid)}

    def _end(self, programs: dict[str, int]) -> set[str]:
        """End these, by force if they do not by themselves; their names, and those of what they ended."""
        ended = set(self._listed()) if programs else set()
        for pid in programs.values():
            self._signal(pid, signal.SIGTERM)
        end_s = time.monotonic() + STOP_S
        while any(map(self._is_ours, programs.values())) and time.monotonic() < end_s:
            Event().wait(0.05)
        for pid in filter(self._is_ours, programs.values()):
            self._signal(pid, signal.SIGKILL)
        return ended

    def _signal(self, pid: int, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    def _is_ours(self, pid: int) -> bool:
        """Whether this number still belongs to a program of this demo: numbers are used again."""
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return str(self._folder).encode() in command
