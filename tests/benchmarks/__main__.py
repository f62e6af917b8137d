"""All benchmarks, one row each: `make bench`. Ratios are within one run; bare times swing with the machine."""

import sys

from tests.benchmarks import answer, start_up
from tests.benchmarks.row import HEAD, Row

BENCHMARKS = {"answer": answer.measure, "start_up": start_up.measure}


def main() -> None:
    """Run all benchmarks, or those named on the command line."""
    chosen = sys.argv[1:] or list(BENCHMARKS)
    unknown = set(chosen) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"bench: no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    print(HEAD)
    for name in chosen:
        row: Row = BENCHMARKS[name]()
        print(row, flush=True)


if __name__ == "__main__":
    main()
