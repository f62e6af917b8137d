"""
How long a visit that is on the door's disk waits for the centre's receipt, when nothing else is going on.

The real bridge, Mosquitto and centre; from `append()` until the visit counts as stored in the journal. Beside it
the least that could do the same: paho on both sides, and one SQLite commit between them.
"""

import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from kiosk.store.journal import SqliteJournal
from tests.benchmarks import consumers, journals
from tests.benchmarks.load import rivals, template
from tests.benchmarks.order import Order
from tests.benchmarks.road import PATIENCE_S, broker, connected, running, wait_for_subscription, wait_until
from tests.benchmarks.row import Row
from tests.programs import Bridge, Program

VISITS = 200
EVERY_S = 0.2
LOOK_S = 0.001


def measure(_order: Order) -> Iterator[Row]:
    """Let a visit go each way, one about every fifth of a second."""
    pauses = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="road-") as name, ExitStack() as ending:
        folder = Path(name)
        visit = template.write(folder / "visit.json").read_bytes()
        journal = ending.enter_context(closing(journals.journal(folder / "door")))
        mosquitto = ending.enter_context(broker())
        (folder / "centre").mkdir()
        ending.enter_context(consumers.ours_sqlite(folder / "centre", mosquitto.port))
        ending.enter_context(running(Bridge(folder / "door", mosquitto.port, f"kiosk.name={journals.KIOSK}")))
        module = f"{rivals.__name__}.paho_answering"
        bare = Program(sys.executable, "-m", module, mosquitto.port, folder / "bare.sqlite3")
        ending.enter_context(running(bare))
        client = ending.enter_context(connected(mosquitto.port, "asking"))
        answered = threading.Event()
        client.on_message = lambda *_: answered.set()
        client.subscribe("bare/receipt", qos=0)
        for topic in (consumers.VISIT, f"doors/v1/{journals.KIOSK}/receipt", "bare/visit", "bare/receipt"):
            wait_for_subscription(mosquitto, topic)
        ours_s, bare_s = [], []
        for number in range(VISITS):
            began_s = time.monotonic()
            ours_s.append(_stored(journal, number))
            answered.clear()
            asked_s = time.monotonic()
            client.publish("bare/visit", visit, qos=1)
            if not answered.wait(PATIENCE_S):
                raise RuntimeError("bare paho: no answer")
            bare_s.append(time.monotonic() - asked_s)
            # Visitors keep no time with the bridge, which looks into the journal every so often.
            pause_s = pauses.uniform(0.5, 1.5) * EVERY_S
            time.sleep(max(0.0, began_s + pause_s - time.monotonic()))
    yield Row("visit on disk to the centre's receipt", ours_s, "bare paho, one commit, paho", bare_s)


def _stored(journal: SqliteJournal, number: int) -> float:
    journal.append(journals.visit(number))
    saved_s = time.monotonic()
    return wait_until(lambda: journal.waiting() == 0, LOOK_S) - saved_s
