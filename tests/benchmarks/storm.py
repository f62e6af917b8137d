"""
Ten thousand doors lose their lines at once and come back, each with the pauses of a real box: when is the last served?

People come to them all the while, to each every twenty seconds or so. All are served once a real `collector ingest`
has sent receipts for every visit that came until the last door was back. Twice: the doors alone lose their lines, as
when a provider's router starts anew; and Mosquitto is killed and started again, to which the collector has to come
back, too. Beside it the bare limit: as many connections as fast as the broker lets them in.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from mqtt_bridge.fleet import ledger
from tests.benchmarks import centres, fleets
from tests.benchmarks.centres import Homes
from tests.benchmarks.fleets import CONNECT_S, House, allow_files
from tests.benchmarks.order import Order
from tests.benchmarks.road import running, wait_until
from tests.benchmarks.row import Rates
from tests.fleet import Fleet

DOORS = 10_000
EVERY_S = 20.0
"""Between two visitors of a door."""
NOTED_S = 1.2
"""Until the ledger has what is so now."""
LIMITS = {"in clear": "let in and gone again, C client", "by TLS": "openssl s_time, full handshakes"}


def measure(order: Order) -> Iterator[Rates]:
    """Have a storm of each kind, in clear and by TLS."""
    doors = min(order.doors or DOORS, allow_files())
    for how, beside in LIMITS.items():
        with tempfile.TemporaryDirectory(prefix="road-") as name, ExitStack() as ending:
            folder = Path(name)
            home = ending.enter_context(Homes(folder / "model").home(folder / "centre"))
            if how == "in clear":
                house = ending.enter_context(fleets.in_clear())
                source: tuple[str, ...] = ()
            else:
                house = ending.enter_context(fleets.by_tls(doors, home.data))
                source = ("--mqtt-tls", "--mqtt-host", "localhost")
            limit_s = house.let_in_s(doors)
            ending.enter_context(centres.ingests(home, "--mqtt-port", f"{house.port}", *source))
            fleet = ending.enter_context(
                running(house.fleet(folder / "ledger", doors=doors, rate=doors / EVERY_S))
            )
            fleet.event("connected", CONNECT_S)
            storms = {
                "their lines": _storm(fleet, lambda: None),
                "their broker": _storm(fleet, partial(_start_anew, house)),
            }
        for what, (back_s, served_s) in storms.items():
            yield Rates(f"back after losing {what}, {how}", doors, "s", back_s, beside, limit_s)
            yield Rates(f"served after losing {what}, {how}", doors, "s", served_s, beside, limit_s)


def _storm(fleet: Fleet, also: Callable[[], None]) -> tuple[float, float]:
    """Seconds until all are back, and until nobody waits for the receipt of what came until then."""
    began_s = time.monotonic()
    fleet.lose_lines()
    also()
    back_s = fleet.event("reconnected", CONNECT_S)["seconds"]
    time.sleep(NOTED_S)
    owed = {line.kiosk: line.written for line in ledger.lines(fleet.ledger)}
    served_s = wait_until(
        lambda: all(line.through >= owed[line.kiosk] for line in ledger.lines(fleet.ledger)), 0.2, CONNECT_S
    )
    return back_s, served_s - began_s


def _start_anew(house: House) -> None:
    house.program.kill()
    house.program.start()
