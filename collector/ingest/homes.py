"""Which place each box belongs to: what every visit that is stored must know."""

import time
from collections.abc import Callable, Collection, Sequence
from operator import itemgetter

from collector.ingest.receiving import Row
from collector.ingest.rows import COLUMNS
from collector.models import Kiosk

FRESH_S = 60.0
"""How long what was read is believed; a box that moves is known in its new place then."""
AGAIN_S = 0.5
"""How soon it is asked again for boxes that were not there, and for those alone."""
_PLACE, _KIOSK = COLUMNS.index("place_id"), COLUMNS.index("kiosk")
_place = itemgetter(_PLACE)


class Homes:
    """
    The places of boxes, remembered. Only the thread that stores may have them read; any may ask.

    Args:
        now_s: Seconds of a clock that never goes back.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._read_s = self._asked_s = float("-inf")
        self._places: dict[str, int] = {}
        self.of = self._places.get
        """The number of a box's place; None for a box that nobody has enrolled, as far as is known."""

    def place(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows, with the place of each where it is known by now."""
        now_s = self._now_s()
        if now_s - self._read_s > FRESH_S:
            self._read()
            self._read_s = self._asked_s = now_s
        if all(map(_place, rows)):
            return rows
        if now_s - self._asked_s > AGAIN_S:
            self._ask({row[_KIOSK] for row in rows if not row[_PLACE]})
            self._asked_s = now_s
        return [
            row if row[_PLACE] else (*row[:_PLACE], self.of(row[_KIOSK]) or row[_PLACE], *row[_PLACE + 1 :])
            for row in rows
        ]

    def forget(self) -> None:
        """Believe nothing that was read: the next rows have it read anew."""
        self._read_s = float("-inf")

    def _read(self) -> None:
        found = dict(Kiosk.objects.values_list("name", "place"))
        self._places.update(found)
        for name in self._places.keys() - found.keys():
            del self._places[name]

    def _ask(self, strays: Collection[str]) -> None:
        self._places.update(Kiosk.objects.filter(name__in=strays).values_list("name", "place"))
