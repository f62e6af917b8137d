"""
Whether a place's day looks otherwise than it did: asked each second, so one cheap question.

What a browser has seen is written into the address that it asks next, signed for the account and for all that
says which visits were on its page: so nobody can say they had seen names that were never written into the
audit as theirs.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core import signing
from django.db.models import Count, Max

from collector import counting
from collector.days import Day
from collector.models import CheckOut, Place
from collector.standing import standing

_SALT = "collector.rows"
_PARTS = 6


@dataclass(frozen=True, slots=True)
class Version:
    """
    How a place's day stands.

    Attributes:
        date: Which day.
        visits: How many visits are stored of it.
        righted: Of how many of them the time was put right.
        last: When the centre stored the newest of them, in microseconds since 1970; 0 for none.
        check_outs: Number of the newest check-out of them; 0 for none.
        line_down: Whether the doors cannot reach the centre, as far as this process knows.
    """

    date: dt.date
    visits: int
    righted: int
    last: int
    check_outs: int
    line_down: bool

    def token(self, look: str) -> str:
        """As it stands in an address. `look` is of `look()`."""
        numbers = (self.visits, self.righted, self.last, self.check_outs, int(self.line_down))
        return _signer(look).sign(".".join((self.date.isoformat(), *map(str, numbers))))

    def newly_shown(self, received: Sequence[dt.datetime], seen: "Version | None") -> int:
        """
        How many names of a list its browser had not.

        Args:
            received: When the visits of all names in it were stored (aware).
            seen: What the browser has seen; None for nothing. Where more has changed than that visits came,
                all names count as shown anew: others may have moved into the list.
        """
        if seen is None or replace(seen, visits=self.visits, last=self.last) != self:
            return len(received)
        # Of two that store at the same time, one may be done later with what it received before.
        grown = min(len(received), self.visits - seen.visits)
        return max(sum(_microseconds(at) > seen.last for at in received), grown)


def of(place: Place, day: Day) -> Version:
    """How a place's day stands now."""
    visits = counting.visits_at(place, day)
    told = visits.aggregate(visits=Count("pk"), righted=Count("told_at"), last=Max("received_at"))
    newest = CheckOut.objects.filter(visit__in=visits.values("pk")).aggregate(last=Max("pk"))
    return Version(
        date=day.date,
        visits=told["visits"],
        righted=told["righted"],
        last=_microseconds(told["last"]) if told["last"] else 0,
        check_outs=newest["last"] or 0,
        line_down=standing.line_up is False,
    )


def look(account: object, place: Place, what: str) -> str:
    """
    Who looks at what.

    Args:
        account: Its number.
        place: Where.
        what: Which of a day's visits are on the page; another page, another word.
    """
    return f"{account} {place.pk} {what}"


def read(token: str, look: str) -> Version | None:
    """What a browser has seen; None where the token is none of ours for this look."""
    try:
        date, *numbers = _signer(look).unsign(token).split(".")
    except signing.BadSignature:
        return None
    if len(numbers) != _PARTS - 1:
        return None
    visits, righted, last, check_outs, line_down = map(int, numbers)
    return Version(dt.date.fromisoformat(date), visits, righted, last, check_outs, bool(line_down))


def _microseconds(at: dt.datetime) -> int:
    """Whole microseconds since 1970 of an instant (aware)."""
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def _signer(look: str) -> signing.Signer:
    return signing.Signer(salt=f"{_SALT} {look}")
