"""
Ten thousand doors lose their lines at once and come back, each with the pauses of a real box: when is the last served?

Somebody comes to each door at that moment; a door is served once a real `collector ingest` has sent the receipt for
that visit. Twice: the doors alone lose their lines, as when a provider's router restarts; and Mosquitto is killed
and started again, to which the collector has to come back, too. Beside it the bare limit: as many connections one
after the other, as fast as the broker lets them in.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import centres, fleets
from tests.benchmarks.centres import Homes
from tests.benchmarks.fleets import CONNECT_S, House, allow_files
from tests.benchmarks.order import Order
from tests.benchmarks.road import running
from tests.benchmarks.row import Rates
from tests.fleet import Fleet

DOORS = 10_000
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
            ending.enter_context(centres.ingests(home, "--mqtt-port", f"{house.port}", *source))
            fleet = ending.enter_context(running(house.fleet(folder / "ledger", doors=doors)))
            fleet.event("connected", CONNECT_S)
            storms = {"lost their lines": _lose(fleet), "lost their broker": _kill(fleet, house)}
            fleet.kill()
            limit_s = house.let_in_s(doors)
        for what, (back_s, served_s) in storms.items():
            yield Rates(f"doors that {what} are back, {how}", doors, "s", back_s, beside, limit_s)
            yield Rates(f"doors that {what} are served, {how}", doors, "s", served_s, beside, limit_s)


def _lose(fleet: Fleet) -> tuple[float, float]:
    """Seconds until all are back, and until all are served."""
    fleet.lose_lines()
    return _wait(fleet)


def _kill(fleet: Fleet, house: House) -> tuple[float, float]:
    """Likewise, when the broker is gone and comes again at once."""
    house.program.kill()
    fleet.lose_lines()
    house.program.start()
    return _wait(fleet)


def _wait(fleet: Fleet) -> tuple[float, float]:
    back_s = fleet.event("reconnected", CONNECT_S)["seconds"]
    return back_s, fleet.event("served", CONNECT_S)["seconds"]
