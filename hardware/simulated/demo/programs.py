"""The programs behind the demo: started in the background, found again, stopped."""

import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Final

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.ports import answers

PATIENCE_S = 60.0
STOP_S = 15.0
"""How long programs may take to end that were asked to."""
STAND = "stand"
"""The program that has started all others of a virtual door."""
_BIN = Path(sys.executable).parent
_MARK: Final = "entrance-kiosk-demo"
_MARKED: Final = b"Everything in this folder is of `kiosk demo` and invented. The next demo deletes it.\n"
_OF_REAL_ONES: Final = ("COLLECTOR_", "KIOSK_", "PG", "NOTIFY_SOCKET", "WATCHDOG_", "LISTEN_")
"""Variables that begin so are read by services and by libpq."""


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


def own_environment() -> dict[str, str]:
    """
    The environment of all that a demo starts.

    Nothing in it leads to a real centre, box or database of this machine, or to the service manager.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith(_OF_REAL_ONES)}


def how_to_stop(folder: Path) -> str:
    """The command that stops the demo of a folder."""
    root = Path(__file__).parents[3]
    if folder == root / ".demo" == Path.cwd() / ".demo" and (root / "Makefile").is_file():
        return "make demo-stop"
    return f"kiosk demo --stop --folder {shlex.quote(str(folder))}"


class Background:
    """
    Programs that outlive the demo, remembered in a folder so that they can be stopped later.

    A folder is a demo's by a file of ours that lies in it; nothing else is ever emptied or written to.

    Args:
        folder: Where their logs and their list lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = folder / "running.json"
        self._mark = folder / _MARK
        self._lock: int | None = None
        self._running: dict[str, tuple[int, int]] = {}

    def claim(self) -> None:
        """
        Make the folder a demo's, and this process's as long as it lives or until `release()`.

        Raises:
            DemoFailed: If it is somebody else's, or cannot be made or written to.
        """
        if self._folder.is_symlink():
            raise DemoFailed(f"--folder {self._folder}: is a link; name the folder itself")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.is_known and any(one != self._mark for one in self._folder.iterdir()):
                raise DemoFailed(
                    f"--folder {self._folder}: holds something else than a demo; name another, or empty it"
                )
            self._folder.chmod(0o700)
            lock = os.open(self._mark, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.pwrite(lock, _MARKED, 0)
            except BaseException:
                os.close(lock)
                raise
        except BlockingIOError:
            raise DemoFailed(
                f"--folder {self._folder}: a demo runs there; name another, or: {how_to_stop(self._folder)}"
            ) from None
        except OSError as error:
            raise DemoFailed(f"--folder {self._folder}: {error.strerror}; name another") from error
        self._lock = lock

    def release(self) -> None:
        """Let another process claim the folder. Harmless when it is not this one's."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def clear(self) -> None:
        """
        Delete all that earlier demos left in the folder, which was claimed.

        Raises:
            DemoFailed: If something cannot be deleted.
        """
        assert self._lock is not None  # nobody else's folder is emptied
        try:
            for left in self._folder.iterdir():
                if left == self._mark:
                    continue
                if left.is_dir() and not left.is_symlink():
                    shutil.rmtree(left)
                else:
                    left.unlink()
        except OSError as error:
            raise DemoFailed(f"--folder {self._folder}: {error.filename}: {error.strerror}") from error

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a program, and remember it; what it says goes to `NAME.log`."""
        process = self.begin(name, *command)
        self.note(name, process.pid)
        return process

    def begin(self, name: str, *command: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
        """Start one that notes itself; its standard output goes elsewhere if so told."""
        with (self._folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log if stdout is None else stdout,
                stderr=log,
                start_new_session=True,
                env=own_environment(),
            )

    def note(self, name: str, pid: int) -> None:
        """
        Remember that a program runs under this number now.

        Raises:
            DemoFailed: If that cannot be written.
        """
        started = _started(pid)
        if started is None:
            return
        self._running[name] = pid, started
        unfinished = self._list.with_suffix(".new")
        try:
            unfinished.write_text(json.dumps(self._running))
            unfinished.replace(self._list)
        except OSError as error:
            raise DemoFailed(f"{self._list}: {error.strerror}") from error

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

    def runs(self, name: str) -> bool:
        """Whether a program of this name was noted here and still runs."""
        return name in self._listed()

    def stop_all(self) -> int:
        """
        Stop what an earlier demo left running; how many programs that were.

        The stand first: it stops all of its own, and begins again what somebody else stops.
        """
        running = self._listed()
        if STAND in running:
            _end([running[STAND]])
        # Listed anew: the stand may have begun something until it ended.
        _end(self._listed().values())
        if running:
            self._list.write_text("{}")
        return len(running)

    @property
    def is_known(self) -> bool:
        """Whether the folder is that of an earlier demo."""
        try:
            return not self._mark.is_symlink() and self._mark.read_bytes() == _MARKED
        except OSError:
            return False

    def _listed(self) -> dict[str, tuple[int, int]]:
        """Those that run, of those that were noted: each with its number, and when it began."""
        if not self.is_known:
            return {}
        try:
            listed = json.loads(self._list.read_text())
            noted = {name: (int(pid), int(started)) for name, (pid, started) in listed.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
        return {name: one for name, one in noted.items() if _runs(*one)}


def _end(programs: Collection[tuple[int, int]]) -> None:
    """End these, by force if they do not by themselves."""
    for one in programs:
        _signal(*one, signal.SIGTERM)
    end_s = time.monotonic() + STOP_S
    while any(_runs(*one) for one in programs) and time.monotonic() < end_s:
        Event().wait(0.05)
    for one in programs:
        _signal(*one, signal.SIGKILL)


def _signal(pid: int, started: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if _runs(pid, started):
            os.kill(pid, number)


def _runs(pid: int, started: int) -> bool:
    """Whether this number still belongs to the program that began then: numbers are used again."""
    return _started(pid) == started


def _started(pid: int) -> int | None:
    """When a program began, in ticks since the boot (proc_pid_stat(5), field 22); None once it has ended."""
    try:
        # Its name stands before that in brackets, and may hold any.
        state, *fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if state in "ZX" else int(fields[18])
