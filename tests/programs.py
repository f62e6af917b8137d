"""Real programs that tests start on loopback, and stop whatever happens: Mosquitto, bridge, collector, door."""

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mqtt_bridge.topics import Channel
from tests.contract import UP, Watch
from tests.ports import free_port

BIN = Path(sys.executable).parent
PATIENCE_S = 30.0


def eventually(true: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so, looking often; fails when it is not so in time."""
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, "did not come to pass in time"
        threading.Event().wait(0.02)


class Program:
    """A process with its output kept."""

    def __init__(
        self, *command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> None:
        self.command = [str(part) for part in command]
        self._cwd, self._env = cwd, {**os.environ, "PYTHONFAULTHANDLER": "1", **(env or {})}
        self.lines: queue.Queue[str] = queue.Queue()
        self.errors: list[str] = []
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=self._cwd,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._readers = [
            threading.Thread(target=_drain, args=(stream, keep), daemon=True)
            for stream, keep in (
                (self.process.stdout, self.lines.put),
                (self.process.stderr, self.errors.append),
            )
        ]
        for reader in self._readers:
            reader.start()

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> int:
        """Ask it to end, and wait; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self._end()
        except subprocess.TimeoutExpired:
            # Let it say where it stands before it goes.
            self.process.send_signal(signal.SIGABRT)
            self._end()
            raise AssertionError("did not stop:\n" + "\n".join(self.errors[-80:])) from None

    def _end(self) -> int:
        code = self.process.wait(PATIENCE_S)
        for reader in self._readers:
            reader.join(PATIENCE_S)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        return code


def _drain(stream, keep) -> None:
    with stream:
        for line in stream:
            keep(line.rstrip("\n"))


class Broker(Program):
    """
    A Mosquitto on a free port, with its persistence as Debian ships it.

    Args:
        folder: Where it keeps what it keeps.
        extra: Further lines of its settings.
        watched: On which channels all that is said must be of the contract; none for none.
    """

    def __init__(self, folder: Path, extra: str = "", watched: tuple[Channel, ...] = UP) -> None:
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
            f"persistence true\npersistence_location {folder}/\nmax_queued_messages 100000\nuser root\n{extra}"
        )
        found = Path("/usr/sbin/mosquitto")
        self._watch: Watch | None = None
        super().__init__(found if found.exists() else "mosquitto", "-c", config)
        self._watch = Watch(self.port, watched) if watched else None

    def start(self) -> None:
        super().start()
        eventually(self._answers)

    def stop(self) -> int:
        """Ask it to end; what boxes said through it must have been of the contract."""
        code = super().stop()
        if self._watch is not None:
            watch, self._watch = self._watch, None
            watch.end()
        return code

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.errors
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Bridge(Program):
    """The real `mqtt-bridge run` on a journal; of no box that waits for a set-up code, unless told so."""

    def __init__(self, data: Path, port: int, *settings: str, debug: bool = False) -> None:
        extra = [f"--set={setting}" for setting in ("kiosk.sets_up=false", *settings)]
        command = (*_command("mqtt-bridge", debug), "run", "--data", data, f"--set=mqtt.port={port}")
        super().__init__(*command, *extra)


class Door(Program):
    """The real `kiosk run --simulated`, driven by lines."""

    def __init__(self, data: Path, *arguments: str | Path, debug: bool = False, **more) -> None:
        command = (*_command("kiosk", debug), "run", "--simulated", "--data", data)
        super().__init__(*command, *arguments, **more)

    def say(self, *lines: str) -> None:
        """Give it lines of its script."""
        for line in lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def next(self, **wanted: object) -> dict:
        """The next line in which all this is so; the lines before it are passed over."""
        seen = []
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                line = json.loads(self.lines.get(timeout=max(0.01, end - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"no line with {wanted}; saw {seen}, {self.errors}") from None
            if all(line.get(key) == value for key, value in wanted.items()):
                return line
            seen.append(line)


class Collector(Program):
    """The real `collector serve`, or another of its commands."""

    def __init__(self, data: Path, port: int, *command: str, debug: bool = False, **more) -> None:
        program = _command("collector", debug)
        super().__init__(*program, *command, "--data", data, "--mqtt-port", str(port), **more)


def _command(name: str, debug: bool) -> tuple[str | Path, ...]:
    return (BIN / name, "--debug") if debug else (BIN / name,)


def collected(data: Path, *arguments: str) -> dict:
    """What `collector visits --json` says of a data folder."""
    done = subprocess.run(
        [BIN / "collector", "visits", "--json", "--data", data, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
