"""When those who came left again, for the visits of a list."""

import datetime as dt
from uuid import UUID

from collector import days, inside
from collector.models import Place, Visit
from collector.passages import IN
from collector.stays import Stay


class Ends:
    """
    The stays of a place, day by day as a list goes through them; those of one day are held.

    Args:
        place: Whose.
        zone: Its time zone: stays end with its day.
    """

    def __init__(self, place: Place, zone: dt.tzinfo) -> None:
        self._place, self._zone = place, zone
        self._day: dt.date | None = None
        self._stays: dict[UUID, Stay] = {}

    def of(self, visit: Visit) -> Stay | None:
        """The stay that somebody's coming in belongs to, if it has ended; None for all others."""
        if visit.direction != IN:
            return None
        date = visit.at.astimezone(self._zone).date()
        if date != self._day:
            stays = inside.of_day(self._place, days.of(date, self._zone))
            self._stays = {came: stay for stay in stays if stay.left_at for came in stay.visits}
            self._day = date
        return self._stays.get(visit.pk)
