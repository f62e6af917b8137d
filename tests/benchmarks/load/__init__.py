"""Load for a broker on this machine, from a small C program: Python itself would be the limit of what it measures."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.programs import Program

SOURCE = Path(__file__).with_name("mqload.c")
CACHE = Path(sys.prefix) / "benchmarks"
"""What benchmarks build for themselves: it goes when the Python environment goes."""
LIMIT_S = 60


@dataclass(frozen=True)
class Load:
    """
    What publishers send.

    Attributes:
        messages: How many, of all doors together.
        events: Visits a message; more than one go as a batch.
        doors: Connections, each a door of its own.
        window: Most messages of a door without PUBACK.
    """

    messages: int
    events: int = 1
    doors: int = 100
    window: int = 20

    @property
    def visits(self) -> int:
        """How many in all."""
        return self.messages * self.events


@dataclass(frozen=True)
class Done:
    """
    What a load program did.

    Attributes:
        messages: Acknowledged by the broker, or received from it.
        began_s: When the first was sent or arrived (monotonic seconds, of any process).
        ended_s: When the last was acknowledged or arrived.
    """

    messages: int
    began_s: float
    ended_s: float


def program() -> Path:
    """The program, compiled when its source has changed."""
    built = CACHE / f"mqload-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]}"
    if not built.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        unfinished = built.with_suffix(".new")
        subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", unfinished, SOURCE], check=True)
        unfinished.replace(built)
    return built


class _LoadProgram(Program):
    def _done(self, count: str) -> Done:
        code = self.process.wait(LIMIT_S + 10)
        self._end()
        if code:
            raise RuntimeError(f"mqload ended with {code}: {self.errors}")
        line = json.loads(self.lines.get_nowait())
        return Done(line[count], line["began_s"], line["ended_s"])


class Publishers(_LoadProgram):
    """Doors that send at once; a template is a file that `mqload.c` describes."""

    def __init__(self, port: int, load: Load, template: Path) -> None:
        arguments = {"-p": port, "-c": load.doors, "-w": load.window, "-n": load.messages, "-b": load.events}
        super().__init__(program(), "pub", *_options(arguments), "-t", template, "-l", str(LIMIT_S))

    def done(self) -> Done:
        """Wait until all is acknowledged."""
        return self._done("acknowledged")


class Counter(_LoadProgram):
    """A subscriber that acknowledges and counts."""

    def __init__(self, port: int, messages: int, filters: Sequence[str]) -> None:
        wanted = [word for filter_ in filters for word in ("-f", filter_)]
        super().__init__(
            program(), "sub", *_options({"-p": port, "-n": messages}), *wanted, "-l", str(LIMIT_S)
        )
        assert self.lines.get(timeout=LIMIT_S) == "ready"

    def done(self) -> Done:
        """Wait until all has arrived."""
        return self._done("received")


def _options(values: dict[str, int]) -> list[str]:
    return [word for option, value in values.items() for word in (option, str(value))]
