"""
What is forgotten when its time is over.

A place keeps names for so many days after the day of the visit, by its own clock. Then the visit loses its
person and its pseudonyms, and the key of that day is destroyed: copies of the database that lie elsewhere can
be read no more than the database itself. The visit stays, to be counted.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from collector import personal, schedule, zones
from collector.keyring import Keyring
from collector.models import Kiosk, Place, SealingKey, SetAside, Visit

DEFAULT_KEEP_DAYS = 30
"""Of visits of no place, and kiosks that belong to none."""
LOT = 500
"""Visits a transaction: what comes in must not wait for more."""


@dataclass(frozen=True, slots=True)
class Retained:
    """
    What was done, in figures.

    Attributes:
        visits: Visits that lost their person and pseudonyms.
        set_aside: Messages that had been set aside, and lost what they held.
        destroyed: Keys that were destroyed.
        left: Ids of keys whose time is over, but which came by the environment.
        made: Keys that were made for days ahead.
        sessions: Sessions at the page that had run out.
    """

    visits: int
    set_aside: int
    destroyed: int
    left: tuple[str, ...]
    made: int
    sessions: int

    def __str__(self) -> str:
        return (
            f"{self.visits} visits and {self.set_aside} messages set aside lost their names,"
            f" {self.destroyed} keys destroyed, {len(self.left)} left to you, {self.made} made ahead,"
            f" {self.sessions} sessions cleared"
        )


def retain(
    keyring: Keyring, now: dt.datetime, *, dry_run: bool = False, days_left: int = schedule.TOPPED_UP_AT
) -> Retained:
    """
    Forget what is overdue, and make the keys of the days ahead.

    Args:
        keyring: The centre's keys.
        now: The present (aware).
        dry_run: Only count; nothing is changed, and no key is made.
        days_left: Keys are made where fewer days than this have one.

    Raises:
        KeyUnusable: If the keys cannot be read or written.
        django.db.DatabaseError: If the database cannot be.
    """
    visits = asides = 0
    for limit, visited, set_aside in _limits(now):
        old_visits = Visit.objects.filter(visited, _is_old(limit), personal.is_held())
        old_asides = SetAside.objects.filter(set_aside, received_at__lt=limit).exclude(payload=b"")
        visits += old_visits.count() if dry_run else _wipe(old_visits, limit)
        asides += old_asides.count() if dry_run else old_asides.update(payload=b"")
    keys = [*schedule.overdue(now), *schedule.left_over(keyring)]
    told = keyring.told()
    left = tuple(key.id for key in keys if key.id in told)
    ended = Session.objects.filter(expire_date__lt=now)
    sessions = ended.count()
    made = 0
    if not dry_run:
        schedule.destroy(keys, keyring, now)
        ended.delete()
        made = _top_up(keyring, now, days_left)
    return Retained(visits, asides, len(keys) - len(left), left, made, sessions)


def _limits(now: dt.datetime) -> Iterator[tuple[dt.datetime, Q, Q]]:
    """Until when what is old, which visits these are, and which messages that were set aside."""
    for keep_days, zone in Place.objects.values_list("keep_days", "zone").distinct():
        places = Place.objects.filter(keep_days=keep_days, zone=zone)
        boxes = Kiosk.objects.filter(place__in=places).values("name")
        yield _limit(now, zones.named(zone), keep_days), Q(place__in=places), Q(kiosk__in=boxes)
    nobodys = ~Q(kiosk__in=Kiosk.objects.values("name"))
    yield _limit(now, zones.own(), DEFAULT_KEEP_DAYS), Q(place=None), nobodys


def _limit(now: dt.datetime, zone: dt.tzinfo, keep_days: int) -> dt.datetime:
    """The first instant of the first day whose names are still kept."""
    first = now.astimezone(zone).date() - dt.timedelta(days=keep_days)
    return dt.datetime.combine(first, dt.time(), zone).astimezone(dt.UTC)


def _is_old(limit: dt.datetime) -> Q:
    """By its own time where that is right; and nobody comes later than the centre hears of it."""
    return Q(received_at__lt=limit) | Q(clock_trusted=True, at__lt=limit)


def _wipe(chosen: QuerySet[Visit], limit: dt.datetime) -> int:
    """
    Lot by lot, in the order of ids, so that none is looked at twice.

    Two boxes may have used an id: so each must be old itself, and of a place that keeps names as long.
    """
    wiped, last = 0, UUID(int=0)
    while True:
        lot = list(chosen.filter(pk__gt=last).order_by("pk").values_list("pk", "place")[:LOT])
        if not lot:
            return wiped
        ids, places = [pk for pk, _ in lot], {place for _, place in lot if place}
        where = Q(place__in=places) if places else Q(place=None)
        old = Visit.objects.filter(where, _is_old(limit), personal.is_held(), pk__in=ids)
        wiped += old.update(**personal.GONE)
        last = ids[-1]


def _top_up(keyring: Keyring, now: dt.datetime, days_left: int) -> int:
    before = SealingKey.objects.count()
    named = Place.objects.filter(kind=Place.CHECKPOINT)
    for keep_days, zone_name in named.values_list("keep_days", "zone").distinct():
        zone = zones.named(zone_name)
        schedule.keys_for(keep_days, now.astimezone(zone).date(), zone, keyring, left=days_left)
    return SealingKey.objects.count() - before
