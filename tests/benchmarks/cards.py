"""Vietnamese letters: of ID cards drawn crisp, how many texts come out exact to the letter?"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import segno

from hardware.frame import Luma
from tests.benchmarks.order import Order
from tests.benchmarks.readers import READERS
from tests.benchmarks.row import Figures
from tests.hardware import invented

CARDS = 10_000
_AT_ONCE = 250
_MODULE_PX = 3


def measure(_order: Order) -> Iterator[Figures]:
    """Read the cards of ten thousand invented people."""
    texts = invented.cards(CARDS)
    stacks = [texts[first : first + _AT_ONCE] for first in range(0, CARDS, _AT_ONCE)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as desks:
        exact = list(desks.map(count_exact, stacks))
    shares = {name: sum(counts[name] for counts in exact) / CARDS * 100 for name in READERS}
    yield Figures(what="card texts exact to the letter", n=CARDS, unit="%", **shares)


def count_exact(texts: list[str]) -> dict[str, int]:
    """How many of these each reader reads exactly."""
    counts = dict.fromkeys(READERS, 0)
    for number, text in enumerate(texts):
        luma = _drawn(text, number)
        for name, make in READERS.items():
            counts[name] += make().read(luma) == [text]
    return counts


def _drawn(text: str, number: int) -> Luma:
    # With the mask given, segno need not try all eight, which takes five times as long.
    code = segno.make(text, error="m", mode="byte", encoding="utf-8", micro=False, mask=number % 8)
    dark = np.array([list(row) for row in code.matrix_iter(border=4)], bool)
    return np.kron(np.where(dark, 0, 255).astype(np.uint8), np.ones((_MODULE_PX, _MODULE_PX), np.uint8))
