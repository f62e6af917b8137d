"""A list of a hundred thousand visits, beside a bare cursor written with the csv module; and the memory it takes."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.listing import VISITS
from tests.benchmarks.order import Order
from tests.benchmarks.road import median
from tests.benchmarks.row import Rates
from tests.postgresql import Server

ROUNDS = 3
WORKS = ("csv", "xlsx", "bare", "opened")


def measure(_order: Order) -> Iterator[Rates]:
    """Each kind of file, on each kind of database; all in turn, each in a process of its own."""
    with ExitStack() as ending:
        server = Server()
        ending.callback(server.close)
        server.start()
        for kind, url in (("SQLite", ""), ("PostgreSQL", server.url(server.create()))):
            with tempfile.TemporaryDirectory(prefix="export-") as folder:
                _run("make", url, Path(folder))
                yield from _measure(kind, url, Path(folder))


def _measure(kind: str, url: str, folder: Path) -> Iterator[Rates]:
    said: dict[str, list[list[float]]] = {work: [] for work in WORKS}
    for _ in range(ROUNDS):
        for work in WORKS:
            said[work].append([float(figure) for figure in _run(work, url, folder).split()])
    rates, before_mb, most_mb = (
        {work: median([figures[number] for figures in rounds]) for work, rounds in said.items()}
        for number in range(3)
    )
    for file in ("csv", "xlsx"):
        name = f"list as {file.upper()}, {kind}"
        yield Rates(name, VISITS, "/s", rates[file], "bare cursor, csv module, no person", rates["bare"])
        yield Rates(name, VISITS, "/s", rates[file], "the same, each person opened", rates["opened"])
        yield Rates(f"{name}, memory", VISITS, "MB", most_mb[file], "itself when it began", before_mb[file])


def _run(work: str, url: str, folder: Path) -> str:
    environment = os.environ | {"COLLECTOR_DATA": str(folder), "COLLECTOR_DATABASE": url}
    command = [sys.executable, "-m", "tests.benchmarks.listing", work]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
