"""
A folder of pictures, each at its own size.

With a `manifest.tsv` in it, texts are held against the truth. Its columns: `file`; `truth_json`, the list of
texts in the picture; `category`, as `photo/blurred` or `negative`; `codes_in_image`; `also_ok_json`, texts
that are neither asked for nor wrong. A picture is read when one of its texts is; a negative one when none
is. A text is wrong that is neither true nor also all right, unless the picture has more codes than texts are
known. Without a manifest, a picture is read when anything is.
"""

import csv
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from hardware.frame import Luma
from tests.benchmarks.order import Order
from tests.benchmarks.readers import READERS, Reader, Stills, one_core
from tests.benchmarks.row import Figures

_NEGATIVE = "negative"


@dataclass(frozen=True)
class Picture:
    """
    One file, and what is known of it.

    Attributes:
        file: Where it is.
        category: What kind of picture; empty without a manifest.
        truth: The texts in it; `None` when nothing is known.
        also_right: Texts that are neither asked for nor wrong.
        codes: How many codes are in it.
    """

    file: Path
    category: str = ""
    truth: frozenset[str] | None = None
    also_right: frozenset[str] = frozenset()
    codes: int = 0

    def is_read(self, texts: set[str]) -> bool:
        """Whether a reader that returned these texts has done well."""
        if self.category == _NEGATIVE:
            return not texts
        return bool(texts if self.truth is None else texts & self.truth)

    def wrong(self, texts: set[str]) -> int:
        """How many of these texts are surely not in it."""
        if self.truth is None or self.codes > len(self.truth):
            return 0
        return len(texts - self.truth - self.also_right)


def measure(order: Order) -> Iterator[Figures]:
    """Have every reader read every picture."""
    if order.pictures is None:
        return
    one_core()
    readers = {**READERS, "ours": Stills}
    seen: Counter[str] = Counter()
    read: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = dict.fromkeys(readers, 0)
    times_ms: dict[str, list[float]] = {name: [] for name in readers}
    for picture in pictures(order.pictures):
        luma = cv2.imread(str(picture.file), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
        if luma is None:
            continue
        seen[picture.category] += 1
        for name, make in readers.items():
            texts, took_ms = _read(make, luma)
            times_ms[name].append(took_ms)
            read[picture.category][name] += picture.is_read(texts)
            wrong[name] += picture.wrong(texts)
    n = sum(seen.values())
    if not n:
        return
    for what, categories in _groups(seen).items():
        shares = {
            name: float(np.mean([read[category][name] / seen[category] * 100 for category in categories]))
            for name in readers
        }
        count = sum(seen[category] for category in categories)
        yield Figures(what=what, n=count, unit="%", digits=1, **shares)
    if set(seen) != {""}:
        yield Figures(what="wrong texts in pictures", n=n, unit="texts", digits=0, **wrong)
    for percent in (50, 95):
        took = {name: float(np.percentile(times, percent)) for name, times in times_ms.items()}
        yield Figures(what=f"picture, p{percent}", n=n, unit="ms", **took)


def pictures(folder: Path) -> Iterator[Picture]:
    """The pictures of the folder's manifest; without one, all files in it and below."""
    manifest = folder / "manifest.tsv"
    if not manifest.exists():
        yield from (Picture(file) for file in sorted(folder.rglob("*")) if file.is_file())
        return
    with manifest.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            yield Picture(
                file=folder / row["file"],
                category=row["category"],
                truth=frozenset(map(_plain, json.loads(row["truth_json"]))),
                also_right=frozenset(map(_plain, json.loads(row["also_ok_json"]))),
                codes=int(row["codes_in_image"] or 0),
            )


def _read(make: Callable[[], Reader], luma: Luma) -> tuple[set[str], float]:
    reader = make()
    began_s = time.perf_counter()
    texts = reader.read(luma)
    took_s = time.perf_counter() - began_s
    return set(map(_plain, texts)), took_s * 1000


def _groups(seen: Counter[str]) -> dict[str, list[str]]:
    """The categories that are told of together: all of `photo/` as one mean, and so on."""
    if set(seen) == {""}:
        return {"pictures read": [""]}
    groups: dict[str, list[str]] = defaultdict(list)
    for category in sorted(seen):
        kind = category.partition("/")[0]
        groups[f"pictures read, {kind}, mean of categories"].append(category)
    return groups


def _plain(text: str) -> str:
    """The text as it is compared: white space counts as one space each."""
    return re.sub(r"\s+", " ", text.replace("\ufeff", "").replace("\x00", "")).strip()
