"""
Several collectors beside each other on one Mosquitto, which share what comes: how many visits a second are committed?

Visits as they happen, one a message, from a hundred doors at once, timed from the first message sent until the last
is committed. Each has a broker of its own, new for each round, and the same load; Node-RED has less of it, since it
would take minutes. Node-RED acknowledges before it stores, so what it holds when it dies is lost; the others do not.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks import bare, centres, consumers, node_red
from tests.benchmarks.centres import POSTGRESQL, SQLITE, Homes
from tests.benchmarks.consumers import VISIT, Consumer, Start
from tests.benchmarks.load import Counter, Load, Publishers, template
from tests.benchmarks.order import Order
from tests.benchmarks.road import broker, cpu_s, median, running, wait_for_subscription
from tests.benchmarks.row import Rates

ROUNDS = 3
PROCESSES = (1, 2, 4)
LOAD, LITTLE = Load(messages=40_000), Load(messages=5_000)
GROUP = "bench"
SHARED = f"$share/{GROUP}/{VISIT}"
COUNTER = "counter"
BRIDGE, NODE_RED, NODE_RED_BATCHES = "mq-bridge (Rust)", "Node-RED", "Node-RED, batches"
BARE = {SQLITE: "bare executemany of the same rows", POSTGRESQL: "bare COPY of the same rows"}

_Key = tuple[str, str]


@dataclass(frozen=True)
class _Taken:
    """
    What one round told of one of them.

    Attributes:
        per_s: Visits a second to the commit.
        us: Microseconds of its processes' time for each; 0.0 for who keeps nothing.
        bare_per_s: The same rows a second, written by the bare database; 0.0 when it was not asked.
    """

    per_s: float
    us: float = 0.0
    bare_per_s: float = 0.0


def measure(_order: Order) -> Iterator[Rates]:
    """Let each in turn take the same load, some rounds."""
    node_red.installed()
    rounds: dict[_Key, list[_Taken]] = {}
    with tempfile.TemporaryDirectory(prefix="road-") as name, centres.homes(Path(name)) as homes:
        for _ in range(ROUNDS):
            for number in PROCESSES:
                rounds.setdefault((COUNTER, f"{number}"), []).append(_take(_counter(number), number))
            for store, made in homes.items():
                for number in PROCESSES:
                    taken = _take(partial(_ours, made, number), number, beside_bare=number == 1)
                    rounds.setdefault((store, f"{number}"), []).append(taken)
            for key, start, load in _rivals(homes):
                rounds.setdefault(key, []).append(_take(start, load=load))
    medians = {
        key: _Taken(*(median(figures) for figures in zip(*map(astuple, takes), strict=True)))
        for key, takes in rounds.items()
    }
    yield from _rates(medians)
    for store in (SQLITE, POSTGRESQL):
        for number in PROCESSES[1:]:
            what = f"processor time for a visit, {number} x {store}"
            ours, one = medians[store, f"{number}"].us, medians[store, "1"].us
            yield Rates(what, LOAD.visits, "us", ours, "one process", one)


def _rates(medians: Mapping[_Key, _Taken]) -> Iterator[Rates]:
    for number in PROCESSES[1:]:
        what = f"C subscribers that only count, {number}"
        ceiling, one = medians[COUNTER, f"{number}"].per_s, medians[COUNTER, "1"].per_s
        yield Rates(what, LOAD.visits, "1/s", ceiling, "one that only counts", one)
    for store in (SQLITE, POSTGRESQL):
        others = {
            BARE[store]: medians[store, "1"].bare_per_s,
            **{rival: taken.per_s for (where, rival), taken in medians.items() if where == store},
        }
        for number in PROCESSES:
            what = f"live visits to the commit, {number} x {store}"
            ours = medians[store, f"{number}"].per_s
            besides = {
                f"C subscribers that only count, {number}": medians[COUNTER, f"{number}"].per_s,
                **{name: rate for name, rate in others.items() if not name.isdigit()},
                **({"one process": medians[store, "1"].per_s} if number > 1 else {}),
            }
            for beside, theirs in besides.items():
                yield Rates(what, LOAD.visits, "1/s", ours, beside, theirs)


def _rivals(homes: Mapping[str, Homes]) -> Iterator[tuple[_Key, Start, Load]]:
    server = homes[POSTGRESQL].server
    assert server is not None
    yield (SQLITE, BRIDGE), consumers.mq_bridge_sqlite, LOAD
    yield (POSTGRESQL, BRIDGE), partial(consumers.mq_bridge_postgresql, server=server), LOAD
    yield (SQLITE, NODE_RED), node_red.node_red, LITTLE
    yield (SQLITE, NODE_RED_BATCHES), partial(node_red.node_red, interval_s=0.2), LITTLE


def _counter(number: int) -> Start:
    @contextmanager
    def start(_folder: Path, port: int) -> Iterator[Consumer]:
        heard = [_topic(number)]
        with running(Counter(port, LOAD.messages, heard, subscribers=number)) as program:
            yield Consumer((program.process.pid,), lambda _visits: program.done().ended_s)

    return start


@contextmanager
def _ours(homes: Homes, number: int, folder: Path, port: int) -> Iterator[Consumer]:
    source = ("--mqtt-port", str(port), *(("--share", GROUP) if number > 1 else ()))
    with homes.home(folder / "centre") as home, centres.ingests(home, *source, processes=number) as ours:
        yield ours


def _topic(number: int) -> str:
    return SHARED if number > 1 else VISIT


def _take(start: Start, number: int = 1, load: Load = LOAD, *, beside_bare: bool = False) -> _Taken:
    """Let so many processes take a load that others have made, from a broker of their own."""
    with tempfile.TemporaryDirectory(prefix="road-") as name, broker() as mosquitto:
        folder = Path(name)
        visit = template.write(folder / "visit.json")
        with start(folder, mosquitto.port) as consumer:
            wait_for_subscription(mosquitto, _topic(number), number)
            before_s = cpu_s(*consumer.pids)
            with running(Publishers(mosquitto.port, load, visit)) as publishers:
                began_s = publishers.done().began_s
            per_s = load.visits / (consumer.finish(load.visits) - began_s)
            if not consumer.database:
                return _Taken(per_s)
            spent_us = (cpu_s(*consumer.pids) - before_s) / load.visits * 1e6
            bare_per_s = load.visits / bare.write_s(consumer.database) if beside_bare else 0.0
            return _Taken(per_s, spent_us, bare_per_s)
