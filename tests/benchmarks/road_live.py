"""
Visits as they happen, one a message, from a hundred doors at once: how many a second does the centre commit?

Timed from the first message sent until the last is committed. Every consumer gets a broker of its own, new for
each round, and the same load.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.benchmarks import consumers
from tests.benchmarks.consumers import Start
from tests.benchmarks.load import Load, Publishers, template
from tests.benchmarks.order import Order
from tests.benchmarks.road import broker, cpu_s, median, running, wait_for_subscription
from tests.benchmarks.row import Rates
from tests.postgresql import Server

ROUNDS = 3
LOAD = Load(messages=20_000)
COUNTER = "C subscriber that only counts"
SQLITE, STOCK, BRIDGE_SQLITE = "SQLite", "stock paho into SQLite", "mq-bridge (Rust) into SQLite"
POSTGRESQL, BRIDGE_POSTGRESQL = "PostgreSQL", "mq-bridge (Rust) into PostgreSQL"
RIVALS = {SQLITE: (COUNTER, STOCK, BRIDGE_SQLITE), POSTGRESQL: (COUNTER, BRIDGE_POSTGRESQL)}


def measure(_order: Order) -> Iterator[Rates]:
    """Let each in turn take the same load, some rounds."""
    taken: dict[str, list[tuple[float, float]]] = {}
    with ExitStack() as ending:
        server = Server()
        ending.callback(server.close)
        server.start()
        starts: dict[str, Start] = {
            COUNTER: partial(consumers.counter, messages=LOAD.messages),
            SQLITE: consumers.ours_sqlite,
            STOCK: consumers.stock_paho,
            BRIDGE_SQLITE: consumers.mq_bridge_sqlite,
            POSTGRESQL: partial(consumers.ours_postgresql, server=server),
            BRIDGE_POSTGRESQL: partial(consumers.mq_bridge_postgresql, server=server),
        }
        for _ in range(ROUNDS):
            for name, start in starts.items():
                taken.setdefault(name, []).append(take(start, LOAD))
    rates = {name: median([rate for rate, _ in rounds]) for name, rounds in taken.items()}
    costs = {name: median([cost for _, cost in rounds]) for name, rounds in taken.items()}
    for ours, rivals in RIVALS.items():
        for beside in rivals:
            what = f"live visits to the commit, {ours}"
            yield Rates(what, LOAD.visits, "1/s", rates[ours], beside, rates[beside])
    for ours, rivals in RIVALS.items():
        for beside in rivals[1:]:
            what = f"the centre's work for a live visit, {ours}"
            yield Rates(what, LOAD.visits, "us", costs[ours], beside, costs[beside])


def take(start: Start, load: Load) -> tuple[float, float]:
    """Visits a second to the commit, and microseconds of the consumer's processor time for each."""
    with tempfile.TemporaryDirectory(prefix="road-") as name, broker() as mosquitto:
        folder = Path(name)
        visit = template.write(folder / "visit.json")
        with start(folder, mosquitto.port) as consumer:
            wait_for_subscription(mosquitto, consumers.VISIT)
            before_s = cpu_s(*consumer.pids)
            with running(Publishers(mosquitto.port, load, visit)) as publishers:
                began_s = publishers.done().began_s
            took_s = consumer.finish(load.visits) - began_s
            # What keeps no database is gone once it has counted.
            spent_s = cpu_s(*consumer.pids) - before_s if consumer.database else 0.0
    return load.visits / took_s, spent_s / load.visits * 1e6
