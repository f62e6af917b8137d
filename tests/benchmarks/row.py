"""One row of the benchmark table: ours beside the bare limit, measured in the same run."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = f"{'what':<44} {'n':>5} {'p50 ms':>9} {'p99 ms':>9}   {'beside':<44} {'p50 ms':>9} {'p99 ms':>9} {'ratio p50':>10}"


@dataclass(frozen=True)
class Row:
    """
    What was measured.

    Attributes:
        what: Ours.
        ours_s: Each time taken, in seconds.
        beside: The rival, or the bare limit.
        bare_s: Its times in the same run, in seconds.
    """

    what: str
    ours_s: Sequence[float]
    beside: str
    bare_s: Sequence[float]

    def __str__(self) -> str:
        ours, bare = _quantiles_ms(self.ours_s), _quantiles_ms(self.bare_s)
        return (
            f"{self.what:<44} {len(self.ours_s):>5} {ours[0]:>9.2f} {ours[1]:>9.2f}"
            f"   {self.beside:<44} {bare[0]:>9.2f} {bare[1]:>9.2f} {ours[0] / bare[0]:>10.2f}"
        )


def _quantiles_ms(times_s: Sequence[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(times_s, n=100, method="inclusive")
    return cuts[49] * 1000, cuts[98] * 1000
