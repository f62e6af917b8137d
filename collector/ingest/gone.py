"""Visits that were stored once, and dropped with their month: sent again, they do not appear anew."""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence

from collector import months
from collector.ingest import truth
from collector.ingest.marks import Held, Journal
from mqtt_bridge.wire import VisitEvent

FRESH_S = 60.0
"""How long it is believed that nothing more was dropped."""
_ID_BITS, _TIME_BITS = 128, 48
_MS = dt.timedelta(milliseconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Gone:
    """
    What was dropped, remembered. Of the thread that stores.

    Args:
        now_s: Seconds of a clock that never goes back.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._read_s = float("-inf")
        self._before: dt.datetime | None = None
        self._first_id = 0

    def among(self, visits: Sequence[VisitEvent], held: Mapping[Journal, Held]) -> frozenset[int]:
        """
        Which of some visits were stored before and may be gone, by their index.

        A visit that old which the centre has never had is not among them: its box was cut off for long.

        Args:
            visits: Of a batch.
            held: Marks of their journals, where the transaction holds them; else they are asked for.
        """
        self._read()
        if (before := self._before) is None:
            return frozenset()
        old = {
            index: (visit.kiosk, visit.epoch.int)
            for index, visit in enumerate(visits)
            if visit.id.int < self._first_id or visit.time < before
        }
        if not old:
            return frozenset()
        through = truth.marked(old.values(), held)
        return frozenset(
            index for index, journal in old.items() if visits[index].number <= through.get(journal, 0)
        )

    def forget(self) -> None:
        """Believe nothing that was read."""
        self._read_s = float("-inf")

    def _read(self) -> None:
        now_s = self._now_s()
        if now_s - self._read_s < FRESH_S:
            return
        day = months.dropped_before()
        self._before = dt.datetime.combine(day, dt.time(), dt.UTC) if day else None
        if self._before is not None:
            self._first_id = ((self._before - _EPOCH) // _MS) << (_ID_BITS - _TIME_BITS)
        self._read_s = now_s
