"""All benchmarks, some rows each: `make bench`. Ratios are within one run; bare times swing with the machine."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.benchmarks import (
    answer,
    box,
    cards,
    door,
    doors,
    empty,
    export,
    jetstream,
    live,
    memory,
    node_red,
    outage,
    pages,
    pictures,
    road_backlog,
    road_drain,
    road_journal,
    road_latency,
    road_live,
    road_memory,
    road_sealing,
    screens,
    side_by_side,
    start_up,
    storm,
    virtual,
)
from tests.benchmarks.order import Order, seeds
from tests.benchmarks.row import Figures, Rates, Row, Share

BENCHMARKS: dict[str, Callable[[Order], Iterable[Row | Figures | Rates | Share]]] = {
    "answer": lambda _order: [answer.measure()],
    "screens": screens.measure,
    "start_up": start_up.measure,
    "box": box.measure,
    "cards": cards.measure,
    "empty": empty.measure,
    "door": door.measure,
    "export": export.measure,
    "pages": pages.measure,
    "live": live.measure,
    "memory": memory.measure,
    "pictures": pictures.measure,
    "road_journal": road_journal.measure,
    "road_sealing": road_sealing.measure,
    "road_drain": road_drain.measure,
    "road_live": road_live.measure,
    "road_backlog": road_backlog.measure,
    "road_latency": road_latency.measure,
    "road_memory": road_memory.measure,
    "side_by_side": side_by_side.measure,
    "jetstream": jetstream.measure,
    "doors": doors.measure,
    "storm": storm.measure,
    "outage": outage.measure,
    "virtual": virtual.measure,
}


def main() -> None:
    """Run all benchmarks, or those named on the command line."""
    # So that whoever ends us ends what we have started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names, order = _asked()
    head = None
    for name in names:
        for row in BENCHMARKS[name](order):
            heading = row.HEAD
            if heading != head:
                print(heading if head is None else f"\n{heading}")
                head = heading
            print(row, flush=True)


def _asked() -> tuple[list[str], Order]:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument(
        "--seeds", type=seeds, default=Order.seeds, help="of the clips, as 3 or 1-5; default: 1-2"
    )
    parser.add_argument(
        "--pictures",
        type=Path,
        default=os.environ.get("BENCH_PICTURES") or None,
        metavar="FOLDER",
        help="pictures to read, with or without a manifest.tsv; default: $BENCH_PICTURES",
    )
    parser.add_argument(
        "--doors", type=int, metavar="N", help="of doors and storm; default: 19000 and 10000, or what fits"
    )
    parser.add_argument(
        "--waiting",
        type=int,
        default=Order.waiting,
        metavar="N",
        help="visits of outage, at a thousand doors; 1000000 are a week's; default: %(default)s",
    )
    asked = parser.parse_args()
    unknown = set(asked.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    if asked.pictures is None and "pictures" in asked.names:
        parser.error("which pictures? name a folder with --pictures, or in BENCH_PICTURES")
    if asked.pictures is not None and not asked.pictures.is_dir():
        parser.error(f"{asked.pictures}: no such folder")
    names = asked.names or list(BENCHMARKS)
    if "side_by_side" in names and (missing := node_red.lacks()):
        parser.error(f"side_by_side: {missing}")
    return names, Order(asked.seeds, asked.pictures, asked.doors, asked.waiting)


if __name__ == "__main__":
    main()
