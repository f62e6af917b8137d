"""What the benchmarks of many doors share: brokers in clear and by TLS that hold them, and how fast those let in."""

import re
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import road
from tests.benchmarks.load import Knocking
from tests.benchmarks.road import Mosquitto, memory_mb, running
from tests.collector.broker_tls import TlsBroker
from tests.fleet import Fleet, certificates, names
from tests.programs import Program

CONNECT_S = 300.0
"""Longest wait until all are there: thousands of handshakes share one processor."""
KNOCKS, KNOCK_S = 10_000, 5
SPARE_FILES = 200
"""What a broker has open beside its clients."""


@dataclass(frozen=True)
class House:
    """
    A broker, and how doors reach it.

    Attributes:
        program: Mosquitto.
        port: Its own.
        certificates: Of the doors; `None` in clear.
        data: The folder of the centre whose broker it is; `None` in clear.
    """

    program: Mosquitto | TlsBroker
    port: int
    certificates: Path | None = None
    data: Path | None = None

    def fleet(self, ledger: Path, *options: str, doors: int, rate: float = 0) -> Fleet:
        """Doors that knock at it."""
        return Fleet(
            f"127.0.0.1:{self.port}", ledger, *options, doors=doors, rate=rate, certificates=self.certificates
        )

    def let_in_s(self, doors: int) -> float:
        """Seconds that so many would take if nothing came between them: the bare limit."""
        if self.certificates is None:
            with running(Knocking(self.port, KNOCKS)) as knocking:
                return doors / knocking.done().per_s
        return doors / _handshakes_per_s(self.port, self.certificates)


@contextmanager
def in_clear() -> Iterator[House]:
    """Mosquitto as Debian ships it."""
    allow_files()
    with road.broker() as mosquitto:
        yield House(mosquitto, mosquitto.port)


@contextmanager
def by_tls(doors: int, data: Path) -> Iterator[House]:
    """
    Mosquitto as `collector broker` has it, with certificates for so many doors.

    Args:
        doors: How many.
        data: The folder of the centre; it may hold a database already.
    """
    allow_files()
    with (
        tempfile.TemporaryDirectory(prefix="road-") as name,
        running(TlsBroker(data)) as mosquitto,
    ):
        folder = certificates(Path(name), names(doors), mosquitto.authority)
        yield House(mosquitto, mosquitto.settings.port, folder, data)


def allow_files() -> int:
    """Let programs that start from here have as many files open as the system lets them; how many doors fit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most - SPARE_FILES


def resident_kb(program: Program) -> float:
    """What a program takes of the memory now."""
    now_mb, _ = memory_mb(program.process.pid)
    return now_mb * 1024


def _handshakes_per_s(port: int, folder: Path) -> float:
    """Full handshakes with a door's certificate, by two of OpenSSL's own timers at once."""
    pair = next(folder.glob("*.pem"))
    command = (
        *("openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", f"{KNOCK_S}"),
        *("-CAfile", folder / "ca.crt", "-cert", pair, "-key", pair),
    )
    timers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(2)
    ]
    said = [timer.communicate()[0] for timer in timers]
    counted = [re.search(r"(\d+) connections in (\d+) real seconds", text) for text in said]
    if not all(counted):
        raise RuntimeError(f"openssl s_time could not connect: {said}")
    return sum(int(found[1]) / int(found[2]) for found in counted if found)
