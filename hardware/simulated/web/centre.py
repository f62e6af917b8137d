"""The centre of the virtual door: broker, collector and what they know, made by the centre's own commands."""

import asyncio
import secrets
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Final

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.ports import held_port
from hardware.simulated.demo.programs import PATIENCE_S, Background, mosquitto, own, own_environment
from hardware.simulated.web.relay import Relay
from hardware.simulated.web.unit import Unit

PLACE: Final = "UBND phường Chiềng An"
DOOR: Final = "Cửa chính"
KIOSK: Final = "ubnd-phuong-chieng-an-1"
MANAGER: Final = "quanly"
GUARD: Final = "Lò Thử"
GUARD_PIN: Final = "482915"
"""Keyed in by whoever plays the guard; it opens no other door."""
_TECHNICIAN: Final = "kythuat"
_READY: Final = "collector ready"
_CODE_MINUTES: Final = "1440"


class Centre:
    """
    Broker and collector with their place, as a province runs them, and the line by which boxes reach both.

    Args:
        folder: Holds everything of the virtual door.
        background: Where the numbers of programs are noted.
        page_port: Where the virtual door's page is served: it may frame the centre's.

    Attributes:
        port: Where the centre's page is served.
        language_cookie: Its cookie that says in which language.

    Raises:
        DemoFailed: If no TCP port is free, or Mosquitto is not installed.
    """

    def __init__(self, folder: Path, background: Background, *, page_port: int) -> None:
        # Held for as long as this lives, so that nobody else is given them before the programs listen.
        self._held = held_port(page_port + 1), held_port(), held_port()
        self.port, self._broker_port, self._enrolment_port = (one.getsockname()[1] for one in self._held)
        # Browsers do not keep apart the cookies of two centres of one machine; a real one may be open, too.
        self.language_cookie = f"django_language_{self.port}"
        self.password = secrets.token_urlsafe(9)
        self._folder = folder
        self._data = folder / "centre"
        self._line = Relay(self._broker_port), Relay(self._enrolment_port)
        self._to_broker, self._to_enrolment = (
            f"localhost:{self._line[0].port}",
            f"127.0.0.1:{self._line[1].port}",
        )
        self._ready = asyncio.Event()
        self.broker = Unit(
            "broker", (mosquitto(), "-c", str(self._data / "broker" / "mosquitto.conf")), folder, background
        )
        framers = (f"http://127.0.0.1:{page_port}", f"http://localhost:{page_port}")
        serve = (
            *("serve", "--data", str(self._data), "--mqtt-tls", "--mqtt-port", str(self._broker_port)),
            # Whoever tries the door has a password only; a real centre asks for a second factor.
            *("--web-port", str(self.port), "--no-second-factor", "--cookie-suffix", str(self.port)),
            *("--enrolment", f"127.0.0.1:{self._enrolment_port}", "--broker-for-boxes", self._to_broker),
            *(f"--framed-by={framer}" for framer in framers),
        )
        self.collector = Unit(
            "collector",
            (own("collector"), *serve),
            folder,
            background,
            heard=self._hear,
            ended=self._ready.clear,
        )

    @property
    def serves(self) -> bool:
        """Whether its page is served, and by nobody else."""
        return self._ready.is_set()

    async def found(self) -> None:
        """
        Make the place, the line and the broker's files.

        Raises:
            DemoFailed: If a command does not do it.
        """
        for relay in self._line:
            await relay.open()
        here = ("--host", "localhost", "--listen", "127.0.0.1", "--port", str(self._broker_port))
        await asyncio.gather(
            self.run("place", "set", PLACE, "--new", "--self-service", "languages=vi en"),
            self.run("broker", *here),
        )

    async def open(self) -> None:
        """
        Start broker and collector, and make the manager's account; once the page is served, they are open.

        Raises:
            DemoFailed: If that takes too long, or a command does not do it.
        """
        await self.broker.start()
        account = ("user", "add", MANAGER, "--role", "manager", "--place", PLACE, "--password-stdin")
        await asyncio.gather(self.run(*account, told=self.password), self.collector.start())
        try:
            await asyncio.wait_for(self._ready.wait(), PATIENCE_S)
        except TimeoutError:
            raise DemoFailed(
                f"the centre did not start; look into {self._folder / 'collector.log'}"
            ) from None

    async def close(self) -> None:
        """Stop both, and hang up."""
        await asyncio.gather(self.collector.stop(), self.broker.stop())
        for relay in self._line:
            await relay.close()
        for held in self._held:
            held.close()

    def cut_line(self) -> None:
        """Let nothing pass between boxes and centre any more."""
        for relay in self._line:
            relay.cut()

    def mend_line(self) -> None:
        """Let everything pass again."""
        for relay in self._line:
            relay.mend()

    async def enrol(self, box: Path) -> None:
        """
        Put a box into service: write its credentials into its data folder.

        Raises:
            DemoFailed: If the command does not do it.
        """
        await self._enrol("--folder", str(box / "credentials"))

    async def draw_setup_code(self, picture: Path) -> None:
        """
        Make a set-up code, to be held to the camera of a new box.

        Raises:
            DemoFailed: If the command does not do it.
        """
        until = ("--minutes", _CODE_MINUTES)
        await self._enrol("--code", str(picture), *until, "--enrolment", self._to_enrolment)

    async def draw_guard_badge(self, picture: Path) -> None:
        """
        Have a guard, with a PIN and a badge.

        Raises:
            DemoFailed: If a command does not do it.
        """
        await self.run("guard", "add", PLACE, GUARD, "--pin-stdin", told=GUARD_PIN)
        await self.run("guard", "badge", PLACE, GUARD, "--file", str(picture))

    async def draw_technician_badge(self, picture: Path) -> None:
        """
        Have a technician, with a badge and a password that nobody knows.

        Raises:
            DemoFailed: If a command does not do it.
        """
        account = ("user", "add", _TECHNICIAN, "--role", "technician", "--password-stdin")
        await self.run(*account, told=secrets.token_urlsafe(18))
        await self.run("technician", "badge", _TECHNICIAN, "--file", str(picture))

    async def run(self, *command: str, told: str = "") -> str:
        """
        Run one of the centre's commands; what it says.

        Args:
            command: The command and its arguments.
            told: A line for its standard input: secrets stand on no command line.

        Raises:
            DemoFailed: If it fails.
        """
        process = await asyncio.create_subprocess_exec(
            own("collector"),
            *command,
            "--data",
            str(self._data),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=own_environment(),
        )
        try:
            said, complained = await process.communicate(f"{told}\n".encode())
        except asyncio.CancelledError:
            process.kill()
            raise
        if process.returncode:
            raise DemoFailed(f"collector {command[0]}: {complained.decode(errors='replace').strip()}")
        return said.decode()

    async def _enrol(self, *how: str) -> None:
        known = ("--place", PLACE, "--door", DOOR, "--broker-for-boxes", self._to_broker)
        await self.run("enrol", KIOSK, *known, *how)

    def _hear(self, line: str) -> None:
        if line.startswith(_READY):
            self._ready.set()
