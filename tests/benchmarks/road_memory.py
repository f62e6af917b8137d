"""What bridge and centre take of the memory while a long backlog goes from one to the other."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from kiosk.store.journal import SqliteJournal
from tests.benchmarks import consumers, journals
from tests.benchmarks.order import Order
from tests.benchmarks.road import PATIENCE_S, broker, memory_mb, running, wait_for_subscription, wait_until
from tests.benchmarks.row import Rates
from tests.programs import Bridge

VISITS = 100_000


def measure(_order: Order) -> Iterator[Rates]:
    """Drain a hundred thousand visits once."""
    with tempfile.TemporaryDirectory(prefix="road-") as name, ExitStack() as ending:
        folder = Path(name)
        journals.fill(folder / "door", VISITS)
        mosquitto = ending.enter_context(broker())
        (folder / "centre").mkdir()
        centre = ending.enter_context(consumers.ours_sqlite(folder / "centre", mosquitto.port))
        wait_for_subscription(mosquitto, consumers.VISITS)
        centre_mb, _ = memory_mb(*centre.pids)
        bridge = Bridge(folder / "door", mosquitto.port, f"kiosk.name={journals.KIOSK}")
        ending.enter_context(running(bridge))
        wait_for_subscription(mosquitto, f"doors/v1/{journals.KIOSK}/receipt")
        bridge_mb, _ = memory_mb(bridge.process.pid)
        with closing(SqliteJournal(folder / "door", boot=journals.BOOT, make=False)) as journal:
            wait_until(lambda: journal.waiting() == 0, 0.1, 3 * PATIENCE_S)
        for what, pid, start_mb in (
            ("bridge", bridge.process.pid, bridge_mb),
            ("centre", *centre.pids, centre_mb),
        ):
            _, most_mb = memory_mb(pid)
            yield Rates(
                f"most memory of the {what}, draining",
                VISITS,
                "MB",
                most_mb,
                "itself when it began",
                start_mb,
            )
