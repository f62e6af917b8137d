"""Whose midnight ends a day: that of the place where it happened."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from collector import days
from collector.models import Place


def own() -> dt.tzinfo:
    """The centre's own."""
    return timezone.get_default_timezone()


def named(name: str) -> dt.tzinfo:
    """A place's time zone; the centre's own where the name is none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return own()


def on(date: dt.date) -> Q:
    """Visits of a date, each by the clock of its place; those without a place by the centre's."""
    others = [
        name for name in Place.objects.values_list("zone", flat=True).distinct() if named(name) != own()
    ]
    chosen = _within(date, own())
    if others:
        chosen &= ~Q(place__in=Place.objects.filter(zone__in=others)) | Q(place=None)
    for name in others:
        chosen |= _within(date, named(name)) & Q(place__in=Place.objects.filter(zone=name))
    return chosen


def _within(date: dt.date, zone: dt.tzinfo) -> Q:
    day = days.of(date, zone)
    return Q(at__gte=day.begins, at__lt=day.ends)
