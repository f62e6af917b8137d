"""Clips for the benchmarks, filmed in a process of their own while the last ones are being read."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from tests.benchmarks.readers import one_core
from tests.clips import Shot, clip

_AHEAD = 2


def films(wanted: Iterable[tuple[str, int]]) -> Iterator[list[Shot]]:
    """The clips of these scenarios and seeds, in this order, each filmed once."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=one_core) as studio:
        coming: deque[Future[list[Shot]]] = deque()
        for name, seed in wanted:
            coming.append(studio.submit(film, name, seed))
            if len(coming) > _AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def film(name: str, seed: int) -> list[Shot]:
    """All of one clip."""
    return list(clip(name, seed))
