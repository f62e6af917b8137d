"""The services of a lone office: told how to find each other, and started."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from collector.broker.shelf import CONFIGURATION, Shelf
from collector.errors import CollectorError
from collector.office.steps import Step
from collector.whole import write_whole

ENVIRONMENT = Path("/etc/entrance-kiosk/collector.env")
BROKER_UNIT = Path("/etc/systemd/system/mosquitto.service.d/entrance-kiosk.conf")
CENTRE = ("mosquitto.service", "collector.service")
TIMERS = ("collector-retain.timer", "collector-backup.timer")
BOX = ("kiosk.service", "mqtt-bridge.service")
_START_S = 180.0


class ServicesFailed(CollectorError, RuntimeError):
    """The services of an office do not start."""


@dataclass(frozen=True, slots=True)
class Services:
    """
    The units of this machine.

    Attributes:
        data: The centre's data folder.
        settings: What the centre's service is told, by the names in the environment.
        root: Where the system's files are; another folder than `/` for tests.
    """

    data: Path
    settings: dict[str, str]
    root: Path = Path("/")

    def files(self) -> list[Step]:
        """The files that tell the services of each other."""
        return [
            Step("settings", str(ENVIRONMENT), self._has_settings, self._write_settings),
            Step("unit", str(BROKER_UNIT), self._has_unit, self._write_unit),
        ]

    def start(self) -> Step:
        """Starts them all, whether they run or not: that alone proves that they do."""
        names = ", ".join(unit.removesuffix(".service") for unit in (*CENTRE, *BOX))
        return Step("services", f"{names}: enabled and started", lambda: False, self._start)

    def _has_settings(self) -> bool:
        return self._merged() == self._read(ENVIRONMENT)

    def _write_settings(self) -> str:
        """Root's, to be read by the centre's group."""
        group = self.data.stat().st_gid if self.data.exists() else 0
        self._write(ENVIRONMENT, self._merged(), 0o640)
        if os.geteuid() == 0:
            os.chown(self._path(ENVIRONMENT), 0, group)
        return ""

    def _merged(self) -> str:
        """What stands there already, but for what we have to say."""
        kept = [
            line
            for line in self._read(ENVIRONMENT).splitlines()
            if line.partition("=")[0] not in self.settings
        ]
        return "\n".join([*kept, *(f"{name}={value}" for name, value in self.settings.items())]) + "\n"

    def _has_unit(self) -> bool:
        return self._unit() == self._read(BROKER_UNIT)

    def _write_unit(self) -> str:
        self._write(BROKER_UNIT, self._unit(), 0o644)
        return ""

    def _unit(self) -> str:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        command = f"{program} -c {Shelf(self.data).path(CONFIGURATION)}"
        lines = ("# Written by `collector office`.", "[Service]", "LimitNOFILE=65536", "ExecStart=")
        return "\n".join((*lines, f"ExecStart={command}", ""))

    def _start(self) -> str:
        self._call("daemon-reload")
        self._call("enable", "--quiet", *CENTRE, *TIMERS, *BOX)
        self._call("start", *TIMERS)
        for unit in (*CENTRE, *BOX):
            self._call("restart", unit)
        return ""

    def _call(self, *arguments: str) -> None:
        program = shutil.which("systemctl") or "/usr/bin/systemctl"
        try:
            ended = subprocess.run(
                [program, *arguments], capture_output=True, text=True, timeout=_START_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ServicesFailed(
                f"systemctl {' '.join(arguments)}: {error}; see `systemctl --failed`"
            ) from error
        if ended.returncode != 0:
            unit = arguments[-1]
            why = ended.stderr.strip().partition("\n")[0]
            raise ServicesFailed(f"systemctl {' '.join(arguments)}: {why}; `journalctl -u {unit}` says more")

    def _path(self, file: Path) -> Path:
        return self.root / file.relative_to("/")

    def _read(self, file: Path) -> str:
        try:
            return self._path(file).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _write(self, file: Path, text: str, mode: int) -> None:
        path = self._path(file)
        try:
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            write_whole(path, text.encode(), mode=mode)
        except OSError as error:
            raise ServicesFailed(
                f"file {path}: {(error.strerror or str(error)).lower()}; run this as root"
            ) from error
