"""
Whether a place's day looks otherwise than it did: asked each second, so one cheap question.

What a browser has seen is written into the address that it asks next, signed, so that nobody can say they had
seen names that were never written into the audit.
"""

import datetime as dt
from dataclasses import dataclass

from django.core import signing
from django.db.models import Count, Max

from collector import counting
from collector.models import CheckOut, Place
from collector.standing import standing
from collector.web.days import Day

_SALT = "collector.rows"
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Version:
    """
    How a place's day stands.

    Attributes:
        visits: How many visits are stored of it.
        righted: Of how many of them the time was put right.
        last: When the centre stored the newest of them, in microseconds since 1970; 0 for none.
        check_outs: Number of the newest check-out there; 0 for none.
        line_down: Whether the doors cannot reach the centre, as far as this process knows.
    """

    visits: int
    righted: int
    last: int
    check_outs: int
    line_down: bool

    def token(self, place: Place, day: Day) -> str:
        """As it stands in an address."""
        parts = (self.visits, self.righted, self.last, self.check_outs, int(self.line_down))
        return _signer(place, day).sign(".".join(map(str, parts)))


def of(place: Place, day: Day) -> Version:
    """How a place's day stands now."""
    told = counting.visits_at(place, day).aggregate(
        visits=Count("pk"), righted=Count("told_at"), last=Max("received_at")
    )
    check_outs = CheckOut.objects.filter(place=place, at__gte=day.begins, at__lte=day.ends)
    by_hand = CheckOut.objects.filter(place=place, at=None)
    newest = [found.aggregate(last=Max("pk"))["last"] or 0 for found in (check_outs, by_hand)]
    return Version(
        visits=told["visits"],
        righted=told["righted"],
        last=microseconds(told["last"]) if told["last"] else 0,
        check_outs=max(newest),
        line_down=standing.line_up is False,
    )


def read(token: str, place: Place, day: Day) -> Version | None:
    """What a browser has seen of a place's day; None where the token is none of ours for it."""
    try:
        parts = _signer(place, day).unsign(token).split(".")
    except signing.BadSignature:
        return None
    if len(parts) != _PARTS:
        return None
    visits, righted, last, check_outs, line_down = map(int, parts)
    return Version(visits, righted, last, check_outs, bool(line_down))


def microseconds(at: dt.datetime) -> int:
    """Whole microseconds since 1970 of an instant (aware)."""
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def _signer(place: Place, day: Day) -> signing.Signer:
    return signing.Signer(salt=f"{_SALT} {place.pk} {day.date}")
