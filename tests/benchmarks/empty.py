"""A frame without a code, which is what a door sees all day: the work of looking at it."""

import time
from collections.abc import Iterator

from tests.benchmarks.films import films
from tests.benchmarks.order import Order
from tests.benchmarks.readers import READERS, one_core
from tests.benchmarks.row import Figures


def measure(order: Order) -> Iterator[Figures]:
    """Show every reader a room in which a person walks by, by day and at night."""
    one_core()
    for scenario, what in {"empty": "empty frame", "empty_dark": "empty frame, dark"}.items():
        works_s = dict.fromkeys(READERS, 0.0)
        frames = 0
        for shots in films((scenario, seed) for seed in order.seeds):
            frames += len(shots)
            for name, make in READERS.items():
                reader = make()
                began_s = time.thread_time()
                for shot in shots:
                    reader.read(shot.luma)
                works_s[name] += time.thread_time() - began_s
        figures = {name: work_s / frames * 1000 for name, work_s in works_s.items()}
        yield Figures(what=what, n=frames, unit="ms/frame", **figures)
