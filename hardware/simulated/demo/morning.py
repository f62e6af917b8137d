"""The story: five visitors come and go, one code is refused, the line is cut and restored."""

import json
import secrets
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import click

from hardware.simulated.codes import write_code
from hardware.simulated.demo.door import LINE_S, Door
from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.people import STRAY_CODE, VISITORS, Visitor
from hardware.simulated.demo.ports import free_port
from hardware.simulated.demo.programs import (
    PATIENCE_S,
    Background,
    how_to_stop,
    mosquitto,
    own,
    own_environment,
)
from hardware.simulated.demo.recording import Recording, morning_zone

MANAGER = "quanly"
PLACE = "Ủy ban nhân dân"
RESULT_S = 1.2
"""How long the story lets an answer stand before it goes on."""


class Morning:
    """
    One morning from opening to the page.

    Args:
        folder: Holds everything of the demo.
        background: Where programs are started.
        recording: Where its screens are kept, too; the place then lies where it is morning now. None for
            nowhere.
    """

    def __init__(self, folder: Path, background: Background, recording: Recording | None = None) -> None:
        self._folder = folder
        self._recording = recording
        self._zone = f"zone={morning_zone(datetime.now(UTC))}" if recording else ""
        self._background = background
        self._mqtt_port, self._web_port = free_port(), free_port()
        self._pictures: dict[str, Path] = {}

    def play(self) -> None:
        """
        Tell the whole story.

        Raises:
            DemoFailed: If any part of it does not come to pass.
        """
        for name in ("codes", "screens", "door", "broker", "collector"):
            (self._folder / name).mkdir()
        self._step("The road: Mosquitto on loopback")
        broker = self._open_line()
        self._step("The centre: database, first user, collector with its page")
        password = self._open_centre()
        self._step("The bridge, and the door")
        bridge = self._background.start("bridge", own("mqtt-bridge"), "run", *self._door_options())
        zone = (f"place.{self._zone}",) if self._zone else ()
        door = Door(self._folder / "door", self._folder / "screens", self._folder / "door.log", *zone)
        try:
            door.wait_for(LINE_S, state="waiting", signs=[])
            self._tell("open; the line is up")
            for visitor in VISITORS:
                self._visit(door, visitor)
            self._show(door, "Somebody holds up a payment code by mistake", STRAY_CODE)
            self._step("The line is cut: the broker is killed")
            broker.kill()
            broker.wait()
            self._wait_for(door, LINE_S, signs=["line_down"])
            self._tell("the door says so, and goes on")
            for visitor in VISITORS[:2]:
                self._visit(door, visitor)
            if self._recording:
                door.wait_for(state="waiting")
            self._tell(f"{self._counts()['waiting']} visits wait in the journal")
            self._step("The line is restored")
            self._open_line()
            self._wait_for(door, LINE_S, signs=[])
            self._until(lambda: self._counts()["stored"] == self._counts()["total"])
            self._tell("everything that waited is at the centre")
            for visitor in VISITORS[2:]:
                self._visit(door, visitor)
            self._until(lambda: self._counts()["stored"] == self._counts()["total"])
            door.close()
        finally:
            door.kill()
            bridge.terminate()
            bridge.wait(PATIENCE_S)
        self._close(password, door.told)

    def _open_line(self) -> subprocess.Popen[bytes]:
        config = self._folder / "broker" / "mosquitto.conf"
        config.write_text(
            f"listener {self._mqtt_port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
            f"persistence true\npersistence_location {config.parent}/\n"
        )
        broker = self._background.start("broker", mosquitto(), "-c", str(config))
        self._background.until("broker", broker, self._mqtt_port)
        self._tell(f"listens on 127.0.0.1:{self._mqtt_port}")
        return broker

    def _open_centre(self) -> str:
        data = ("--data", str(self._folder / "collector"))
        password = secrets.token_urlsafe(9)
        enrol = ("enrol", "kiosk-1", "--place", PLACE, "--folder", str(self._folder / "door" / "credentials"))
        manager = ("user", "add", MANAGER, "--role", "manager", "--password-stdin")
        place = (("place", "set", PLACE, "--new", self._zone),) if self._zone else ()
        for command in (("migrate",), manager, *place, enrol):
            done = subprocess.run(
                [own("collector"), *command, *data],
                check=False,
                capture_output=True,
                text=True,
                input=password + "\n",
                env=own_environment(),
            )
            if done.returncode:
                raise DemoFailed(f"collector {command[0]}: {done.stderr.strip()}")
        ports = ("--mqtt-port", str(self._mqtt_port), "--web-port", str(self._web_port))
        # A newcomer has a password only; a real centre asks for a second factor.
        serve = ("serve", *data, *ports, "--no-second-factor")
        centre = self._background.start("collector", own("collector"), *serve)
        self._background.until("collector", centre, self._web_port)
        self._tell(f"its page is at http://127.0.0.1:{self._web_port}/")
        return password

    def _wait_for(self, door: Door, patience_s: float, **wanted: object) -> None:
        """Wait for a change; for a recording the door is at rest then, which takes some seconds more."""
        if self._recording:
            wanted["state"] = "waiting"
        door.wait_for(patience_s, **wanted)

    def _visit(self, door: Door, visitor: Visitor) -> None:
        if visitor.code:
            self._show(door, visitor.who, visitor.code)
        else:
            self._say(visitor.who, door.key(f"{visitor.number}#"))

    def _show(self, door: Door, who: str, code: str) -> None:
        if code not in self._pictures:
            self._pictures[code] = self._folder / "codes" / f"{len(self._pictures) + 1}.png"
            write_code(code, self._pictures[code])
        self._say(who, door.show(self._pictures[code]))

    def _say(self, who: str, answer: dict[str, Any]) -> None:
        way = f" ({answer['direction']})" if answer["direction"] else ""
        self._tell(f"{who}: {answer['reason']}{way}, lamp {answer['lamp']}, sound {answer['cue']}")
        Event().wait(RESULT_S)

    def _counts(self) -> dict[str, int]:
        command = [own("kiosk"), "journal", "--json", "--simulated", "--data", str(self._folder / "door")]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=own_environment())
        counts: dict[str, int] = json.loads(done.stdout)
        return counts

    def _until(self, true: Callable[[], bool]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not true():
            if time.monotonic() > end_s:
                raise DemoFailed(f"the visits did not reach the centre; look into {self._folder}/*.log")

    def _door_options(self) -> tuple[str, ...]:
        return (
            "--simulated",
            "--data",
            str(self._folder / "door"),
            f"--set=mqtt.port={self._mqtt_port}",
        )

    def _close(self, password: str, told: list[dict[str, Any]]) -> None:
        screens = sorted((self._folder / "screens").glob("*.png"))
        total = self._counts()["total"]
        self._step(f"The morning is over: {total} visits, all of them at the centre")
        click.echo(f"   page       http://127.0.0.1:{self._web_port}/   user {MANAGER}   password {password}")
        click.echo(f"   screens    {len(screens)} pictures in {self._folder / 'screens'}")
        if self._recording:
            click.echo(f"   recording  {self._recording.keep(self._folder / 'screens', told)}")
        click.echo(f"   to stop    {how_to_stop(self._folder)}")

    def _step(self, text: str) -> None:
        click.secho(f"\n{text}", bold=True)

    def _tell(self, text: str) -> None:
        click.echo(f"   {text}")
