"""One run: a nation is built, visits come, things go wrong one after the other, and the books are compared."""

import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster import ledger
from tests.cluster.checks import Books, compare
from tests.cluster.databases import Database
from tests.cluster.doors import Doors, DoorsEnded
from tests.cluster.faults import kinds
from tests.cluster.nation import Nation
from tests.cluster.network import Loopback, Namespaces
from tests.cluster.plan import Step, plan

NAMES = ("n1", "n2", "n3")
OPEN_S = 90.0
CALM_S = 120.0
"""How long the system may take to serve again, once a fault is over."""
LOOK_S = 0.2


@dataclass
class Outcome:
    """
    What a run found.

    Attributes:
        database: Where the centre stored.
        outages: By kind of fault, how long it was each time until all doors were served again, in seconds.
        books: What was written, confirmed and stored.
        seconds: How long visits came.
        wrong: All that is not as it should be.
        evidence: The folder that is kept because something is wrong; None when nothing is.
    """

    database: str
    outages: dict[str, list[float]] = field(default_factory=dict)
    books: Books = field(default_factory=lambda: Books(0, 0, 0, 0, 0))
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    evidence: Path | None = None


def run(
    make: Callable[[Path], Database],
    network: Loopback | Namespaces,
    *,
    seconds: float,
    doors: int,
    rate: float,
    seed: int,
    faults: Collection[str],
    say: Callable[[str], None] = lambda _line: None,
) -> Outcome:
    """
    Have faults happen, one after the other, for so long; each only when the system serves again.

    Args:
        make: Makes the database, for a centre with this data folder.
        network: What the nodes run on.
        seconds: How long faults begin; each kind has its turn, however long that takes.
        doors: How many.
        rate: Visits a second, of all doors together.
        seed: Of who comes, and of what goes wrong.
        faults: The names of the kinds that happen; those that this network does not allow do not.
        say: Is told of each fault.
    """
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    try:
        with ExitStack() as made:
            database = make(folder / "centre")
            made.callback(database.close)
            outcome = Outcome(database.kind)
            nation = Nation(folder, database, network, doors)
            made.callback(nation.stop)
            nation.start()
            fleet = Doors(
                nation.doors_at,
                number=doors,
                rate=rate,
                seed=seed,
                ledger=folder / "ledger",
                security=nation.security,
            )
            made.callback(fleet.close)
            chosen = [kind for kind in (*kinds(nation, fleet), *database.kinds()) if kind.name in faults]
            try:
                _break(outcome, fleet, plan(chosen, random.Random(seed)), seconds, say)
            except DoorsEnded as error:
                outcome.wrong.append(str(error))
            if code := fleet.finish():
                outcome.wrong.append(f"the doors ended with {code}: {fleet.last_words}")
            nation.stop()
            rows = database.rows()
    except (KeyboardInterrupt, SystemExit):
        shutil.rmtree(folder)
        raise
    outcome.books = compare(ledger.read(fleet.ledger), rows)
    outcome.wrong += [*outcome.books.wrong, *nation.wrong()]
    if outcome.wrong:
        outcome.evidence = folder
        (folder / "stored").write_text("".join(f"{' '.join(map(str, row))}\n" for row in sorted(rows)))
    else:
        shutil.rmtree(folder)
    return outcome


def _break(
    outcome: Outcome, fleet: Doors, steps: Iterable[Step], seconds: float, say: Callable[[str], None]
) -> None:
    began_s = time.monotonic()
    if not _until(lambda: fleet.are_served(began_s), OPEN_S):
        outcome.wrong.append(f"the doors were not served in {OPEN_S:.0f} s: {fleet.watch.last}")
        return
    pause = threading.Event()
    for step in steps:
        at_s = time.monotonic()
        if at_s - began_s >= seconds and step.lap > 0:
            break
        step.kind.pull(step.target, lambda step=step: pause.wait(step.kind.lasts_s))
        over_s = time.monotonic()
        if not _until(lambda over_s=over_s: fleet.are_served(over_s), CALM_S):
            outcome.wrong.append(
                f"{_name(step)}: not served again {CALM_S:.0f} s after it: {fleet.watch.last}"
            )
            break
        outage_s = fleet.watch.outage(at_s) or 0.0
        outcome.outages.setdefault(step.kind.name, []).append(outage_s)
        say(f"{_name(step)}: served again after {outage_s:.1f} s")
    outcome.seconds = time.monotonic() - began_s


def _name(step: Step) -> str:
    return step.kind.name if step.kind.targets == 1 else f"{step.kind.name} (number {step.target + 1})"


def _until(true: Callable[[], bool], patience_s: float) -> bool:
    pause = threading.Event()
    end_s = time.monotonic() + patience_s
    while not true():
        if time.monotonic() >= end_s:
            return False
        pause.wait(LOOK_S)
    return True
