"""Programs that are started anew whenever they end, as systemd does on a box."""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from tests.programs import PATIENCE_S

RESTART_S = 0.3
"""systemd waits three seconds; a shorter pause makes room for more faults."""
KILLED = -signal.SIGKILL


class Life:
    """
    One process, from its start to its end.

    Attributes:
        lines: What it says on standard output, line by line; None at its end.
    """

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self.lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._log = log
        with log.with_suffix(".err").open("ab") as errors:
            self.process = subprocess.Popen(
                command,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                # So that what it may have started ends with it.
                start_new_session=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def say(self, line: str) -> None:
        """
        Give it a line.

        Raises:
            BrokenPipeError: If it has ended.
        """
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except ValueError as closed:
            raise BrokenPipeError(f"{self._log.name} has ended") from closed

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens when it has ended."""
        self.process.send_signal(number)

    def wait(self) -> int:
        """Wait until it has ended and all it said is read; its exit code."""
        code = self.process.wait()
        self._reader.join()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        return code

    def _read(self) -> None:
        with self._log.with_suffix(".out").open("ab") as kept, self.process.stdout as said:
            for line in said:
                kept.write(line)
                kept.flush()
                self.lines.put(line.decode())
        self.lines.put(None)


class Kept:
    """
    A program that is started anew whenever it ends, until `stop()`.

    Args:
        name: Its name in logs and evidence.
        command: What to start.
        logs: Where what it says is kept.
        env: Beside the environment of the tests.

    Attributes:
        ends: Exit codes of those lives that ended unasked.
        kills: How many lives ended by SIGKILL.
        stopped_with: Its exit code at `stop()`; None before, and when it was not alive then.
    """

    def __init__(self, name: str, command: list[str | Path], logs: Path, **env: str) -> None:
        self.name = name
        self.ends: list[int] = []
        self.kills = 0
        self.stopped_with: int | None = None
        self._command = [str(part) for part in command]
        self._env = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1", **env}
        self._log = logs / name
        self._changed = threading.Condition()
        self._life: Life | None = None
        self._last: Life | None = None
        self._holds = 0
        self._closing = False
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of {name}", daemon=True)

    def start(self) -> None:
        """Start it for the first time."""
        self._keeper.start()

    def life(self, after: Life | None = None) -> Life | None:
        """The process that lives now, or as soon as there is another; None when it was stopped for good."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._life not in {None, after})
            return None if self._closing else self._life

    def kill(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """End it as a power cut does, do something while it is dead, and let it live again."""
        with self._changed:
            self._holds += 1
            if self._life is not None:
                self._life.signal(signal.SIGKILL)
            self._changed.wait_for(lambda: self._life is None)
        try:
            meanwhile()
        finally:
            with self._changed:
                self._holds -= 1
                self._changed.notify_all()

    def freeze(self, meanwhile: Callable[[], object]) -> None:
        """Stop it in the middle of whatever it does, and let it go on after a while."""
        life = self._life
        if life is None:
            return
        life.signal(signal.SIGSTOP)
        try:
            meanwhile()
        finally:
            life.signal(signal.SIGCONT)

    def ask_to_end(self) -> None:
        """Ask it to end, for good, and do not wait."""
        with self._changed:
            if self._closing:
                return
            self._closing = True
            self._changed.notify_all()
            self._last = self._life
        if self._last is not None:
            self._last.signal(signal.SIGTERM)
            self._last.signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ask it to end, for good, and wait until it has."""
        self.ask_to_end()
        if self._last is not None:
            try:
                self.stopped_with = self._last.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                # Let it say where it stands before it goes.
                self._last.signal(signal.SIGABRT)
                self.stopped_with = self._last.process.wait()
        if self._keeper.is_alive():
            self._keeper.join(PATIENCE_S)

    def _keep(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or not self._holds)
                if self._closing:
                    return
                life = Life(self._command, self._env, self._log)
                self._life = life
                self._changed.notify_all()
            code = life.wait()
            with self._changed:
                self._life = None
                if code == KILLED:
                    self.kills += 1
                elif not self._closing:
                    self.ends.append(code)
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._closing, RESTART_S)
