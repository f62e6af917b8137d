"""The house under faults: doors with their bridges, one broker, one centre, each a real process, each line a proxy."""

import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.faults.crowd import SAME_CODE_S
from tests.faults.databases import Database
from tests.faults.disk import Disk
from tests.faults.keeping import Kept
from tests.faults.ports import steady_port
from tests.faults.proxy import Proxy
from tests.programs import BIN

PLACE = "Ủy ban nhân dân phường Chiềng An"
LIBRARY = "libfaketime.so.1"
KEEP_DAYS = 3650
"""Clocks jump by years: nothing may be forgotten because of that before it was looked at."""


@dataclass(frozen=True)
class Box:
    """
    A door with its bridge, on a small disk of its own.

    Attributes:
        name: The kiosk's name.
        disk: Where its data lies.
        door: `kiosk run --simulated`.
        bridge: `mqtt-bridge run`.
        line: Between its bridge and the broker.
        clock: The wall clock of both.
    """

    name: str
    disk: Disk
    door: Kept
    bridge: Kept
    line: Proxy
    clock: "Clock"

    def start(self) -> None:
        self.door.start()
        self.bridge.start()


class Clock:
    """A wall clock that can be turned (libfaketime), and the flag that a time service touches when it has set it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.flag = folder / "synchronized"
        self._file = folder / "offset"
        self._numbers = count(1)
        self.turn(0, told=False)

    def turn(self, offset_s: int, *, told: bool) -> None:
        """Set it so far from the true time; `told` is whether a time service says that it did that."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{offset_s:+d}")
        draft.replace(self._file)
        if told:
            self.flag.touch()
            stamp = next(self._numbers) * 1_000_000_000
            os.utime(self.flag, ns=(stamp, stamp))

    def environment(self) -> dict[str, str]:
        """What makes a process live by this clock; its monotonic clock stays true."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Its remedy for old C libraries makes timed waits of new ones spin.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }


class House:
    """
    All of it, in one folder.

    Args:
        folder: Where everything lies; nothing but `close()` removes anything of it.
        database: Where the centre stores.
        doors: How many.
    """

    def __init__(self, folder: Path, database: Database, doors: int) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.centre_data = folder / "centre"
        self.database = database
        self.logs.mkdir(parents=True)
        self.broker_port = steady_port()
        self.broker_data = folder / "broker"
        self.broker = Kept("broker", [_mosquitto(), "-c", self._broker_settings()], self.logs)
        with contextlib.ExitStack() as made:
            made.callback(database.close)
            self.centre_line = Proxy(self.broker_port)
            made.callback(self.centre_line.close)
            self.centre = self._centre()
            self.boxes = [self._box(f"cua-{number}", made) for number in range(1, doors + 1)]
            self._made = made.pop_all()

    def start(self) -> None:
        """Start all. Nobody waits for anybody: a door serves without a line, and the centre without a broker."""
        self.broker.start()
        self.centre.start()
        for box in self.boxes:
            box.start()

    def wipe_broker(self) -> None:
        """Take away whatever the broker has kept."""
        for file in self.broker_data.glob("*.db*"):
            file.unlink()

    @property
    def lines(self) -> list[Proxy]:
        """All lines to the broker."""
        return [self.centre_line, *(box.line for box in self.boxes)]

    @property
    def programs(self) -> list[Kept]:
        """All programs, those first that others wait for at the end."""
        doors = [program for box in self.boxes for program in (box.door, box.bridge)]
        return [*doors, self.centre, self.broker]

    def stop(self) -> None:
        """End all programs: the boxes' first, so that they can say goodbye."""
        for box in self.boxes:
            box.door.ask_to_end()
            box.bridge.ask_to_end()
        for program in self.programs:
            program.stop()

    def close(self) -> None:
        """Give back disks and database; the rest of the folder stays, with a copy of what was on the disks."""
        self._made.close()

    def _broker_settings(self) -> Path:
        self.broker_data.mkdir()
        settings = self.folder / "mosquitto.conf"
        settings.write_text(
            f"listener {self.broker_port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\npersistence true\n"
            f"persistence_location {self.broker_data}/\nmax_queued_messages 100000\nuser root\n"
        )
        return settings

    def _centre(self) -> Kept:
        command = [BIN / "collector", "serve", "--data", self.centre_data]
        command += ["--mqtt-port", str(self.centre_line.port), "--web-port", "0"]
        return Kept("centre", command, self.logs, **self.database.environment())

    def _box(self, name: str, made: contextlib.ExitStack) -> Box:
        disk = Disk(self.folder / name)
        made.callback(disk.close)
        line = Proxy(self.broker_port)
        made.callback(line.close)
        clock = Clock(self.folder / f"{name}-clock")
        enrolled = subprocess.run(
            [
                *(BIN / "collector", "enrol", name, "--place", PLACE),
                *("--folder", disk.folder / "credentials", "--data", self.centre_data),
            ],
            env={**os.environ, **self.database.environment()},
            check=False,
            capture_output=True,
            text=True,
        )
        assert enrolled.returncode == 0, enrolled.stderr
        settings = {
            "kiosk.name": name,
            "place.name": PLACE,
            "mqtt.port": line.port,
            "door.result_s": 0.05,
            "door.same_code_s": SAME_CODE_S,
            "data.keep_days": KEEP_DAYS,
            "clock.flag": clock.flag,
            "screen.width_px": 480,
            "screen.height_px": 480,
        }
        shared = [
            "--simulated",
            "--data",
            disk.folder,
            *(f"--set={key}={value}" for key, value in settings.items()),
        ]
        environment = {**clock.environment(), "SDL_VIDEODRIVER": "dummy"}
        door = Kept(f"{name}-door", [BIN / "kiosk", "run", *shared], self.logs, **environment)
        bridge = Kept(f"{name}-bridge", [BIN / "mqtt-bridge", "run", *shared], self.logs, **environment)
        return Box(name, disk, door, bridge, line, clock)


def _mosquitto() -> Path:
    found = Path("/usr/sbin/mosquitto")
    return found if found.exists() else Path(shutil.which("mosquitto") or "mosquitto")


def _library() -> Path:
    """The library that turns the clock of one process (https://github.com/wolfcw/libfaketime)."""
    found = [path for path in Path("/usr/lib").glob(f"*/faketime/{LIBRARY}") if path.is_file()]
    assert found, f"{LIBRARY} is missing: apt-get install faketime"
    return found[0]
