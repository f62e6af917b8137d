"""`python -m tests.fuzz`: exits with 1 when a payload did what none may."""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.fuzz import road, trying
from tests.fuzz.payloads import KINDS
from tests.fuzz.road import ROAD
from tests.fuzz.trying import Tally

SEED = 20211101
CHUNK = 10_000
RUNS = {**dict.fromkeys(KINDS, trying.run), **dict.fromkeys(ROAD, road.run)}
"""What tries the payloads of each format, and the messages of each kind."""


def main() -> int:
    """Share the payloads out over processes, and print a line a format."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--count", type=int, default=20_000, help="payloads of each format")
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--first", type=int, default=0, help="number of the first payload")
    asked.add_argument("--format", choices=RUNS, action="append", help="only this; may be repeated")
    asked.add_argument("--jobs", type=int, default=os.cpu_count())
    said = asked.parse_args()
    faults = 0
    for kind in said.format or RUNS:
        began_s = time.perf_counter()
        total = _together(kind, said.seed, said.first, said.count, said.jobs)
        faults += len(total.faults)
        answers = ", ".join(f"{name} {count}" for name, count in total.answers.most_common(6))
        took_s = time.perf_counter() - began_s
        print(
            f"{kind}: {total.tried} tried in {took_s:.0f} s, slowest {total.slowest_s * 1000:.1f} ms, "
            f"{len(total.faults)} faults; {answers}",
            flush=True,
        )
        for fault in total.faults:
            print(f"  {fault}", flush=True)
    return 1 if faults else 0


def _together(kind: str, seed: int, first: int, count: int, jobs: int) -> Tally:
    total = Tally(kind)
    with ProcessPoolExecutor(jobs) as pool:
        parts = [
            pool.submit(RUNS[kind], kind, seed, start, min(CHUNK, first + count - start))
            for start in range(first, first + count, CHUNK)
        ]
        for part in as_completed(parts):
            tally = part.result()
            total.tried += tally.tried
            total.slowest_s = max(total.slowest_s, tally.slowest_s)
            total.answers += tally.answers
            total.faults += tally.faults
    return total


if __name__ == "__main__":
    sys.exit(main())
