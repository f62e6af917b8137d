"""
From doors by MQTT through three NATS nodes, each message on the disks of all, to the commit: visits a second.

Doors are on all three nodes. Timed from the first message sent until the last is committed, one visit a message and
fifty; one cluster for all, emptied between. Beside it the nodes alone: how fast they keep what doors send while
nobody takes it, and how fast they bring it to a subscriber in C that only counts; and a plain nats-py consumer.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.benchmarks import centres, consumers
from tests.benchmarks.centres import POSTGRESQL, SQLITE, Homes
from tests.benchmarks.consumers import VISIT, VISITS, Consumer
from tests.benchmarks.load import Counter, Load, Publishers, template
from tests.benchmarks.order import Order
from tests.benchmarks.road import cpu_s, median, running
from tests.benchmarks.row import Rates
from tests.benchmarks.streaming import DURABLE, Cluster, cluster

ROUNDS = 3
PROCESSES = {POSTGRESQL: (1, 2, 4), SQLITE: (1,)}
LOADS = {"singly": Load(messages=15_000), "by 50": Load(messages=1500, events=50, window=8)}
KEPT, COUNTED = "nodes alone, to the PUBACK", "C subscriber by MQTT that only counts"
STOCK = "plain nats-py consumer"

Start = Callable[[Path, Cluster, Load], AbstractContextManager[Consumer]]


def measure(_order: Order) -> Iterator[Rates]:
    """Let each in turn take the same loads, some rounds."""
    rounds: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="road-") as name,
        centres.homes(Path(name)) as homes,
        cluster() as nodes,
    ):
        for _ in range(ROUNDS):
            for how, load in LOADS.items():
                rounds.setdefault((KEPT, how), []).append(_keep(nodes, load))
                for who, start in _starts(homes).items():
                    rounds.setdefault((who, how), []).append(_take(start, nodes, load))
    medians = {key: tuple(map(median, zip(*takes, strict=True))) for key, takes in rounds.items()}
    for how, load in LOADS.items():
        yield from _rates(how, load, {who: rate for (who, when), (rate, _) in medians.items() if when == how})
    for how, load in LOADS.items():
        for store, numbers in PROCESSES.items():
            for number in numbers:
                what = f"work for a visit {how}, {number} x {store}"
                ours, theirs = medians[_ours(store, number), how][1], medians[_rival(store), how][1]
                yield Rates(what, load.visits, "us", ours, STOCK, theirs)


def _rates(how: str, load: Load, rates: Mapping[str, float]) -> Iterator[Rates]:
    counted = f"a C subscriber that only counts, {how}"
    yield Rates(counted, load.visits, "1/s", rates[COUNTED], KEPT, rates[KEPT])
    for store, numbers in PROCESSES.items():
        for number in numbers:
            what = f"visits {how} to the commit, {number} x {store}"
            besides = [KEPT, COUNTED, _rival(store), *([_ours(store, 1)] if number > 1 else [])]
            for beside in besides:
                ours = rates[_ours(store, number)]
                yield Rates(what, load.visits, "1/s", ours, beside, rates[beside])


def _ours(store: str, number: int) -> str:
    return f"{number} x {store}"


def _rival(store: str) -> str:
    return f"{STOCK} into {store}"


def _starts(homes: Mapping[str, Homes]) -> dict[str, Start]:
    return {
        COUNTED: _counter,
        **{
            _ours(store, number): partial(_collectors, homes[store], number)
            for store, numbers in PROCESSES.items()
            for number in numbers
        },
        **{_rival(store): partial(_stock, homes[store]) for store in PROCESSES},
    }


@contextmanager
def _counter(_folder: Path, nodes: Cluster, load: Load) -> Iterator[Consumer]:
    with running(Counter(nodes.ports[0], load.messages, [VISIT, VISITS])) as program:
        yield Consumer((program.process.pid,), lambda _visits: program.done().ended_s)


@contextmanager
def _collectors(homes: Homes, number: int, folder: Path, nodes: Cluster, _load: Load) -> Iterator[Consumer]:
    source = ["--from", "jetstream", *(word for url in nodes.urls for word in ("--nats", url))]
    with homes.home(folder / "centre") as home, centres.ingests(home, *source, processes=number) as ours:
        nodes.wait_for_pulls(number)
        yield ours


@contextmanager
def _stock(homes: Homes, folder: Path, nodes: Cluster, _load: Load) -> Iterator[Consumer]:
    with ExitStack() as ending:
        if homes.server is None:
            database = str(consumers.rivals_file(folder))
        else:
            database = ending.enter_context(consumers.rivals_database(homes.server))
        stock = ending.enter_context(consumers.stock_nats(nodes.urls[0], DURABLE, database))
        nodes.wait_for_pulls(1)
        yield stock


def _keep(nodes: Cluster, load: Load) -> tuple[float, float]:
    """Visits a second that the nodes keep while nobody takes them."""
    with tempfile.TemporaryDirectory(prefix="road-") as name:
        visit = template.write(Path(name) / "visit.json")
        nodes.keep()
        try:
            with running(Publishers(nodes.ports, load, visit)) as publishers:
                return publishers.done().per_s * load.events, 0.0
        finally:
            nodes.forget()


def _take(start: Start, nodes: Cluster, load: Load) -> tuple[float, float]:
    """Visits a second to the commit, and microseconds of the consumer's processor time for each."""
    with tempfile.TemporaryDirectory(prefix="road-") as name:
        folder = Path(name)
        visit = template.write(folder / "visit.json")
        try:
            with start(folder, nodes, load) as consumer:
                before_s = cpu_s(*consumer.pids)
                with running(Publishers(nodes.ports, load, visit)) as publishers:
                    began_s = publishers.done().began_s
                took_s = consumer.finish(load.visits) - began_s
                # What keeps no database is gone once it has counted.
                spent_s = cpu_s(*consumer.pids) - before_s if consumer.database else 0.0
        finally:
            nodes.forget()
    return load.visits / took_s, spent_s / load.visits * 1e6
