"""
A thousand doors had no line for a week, and have it again: when is all that waited stored, and confirmed to each?

Real doors of a fleet, which wait for receipts, on one Mosquitto with one collector. Beside it the bare database with
the very same rows; and what the doors themselves can do, to a centre that answers and keeps nothing. C doors without
receipts bring as much once more, since the fleet shares the processors with the centre. Meanwhile people come to
other doors: how long do these wait for their receipts, beside a calm time?
"""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.benchmarks import bare, centres
from tests.benchmarks.centres import POSTGRESQL, SQLITE, Homes
from tests.benchmarks.consumers import VISITS, Consumer
from tests.benchmarks.load import Counter, Load, Publishers, template
from tests.benchmarks.order import Order
from tests.benchmarks.road import broker, median, running, wait_for_subscription
from tests.benchmarks.row import Rates
from tests.fleet import Fleet

DOORS = 1000
FEW, ROUNDS = 100_000, 3
"""With more visits than so few, once must do."""
LIVE_DOORS, LIVE_RATE, CALM_S = 100, 50.0, 5
PATIENCE_S = 3000.0
BARE = {SQLITE: "bare executemany of the same rows", POSTGRESQL: "bare COPY of the same rows"}


@dataclass(frozen=True)
class _Taken:
    """
    What one round told.

    Attributes:
        confirmed_s: Until all doors had receipts for all.
        bare_s: The same rows, by the bare database.
        calm_ms: How long 99 of 100 other visits waited for their receipts before, at most.
        busy_ms: And meanwhile.
        plain_s: Until as much was stored that C doors sent, which wait for no receipts.
    """

    confirmed_s: float
    bare_s: float
    calm_ms: float
    busy_ms: float
    plain_s: float


def measure(order: Order) -> Iterator[Rates]:
    """Let a week's visits come on each database."""
    backlog = max(1, order.waiting // DOORS)
    visits = backlog * DOORS
    rounds: dict[str, list[_Taken]] = {SQLITE: [], POSTGRESQL: []}
    alone: list[float] = []
    with tempfile.TemporaryDirectory(prefix="road-") as name, centres.homes(Path(name)) as homes:
        for _ in range(ROUNDS if visits <= FEW else 1):
            alone.append(_alone_s(backlog))
            for store, takes in rounds.items():
                takes.append(_take(homes[store], backlog))
    alone_s = median(alone)
    for store, takes in rounds.items():
        taken = _Taken(*map(median, zip(*map(astuple, takes), strict=True)))
        what = f"a week's visits confirmed, {store}"
        yield Rates(what, visits, "s", taken.confirmed_s, BARE[store], taken.bare_s)
        yield Rates(what, visits, "s", taken.confirmed_s, "the same to a centre that keeps nothing", alone_s)
        what = f"a week's visits stored, C doors, {store}"
        yield Rates(what, visits, "s", taken.plain_s, BARE[store], taken.bare_s)
        what = f"p99 of others' receipts meanwhile, {store}"
        yield Rates(what, LIVE_DOORS, "ms", taken.busy_ms, "in a calm time", taken.calm_ms)


def _take(homes: Homes, backlog: int) -> _Taken:
    visits = backlog * DOORS
    with _centre(homes) as (folder, port, ingest):
        calm_ms, before = _calm(folder, port)
        with running(_others(folder, port)) as others:
            others.event("connected")
            with running(_waiting(folder, port, backlog)) as fleet:
                confirmed_s = _confirmed(fleet)
            others.process.send_signal(signal.SIGTERM)
            busy = others.done(PATIENCE_S)
        # It writes again what people did in the meantime, too.
        all_visits = before + visits + busy["written"]
        ingest.finish(all_visits)
        bare_s = bare.write_s(ingest.database) * visits / all_visits
    with _centre(homes) as (folder, port, ingest):
        load = Load(messages=-(-visits // 50), events=50, doors=DOORS, window=8)
        visit = template.write(folder / "visit.json")
        with running(Publishers(port, load, visit, limit_s=3600)) as publishers:
            plain_s = ingest.finish(load.visits) - publishers.done().began_s
    return _Taken(confirmed_s, bare_s, calm_ms, busy["p99_ms"], plain_s)


def _alone_s(backlog: int) -> float:
    """Seconds that the doors themselves take, when a centre answers and does nothing else."""
    with (
        tempfile.TemporaryDirectory(prefix="road-") as name,
        broker() as mosquitto,
        running(Counter(mosquitto.port, 10**9, ["doors/v1/+/visit", VISITS], answers=True, limit_s=3600)),
        running(_waiting(Path(name), mosquitto.port, backlog)) as fleet,
    ):
        return _confirmed(fleet)


@contextmanager
def _centre(homes: Homes) -> Iterator[tuple[Path, int, Consumer]]:
    """A folder, the port of a broker, and the collector on it."""
    with tempfile.TemporaryDirectory(prefix="road-") as name, broker() as mosquitto:
        folder = Path(name)
        with (
            homes.home(folder / "centre") as home,
            centres.ingests(home, "--mqtt-port", f"{mosquitto.port}") as ingest,
        ):
            wait_for_subscription(mosquitto, VISITS)
            yield folder, mosquitto.port, ingest


def _waiting(folder: Path, port: int, backlog: int) -> Fleet:
    options = ("--storm", "--visits", "0", "--backlog", f"{backlog}", "--patience", f"{PATIENCE_S}")
    return Fleet(f"127.0.0.1:{port}", folder / "waiting", *options, doors=DOORS)


def _others(folder: Path, port: int, *options: str) -> Fleet:
    said = ("--prefix", "live", *options)
    return Fleet(f"127.0.0.1:{port}", folder / "others", *said, doors=LIVE_DOORS, rate=LIVE_RATE)


def _calm(folder: Path, port: int) -> tuple[float, int]:
    """How long 99 of 100 visits wait for their receipts when nothing else goes on, and how many there were."""
    with running(_others(folder, port, "--seconds", f"{CALM_S}")) as others:
        done = others.done(PATIENCE_S)
        return done["p99_ms"], done["written"]


def _confirmed(fleet: Fleet) -> float:
    """Seconds from the first knock until all is confirmed; doors begin to send as soon as they are let in."""
    connected = fleet.event("connected", PATIENCE_S)
    done = fleet.done(PATIENCE_S)
    if done["code"]:
        raise RuntimeError(f"not all was confirmed: {done}")
    return connected["seconds"] + done["seconds"]
