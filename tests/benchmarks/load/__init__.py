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
_STAY_S = 3600


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
        messages: Acknowledged by the broker, or received from it; doors that it let in.
        began_s: When the first was sent or arrived, or knocked (monotonic seconds, of any process).
        ended_s: When the last was acknowledged or arrived, or was let in.
    """

    messages: int
    began_s: float
    ended_s: float

    @property
    def per_s(self) -> float:
        """How many a second."""
        return self.messages / (self.ended_s - self.began_s)


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
    _limit_s = LIMIT_S

    def _done(self, count: str) -> Done:
        code = self.process.wait(self._limit_s + 10)
        self._end()
        if code:
            raise RuntimeError(f"mqload ended with {code}: {self.errors}")
        return self._told(count)

    def _told(self, count: str) -> Done:
        line = json.loads(self.lines.get(timeout=LIMIT_S))
        return Done(line[count], line["began_s"], line["ended_s"])


class Publishers(_LoadProgram):
    """Doors that send at once, on one broker or on several by turns; `mqload.c` describes a template."""

    def __init__(
        self, port: int | Sequence[int], load: Load, template: Path, *, limit_s: int = LIMIT_S
    ) -> None:
        self._limit_s = limit_s
        arguments = {"-c": load.doors, "-w": load.window, "-n": load.messages, "-b": load.events}
        super().__init__(
            program(), "pub", *_ports(port), *_options(arguments), "-t", template, "-l", str(limit_s)
        )

    def done(self) -> Done:
        """Wait until all is acknowledged."""
        return self._done("acknowledged")


class Counter(_LoadProgram):
    """
    Subscribers that acknowledge and count, all together.

    Args:
        port: The broker's, or those of several.
        messages: Until so many have come.
        filters: What each subscribes to.
        subscribers: How many there are: more than one share what comes only if the filters say so.
        answers: Whether each message has a receipt for its last visit.
        limit_s: Longest time that it waits for them.
    """

    def __init__(
        self,
        port: int | Sequence[int],
        messages: int,
        filters: Sequence[str],
        *,
        subscribers: int = 1,
        answers: bool = False,
        limit_s: int = LIMIT_S,
    ) -> None:
        arguments = {"-c": subscribers, "-n": messages, "-l": limit_s}
        receipts = ("-r",) if answers else ()
        super().__init__(program(), "sub", *_ports(port), *_options(arguments), *_filters(filters), *receipts)
        assert self.lines.get(timeout=LIMIT_S) == "ready", self.errors

    def done(self) -> Done:
        """Wait until all has arrived."""
        return self._done("received")


class Idle(_LoadProgram):
    """Doors that are there, hear their own topics (`@KIOSK@` in filters), and say nothing."""

    def __init__(self, port: int, doors: int, filters: Sequence[str], *, opening: int = 50) -> None:
        arguments = {"-c": doors, "-o": opening, "-l": _STAY_S}
        super().__init__(program(), "idle", *_ports(port), *_options(arguments), *_filters(filters))

    def connected(self) -> Done:
        """Wait until all are in."""
        return self._told("connected")


class Knocking(_LoadProgram):
    """Doors that are let in, go at once, and come again: so many times in all, some at once."""

    def __init__(self, port: int, times: int, *, at_once: int = 50) -> None:
        arguments = {"-c": at_once, "-n": times, "-l": LIMIT_S}
        super().__init__(program(), "knock", *_ports(port), *_options(arguments))

    def done(self) -> Done:
        """Wait until the last was let in."""
        return self._done("let_in")


def _options(values: dict[str, int]) -> list[str]:
    return [word for option, value in values.items() for word in (option, str(value))]


def _ports(port: int | Sequence[int]) -> list[str]:
    return [word for one in ([port] if isinstance(port, int) else port) for word in ("-p", str(one))]


def _filters(filters: Sequence[str]) -> list[str]:
    return [word for filter_ in filters for word in ("-f", filter_)]
