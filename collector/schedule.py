"""
Which key seals the persons of which day.

There is one key a day for all places that keep names equally long, and it is destroyed when that time is
over: then nobody can read them any more, not even out of a backup. Doors get the keys of many days ahead, so
that one that is cut off goes on with the right ones. Of a centre's machines one makes them; another opens
what they seal with a copy of its file, and destroys in that copy what the database calls destroyed.

A day's key can be replaced: the new one begins a moment later, and doors use what began last.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from django.db import transaction
from django.db.models import QuerySet

from collector.keyring import Keyring
from collector.models import SealingKey

DAYS_AHEAD = 120
TOPPED_UP_AT = 90
"""When fewer days than this are left, the schedule is filled up again."""
SCARCE_AT = 30
"""Likewise, by whoever is not the one to do it: the copy of another machine's keys may be so much older."""
TODAY = 1
"""Likewise, by whoever wants no more than the key of today."""
_DAY = dt.timedelta(days=1)
_LATER = dt.timedelta(microseconds=1)
"""By how much a key that replaces another begins after it."""
_SAME_DAY = dt.timedelta(hours=1)
"""Keys that begin within less are of one day."""


def keys_for(
    keep_days: int, today: dt.date, zone: dt.tzinfo, keyring: Keyring, *, left: int = TOPPED_UP_AT
) -> list[SealingKey]:
    """
    The keys of today and the days ahead, in order; those that are missing are made.

    Args:
        keep_days: How long names are kept.
        today: The place's day.
        zone: Its time zone.
        keyring: Where the private halves go.
        left: If fewer days than this have a key, more are made.
    """
    begins = dt.datetime.combine(today, dt.time(), zone).astimezone(dt.UTC)
    with transaction.atomic():
        known = _in_use(keep_days, keyring)
        if not known or known[-1].begins < begins + left * _DAY:
            first = max(begins, known[-1].begins + _DAY) if known else begins
            ends = begins + DAYS_AHEAD * _DAY
            days = [first + day * _DAY for day in range(-((first - ends) // _DAY))]
            known += _make(keep_days, days, zone, keyring)
    return _from(begins + _SAME_DAY, known)


def replace(keep_days: int, now: dt.datetime, zone: dt.tzinfo, keyring: Keyring) -> list[SealingKey]:
    """
    Make new keys for today and the days ahead, in the place of those that somebody else may know.

    The old ones go on opening what is sealed to them, until their own time is over.

    Args:
        keep_days: For places that keep names so long.
        now: The present (aware).
        zone: In whose dates the keys are named.
        keyring: Where the private halves go.
    """
    with transaction.atomic():
        old = _from(now, _in_use(keep_days, keyring))
        return _make(keep_days, [key.begins + _LATER for key in old], zone, keyring)


def overdue(now: dt.datetime) -> list[SealingKey]:
    """
    The keys whose time is over: those whose day ended more than their `keep_days` ago.

    A day goes on until the next key begins: the last key of all is never overdue.
    """
    return [
        key
        for keys in _groups(SealingKey.objects.filter(destroyed_at=None))
        for key in keys
        if (end := _end(key, keys)) is not None and end + key.keep_days * _DAY <= now
    ]


def left_over(keyring: Keyring) -> list[SealingKey]:
    """The keys that are still here, though another machine of the centre has destroyed its own."""
    destroyed = SealingKey.objects.exclude(destroyed_at=None)
    return [key for part in _parts(sorted(keyring.held())) for key in destroyed.filter(id__in=part)]


def last_day(names: Iterable[str], zone: dt.tzinfo) -> dt.date | None:
    """
    The day from which nobody can open what is sealed to some keys: the term of the last of them is over.

    A place that keeps names longer or shorter now has changed nothing for keys of days that were before.

    Args:
        names: Their ids.
        zone: In whose days.

    Returns:
        None where there is no such key.
    """
    wanted = set(names)
    terms = set(SealingKey.objects.filter(pk__in=wanted).values_list("keep_days", flat=True))
    over = [
        (_end(key, keys) or key.begins + _DAY) + key.keep_days * _DAY
        for keys in _groups(SealingKey.objects.filter(keep_days__in=terms))
        for key in keys
        if key.pk in wanted
    ]
    return (max(over) - _LATER).astimezone(zone).date() + _DAY if over else None


def destroy(keys: Sequence[SealingKey], keyring: Keyring, now: dt.datetime) -> list[str]:
    """
    Destroy the private halves of keys.

    Returns:
        The ids of those that came by the environment: somebody else must take them away.
    """
    gone = keyring.destroy_sealing(key.id for key in keys)
    for part in _parts(sorted(gone)):
        SealingKey.objects.filter(id__in=part, destroyed_at=None).update(destroyed_at=now)
    return [key.id for key in keys if key.id not in gone]


def _in_use(keep_days: int, keyring: Keyring) -> list[SealingKey]:
    """The keys that doors may seal with, in order: we can open what they seal, and nothing replaces them."""
    found = SealingKey.objects.filter(keep_days=keep_days, destroyed_at=None).order_by("begins")
    keys = [key for key in found if keyring.sealing(key.id) is not None]
    return [key for key, after in pairwise(keys) if after.begins - key.begins >= _SAME_DAY] + keys[-1:]


def _from(now: dt.datetime, keys: Sequence[SealingKey]) -> list[SealingKey]:
    """The key of now, and those that come after it."""
    begun = sum(key.begins <= now for key in keys)
    return list(keys[max(0, begun - 1) :])


def _make(
    keep_days: int, begins: Iterable[dt.datetime], zone: dt.tzinfo, keyring: Keyring
) -> list[SealingKey]:
    named: Mapping[str, dt.datetime] = {
        f"{day.astimezone(zone):%Y%m%d}-{keep_days}-{secrets.token_hex(3)}": day for day in begins
    }
    public = keyring.make_sealing(named)
    return SealingKey.objects.bulk_create(
        SealingKey(id=name, public=public[name], begins=day, keep_days=keep_days)
        for name, day in named.items()
    )


def _groups(keys: QuerySet[SealingKey]) -> Iterable[list[SealingKey]]:
    """Keys of places that keep names equally long, in order."""
    groups: dict[int, list[SealingKey]] = {}
    for key in keys.order_by("begins"):
        groups.setdefault(key.keep_days, []).append(key)
    return groups.values()


def _end(key: SealingKey, keys: Sequence[SealingKey]) -> dt.datetime | None:
    later = (other.begins for other in keys if other.begins >= key.begins + _SAME_DAY)
    after = next(later, None)
    return None if after is None else max(after, key.begins + _DAY)


def _parts(ids: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
