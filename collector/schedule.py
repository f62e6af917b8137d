"""
Which key seals the persons of which day.

There is one key a day for all places that keep names equally long, and it is destroyed when that time is
over: then nobody can read them any more, not even out of a backup. Doors get the keys of many days ahead, so
that one that is cut off goes on with the right ones.
"""

import datetime as dt
import secrets

from django.db import transaction

from collector.keyring import Keyring
from collector.models import SealingKey

DAYS_AHEAD = 120
TOPPED_UP_AT = 90
"""When fewer days than this are left, the schedule is filled up again."""


def keys_for(keep_days: int, today: dt.date, zone: dt.tzinfo, keyring: Keyring) -> list[SealingKey]:
    """
    The keys of today and the days ahead, in order; those that are missing are made.

    Args:
        keep_days: How long names are kept.
        today: The place's day.
        zone: Its time zone.
        keyring: Where the private halves go.
    """
    begins = dt.datetime.combine(today, dt.time(), zone).astimezone(dt.UTC)
    with transaction.atomic():
        known = SealingKey.objects.filter(keep_days=keep_days, destroyed_at=None)
        latest = known.order_by("-begins").first()
        ends = begins + dt.timedelta(days=DAYS_AHEAD)
        if latest is None or latest.begins < begins + dt.timedelta(days=TOPPED_UP_AT):
            first = begins if latest is None else max(begins, latest.begins + dt.timedelta(days=1))
            days = [first + dt.timedelta(days=day) for day in range((ends - first).days)]
            named = {f"{day:%Y%m%d}-{keep_days}-{secrets.token_hex(3)}": day for day in days}
            public = keyring.make_sealing(named)
            SealingKey.objects.bulk_create(
                SealingKey(id=name, public=public[name], begins=day, keep_days=keep_days)
                for name, day in named.items()
            )
    current = known.filter(begins__lte=begins).order_by("-begins").first()
    ahead = known.filter(begins__gt=begins).order_by("begins")
    return [*([current] if current else []), *ahead]
