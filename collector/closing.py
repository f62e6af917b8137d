"""
Checks out, when a place closes, whom no door saw leave; at midnight at the latest.

Doors may be cut off for days, and so may the centre: whenever visits are heard of whose day has closed by
then, that day is looked at again. A day that is looked at once more than needed stays as it is.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction
from django.utils import timezone

from collector import days, inside, settling, zones
from collector.days import Day
from collector.figures import due
from collector.figures.due import PlaceDay
from collector.models import CheckOut, Clock, Place, Visit
from collector.rounds import Rounds
from collector.stays import Stay

log = logging.getLogger(__name__)

FIRST_S = 5.0
LOOK_S = 30.0
"""How often it is looked whether a place has closed."""
AGAIN_S = 60.0
"""How long after a failure it is tried again."""
REST_S = 0.01
"""How long others have their turn after a day that was looked at."""
SLACK = dt.timedelta(minutes=1)
"""By so much later than it says may a visit appear: a batch is committed after its time was taken."""
BACK = dt.timedelta(days=1)
"""By so much before its last deed a centre looks again that was off: it may have been in the middle of it."""
_ONE = dt.timedelta(days=1)
_ROUNDS = 3
"""Who comes back after closing time is checked out once more, at midnight."""


class Closing(Rounds):
    """
    Checks out, again and again, who is due.

    Args:
        now: The centre's clock (aware).
    """

    def __init__(self, now: Callable[[], dt.datetime] = timezone.now) -> None:
        super().__init__("closing", first_s=FIRST_S, look_s=LOOK_S, again_s=AGAIN_S)
        self._now = now
        self._looked_at: dt.datetime | None = None
        self._closes: dict[int, dt.time | None] = {}

    def turn(self) -> int:
        """
        Check out who is due by now; how many those were.

        Raises:
            django.db.DatabaseError: If the database cannot be read or written; what is done by then is kept.
        """
        now = self._now()
        settled = settling.settled(now)
        last = self._looked_at or _last_deed()
        places = {place.pk: place for place in Place.objects.all()}
        wanted = set(_heard_of(places, last or _oldest_kept(places.values(), now)))
        if last is not None:
            wanted.update(_closed(places.values(), last, now))
        if self._looked_at is not None:
            wanted.update(_put_right(places, self._looked_at))
            wanted.update(self._closes_otherwise(places.values(), now))
        written = 0
        for pk, date in sorted(wanted):
            if self._stopped.is_set():
                return written
            if _is_kept(places[pk], date, now) and (checked_out := close(places[pk], date, now)):
                written += checked_out
                self._stopped.wait(REST_S)
        self._looked_at = settled
        self._closes = {place.pk: place.closes for place in places.values()}
        return written

    def _closes_otherwise(self, places: Iterable[Place], now: dt.datetime) -> Iterator[PlaceDay]:
        """Today at places whose closing time was set anew: it may have passed already."""
        for place in places:
            if self._closes.get(place.pk, place.closes) != place.closes:
                yield place.pk, now.astimezone(zones.named(place.zone)).date()


def close(place: Place, date: dt.date, now: dt.datetime) -> int:
    """
    Check out whoever is inside a place after it has closed.

    Args:
        place: Which.
        date: On which day, by its own clock.
        now: The present (aware). Before closing time nothing happens.

    Returns:
        How many check-outs were written; they are in the database when this returns.
    """
    zone = zones.named(place.zone)
    day = days.of(date, zone)
    closes = _closes_at(place, day, zone)
    if min(closes, day.ends) > now or not list(_left(place, day, closes, now)):
        return 0
    written = 0
    with transaction.atomic():
        # Another process may be at the same place: who comes second finds nothing left to do.
        Place.objects.select_for_update(no_key=True).get(pk=place.pk)
        for _ in range(_ROUNDS):
            check_outs = list(_left(place, day, closes, now))
            CheckOut.objects.bulk_create(check_outs)
            written += len(check_outs)
        if written:
            due.mark([(place.pk, date)])
    log.info("closing: %d checked out at place %d", written, place.pk)
    return written


def _left(place: Place, day: Day, closes: dt.datetime, now: dt.datetime) -> Iterator[CheckOut]:
    """Check-outs of those who are inside, where they are due."""
    for stay in inside.of_day(place, day):
        if stay.left_at is not None:
            continue
        at = closes if _since(stay) < closes else day.ends
        if at <= now:
            # By a clock that runs behind that of the page, ours would be the older word.
            made_at = max(now, stay.vouched_at or now)
            yield CheckOut(visit=stay.came, place=place, at=at, automatic=True, made_at=made_at)


def _since(stay: Stay) -> dt.datetime:
    """Since when it was not said any more that they are inside."""
    return max(stay.came_at, stay.vouched_at or stay.came_at)


def _closes_at(place: Place, day: Day, zone: dt.tzinfo) -> dt.datetime:
    """The instant at which a place closes on a day: midnight where it does not say."""
    if not place.closes:
        return day.ends
    return dt.datetime.combine(day.date, place.closes, zone).astimezone(dt.UTC)


def _last_deed() -> dt.datetime | None:
    """Since when days may have closed unseen; None where nobody was ever checked out."""
    newest = CheckOut.objects.filter(automatic=True).order_by("-pk").values_list("made_at", flat=True)[:1]
    return newest[0] - BACK if newest else None


def _oldest_kept(places: Iterable[Place], now: dt.datetime) -> dt.datetime:
    """When the oldest day began, or before, of which it is still known at any place who was who."""
    return now - _ONE * (1 + max((place.keep_days for place in places), default=0))


def _heard_of(places: dict[int, Place], since: dt.datetime) -> Iterator[PlaceDay]:
    """The days of visits that came since."""
    found = Visit.objects.filter(place__isnull=False, received_at__gte=since - SLACK)
    yield from _dated(places, due.times(found))


def _put_right(places: dict[int, Place], since: dt.datetime) -> Iterator[PlaceDay]:
    """The days that visits have moved to whose clock was heard to be true since."""
    for clock in Clock.objects.filter(received_at__gte=since - SLACK):
        moved = Visit.objects.filter(kiosk=clock.kiosk, epoch=clock.epoch, boot=clock.boot)
        yield from _dated(places, moved.exclude(place=None).values_list("place", "at"))


def _dated(places: dict[int, Place], times: Iterable[tuple[int, dt.datetime]]) -> Iterator[PlaceDay]:
    known = {pk: zones.named(place.zone) for pk, place in places.items()}
    return ((pk, at.astimezone(known[pk]).date()) for pk, at in times if pk in known)


def _closed(places: Iterable[Place], last: dt.datetime, now: dt.datetime) -> Iterator[PlaceDay]:
    """The days of which an end has passed meanwhile: closing time, or midnight."""
    for place in places:
        zone = zones.named(place.zone)
        today = now.astimezone(zone).date()
        first = max(last.astimezone(zone).date() - _ONE, today - place.keep_days * _ONE)
        for number in range((today - first).days + 1):
            day = days.of(first + number * _ONE, zone)
            if any(last < end <= now for end in (_closes_at(place, day, zone), day.ends)):
                yield place.pk, day.date


def _is_kept(place: Place, date: dt.date, now: dt.datetime) -> bool:
    """Whether it is still known who is who: retention takes that away."""
    return date >= now.astimezone(zones.named(place.zone)).date() - place.keep_days * _ONE
