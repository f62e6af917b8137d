"""What a run of the benchmarks was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """
    The size of a run.

    Attributes:
        seeds: Of each scenario at the door, one clip for each of these.
        pictures: A folder of pictures to read; `None` leaves that benchmark out.
        doors: How many doors come to one broker; `None` for as many as each benchmark wants by itself.
        waiting: How many visits wait after an outage, at all doors together.
    """

    seeds: range = range(1, 3)
    pictures: Path | None = None
    doors: int | None = None
    waiting: int = 100_000


def seeds(words: str) -> range:
    """
    The seeds that `3` or `1-5` stand for.

    Raises:
        ValueError: If these are no whole numbers, the smaller first.
    """
    first, _, last = words.partition("-")
    chosen = range(int(first), int(last or first) + 1)
    if not chosen:
        raise ValueError(f"{words}: no seeds; give one, or two with the smaller first, as in 1-5")
    return chosen
