"""
A code carried to the door: is it read, and how soon?

Every reader gets the same clips, once as fast as this processor is and once as if it were four times slower.
"""

import math
from collections.abc import Iterator

import numpy as np

from tests.benchmarks.films import films
from tests.benchmarks.order import Order
from tests.benchmarks.playing import Outcome, play
from tests.benchmarks.readers import READERS, one_core
from tests.benchmarks.row import Figures
from tests.clips import SCENARIOS

SPEEDS = {"": 1, ", 4x slower": 4}


def measure(order: Order) -> Iterator[Figures]:
    """Play every scenario with every seed to every reader."""
    one_core()
    outcomes: dict[tuple[str, str], list[Outcome]] = {
        (name, speed): [] for name in READERS for speed in SPEEDS
    }
    with_code = []
    for shots in films((name, seed) for name in SCENARIOS for seed in order.seeds):
        with_code.append(shots[0].truth is not None)
        for name, make in READERS.items():
            for speed, slower in SPEEDS.items():
                # pyzbar's garbled letters count as read: to garble them is its way with all Vietnamese.
                outcome = play(make(), shots, slower=slower, exact=name != "pyzbar")
                outcomes[name, speed].append(outcome)
    for speed in SPEEDS:
        played = {name: outcomes[name, speed] for name in READERS}
        reads_s = {
            name: [outcome.read_s for outcome, code in zip(played[name], with_code, strict=True) if code]
            for name in READERS
        }
        n = sum(with_code)
        counts = {name: sum(map(math.isfinite, reads_s[name])) for name in READERS}
        yield Figures(what=f"codes read at the door{speed}", n=n, unit="clips", digits=0, **counts)
        for percent in (50, 90):
            soon = {name: float(np.percentile(reads_s[name], percent, method="higher")) for name in READERS}
            yield Figures(what=f"time to first read, p{percent}{speed}", n=n, unit="s", **soon)
        wrong = {name: sum(outcome.wrong for outcome in played[name]) for name in READERS}
        yield Figures(
            what=f"wrong texts at the door{speed}", n=len(with_code), unit="texts", digits=0, **wrong
        )
