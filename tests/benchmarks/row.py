"""The rows of the benchmark table: ours beside others, measured in the same run."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Row:
    """
    Times beside one rival's.

    Attributes:
        what: Ours.
        ours_s: Each time taken, in seconds.
        beside: The rival, or the bare limit.
        bare_s: Its times in the same run, in seconds.
    """

    HEAD: ClassVar[str] = (
        f"{'what':<44} {'n':>5} {'p50 ms':>9} {'p99 ms':>9}   {'beside':<44} {'p50 ms':>9} {'p99 ms':>9} {'ratio p50':>10}"
    )

    what: str
    ours_s: Sequence[float]
    beside: str
    bare_s: Sequence[float]

    def __str__(self) -> str:
        ours, bare = _quantiles_ms(self.ours_s), _quantiles_ms(self.bare_s)
        ratio = f"{ours[0] / bare[0]:.2f}" if bare[0] else "-"
        return (
            f"{self.what:<44} {len(self.ours_s):>5} {ours[0]:>9.2f} {ours[1]:>9.2f}"
            f"   {self.beside:<44} {bare[0]:>9.2f} {bare[1]:>9.2f} {ratio:>10}"
        )


@dataclass(frozen=True, kw_only=True)
class Figures:
    """
    One figure of ours beside the two readers that everyone uses.

    Attributes:
        what: What was measured.
        n: Of how many.
        unit: What the figures count.
        ours: Our figure.
        pyzbar: That of plain pyzbar in the same run.
        zxing_cpp: That of plain zxing-cpp in the same run.
        digits: How many stand behind the point. Default 2.
    """

    HEAD: ClassVar[str] = (
        f"{'what':<44} {'n':>5} {'unit':<9} {'ours':>9} {'pyzbar':>9} {'zxing-cpp':>9} {'ours / zxing-cpp':>17}"
    )

    what: str
    n: int
    unit: str
    ours: float
    pyzbar: float
    zxing_cpp: float
    digits: int = 2

    def __str__(self) -> str:
        figures = " ".join(f"{self._cell(figure):>9}" for figure in (self.ours, self.pyzbar, self.zxing_cpp))
        comparable = self.zxing_cpp and math.isfinite(self.ours) and math.isfinite(self.zxing_cpp)
        ratio = f"{self.ours / self.zxing_cpp:.2f}" if comparable else "-"
        return f"{self.what:<44} {self.n:>5} {self.unit:<9} {figures} {ratio:>17}"

    def _cell(self, figure: float) -> str:
        return f"{figure:.{self.digits}f}" if math.isfinite(figure) else "never"


@dataclass(frozen=True)
class Rates:
    """
    One figure of ours beside one rival's, each the median of some rounds in the same run.

    Attributes:
        what: What was measured.
        n: Of how many, each round.
        unit: What the figures count.
        ours: Our figure.
        beside: The rival, or the bare limit.
        theirs: Its figure.
    """

    HEAD: ClassVar[str] = (
        f"{'what':<44} {'n':>7} {'unit':<5} {'ours':>10}   {'beside':<44} {'theirs':>10} {'ours / theirs':>14}"
    )

    what: str
    n: int
    unit: str
    ours: float
    beside: str
    theirs: float

    def __str__(self) -> str:
        digits = 0 if max(self.ours, self.theirs) >= 1000 else 1
        ratio = f"{self.ours / self.theirs:.2f}" if self.theirs else "-"
        return (
            f"{self.what:<44} {self.n:>7} {self.unit:<5} {self.ours:>10.{digits}f}"
            f"   {self.beside:<44} {self.theirs:>10.{digits}f} {ratio:>14}"
        )


@dataclass(frozen=True)
class Share:
    """
    What a part takes of a whole.

    Attributes:
        what: The part.
        spent_ms: What it takes, in milliseconds.
        whole_ms: What all parts take together.
    """

    HEAD: ClassVar[str] = f"{'what':<44} {'ms':>9} {'share':>7}"

    what: str
    spent_ms: float
    whole_ms: float

    def __str__(self) -> str:
        return f"{self.what:<44} {self.spent_ms:>9.1f} {self.spent_ms / self.whole_ms:>7.0%}"


def _quantiles_ms(times_s: Sequence[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(times_s, n=100, method="inclusive")
    return cuts[49] * 1000, cuts[98] * 1000
