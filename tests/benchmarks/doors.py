"""
As many doors on one Mosquitto as one process may hold: what they take of the memory, and how long they take to come.

One round: memory hardly differs from run to run. Beside it idle plain clients in C, with one subscription each and
no will, where a door has several and one; by TLS, doors come with certificates of their own.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import fleets
from tests.benchmarks.fleets import CONNECT_S, House, allow_files, resident_kb
from tests.benchmarks.load import Idle
from tests.benchmarks.order import Order
from tests.benchmarks.road import running
from tests.benchmarks.row import Rates

DOORS = 19_000
SETTLE_S = 3.0
"""Until what all have said as they came is dealt with."""
IDLE = "idle plain client in C, in clear"


@dataclass(frozen=True)
class _Crowd:
    """
    Those who are there.

    Attributes:
        broker_kb: What each takes of Mosquitto's memory.
        own_kb: What each takes of its own process's.
        seconds: Until all were connected.
    """

    broker_kb: float
    own_kb: float
    seconds: float


def measure(order: Order) -> Iterator[Rates]:
    """Let idle clients come, then doors in clear, then doors by TLS."""
    doors = min(order.doors or DOORS, allow_files())
    with tempfile.TemporaryDirectory(prefix="road-") as name:
        folder = Path(name)
        with fleets.in_clear() as house:
            idle = _idle(house, doors)
        with fleets.in_clear() as house:
            clear_limit_s, clear = house.let_in_s(doors), _fleet(house, folder, doors)
        with fleets.by_tls(doors, folder / "data") as house:
            tls_limit_s, tls = house.let_in_s(doors), _fleet(house, folder, doors)
    for how, crowd in {"in clear": clear, "by TLS": tls}.items():
        yield Rates(f"Mosquitto's memory a door, {how}", doors, "kB", crowd.broker_kb, IDLE, idle.broker_kb)
        beside = "Mosquitto's memory for it"
        yield Rates(f"the fleet's memory a door, {how}", doors, "kB", crowd.own_kb, beside, crowd.broker_kb)
    yield Rates("until all doors are there, in clear", doors, "s", clear.seconds, IDLE, idle.seconds)
    yield Rates(
        "until all doors are there, in clear", doors, "s", clear.seconds, "let in and gone, C", clear_limit_s
    )
    yield Rates(
        "until all doors are there, by TLS",
        doors,
        "s",
        tls.seconds,
        "openssl s_time, handshakes",
        tls_limit_s,
    )


def _idle(house: House, doors: int) -> _Crowd:
    before_kb = resident_kb(house.program)
    with running(Idle(house.port, doors, ["doors/v1/@KIOSK@/receipt"])) as idle:
        done = idle.connected()
        time.sleep(SETTLE_S)
        return _Crowd(
            (resident_kb(house.program) - before_kb) / doors,
            resident_kb(idle) / doors,
            done.ended_s - done.began_s,
        )


def _fleet(house: House, folder: Path, doors: int) -> _Crowd:
    with running(house.fleet(folder / "one", doors=1)) as fleet:
        fleet.event("connected")
        alone_kb = resident_kb(fleet)
    before_kb = resident_kb(house.program)
    with running(house.fleet(folder / "all", "--storm", doors=doors)) as fleet:
        seconds = fleet.event("connected", CONNECT_S)["seconds"]
        time.sleep(SETTLE_S)
        return _Crowd(
            (resident_kb(house.program) - before_kb) / doors, (resident_kb(fleet) - alone_kb) / doors, seconds
        )
