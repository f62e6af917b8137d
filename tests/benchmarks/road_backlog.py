"""
A hundred doors whose line was down send what they have kept, fifty visits a message.

Beside it the bare database: the very rows that the centre has stored, written once more into a table of the same
columns and indexes, a thousand a transaction, without a broker, a word of JSON or a look at what is there already.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.benchmarks import bare, consumers
from tests.benchmarks.consumers import Start
from tests.benchmarks.load import Load, Publishers, template
from tests.benchmarks.order import Order
from tests.benchmarks.road import broker, median, running, wait_for_subscription
from tests.benchmarks.row import Rates
from tests.postgresql import Server

ROUNDS = 3
LOAD = Load(messages=1000, events=50, window=8)


def measure(_order: Order) -> Iterator[Rates]:
    """Let the centre and the bare database write in turn, some rounds."""
    taken: dict[str, list[tuple[float, float]]] = {"SQLite": [], "PostgreSQL": []}
    with ExitStack() as ending:
        server = Server()
        ending.callback(server.close)
        server.start()
        for _ in range(ROUNDS):
            taken["SQLite"].append(_take(consumers.ours_sqlite))
            taken["PostgreSQL"].append(_take(partial(consumers.ours_postgresql, server=server)))
    besides = {"SQLite": "bare executemany of the same rows", "PostgreSQL": "bare COPY of the same rows"}
    for store, beside in besides.items():
        ours, theirs = (median(rates) for rates in zip(*taken[store], strict=True))
        yield Rates(f"backlog to the commit, {store}", LOAD.visits, "1/s", ours, beside, theirs)


def _take(start: Start) -> tuple[float, float]:
    """Visits a second of the centre, and of its bare database."""
    with tempfile.TemporaryDirectory(prefix="road-") as name, broker() as mosquitto:
        folder = Path(name)
        visit = template.write(folder / "visit.json")
        with start(folder, mosquitto.port) as consumer:
            wait_for_subscription(mosquitto, consumers.VISITS)
            with running(Publishers(mosquitto.port, LOAD, visit)) as publishers:
                began_s = publishers.done().began_s
            took_s = consumer.finish(LOAD.visits) - began_s
            return LOAD.visits / took_s, LOAD.visits / bare.write_s(consumer.database)
