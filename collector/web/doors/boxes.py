"""A box as the pages of the doors tell it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from collector import doors, sorting, zones
from collector.doors import DoorNow, Presence
from collector.models import Kiosk, Place
from collector.web.doors import faults
from collector.web.doors.faults import Fault


@dataclass(frozen=True, slots=True)
class Box:
    """
    A box.

    Attributes:
        kiosk: Its row.
        now: How it is, as far as it was heard of.
        faults: What is wrong, the gravest first.
        zone: The place's time zone.
    """

    kiosk: Kiosk
    now: DoorNow
    faults: tuple[Fault, ...]
    zone: dt.tzinfo

    @property
    def presence(self) -> str:
        """Whether it is heard of, as one word for the template."""
        return self.now.presence.name.lower()

    @property
    def rank(self) -> int:
        """Sorts the ill ones first; who is revoked comes last, for nobody expects anything of them."""
        if self.now.presence is Presence.REVOKED:
            return 3
        if any(fault.is_grave for fault in self.faults):
            return 0
        return 1 if self.faults else 2

    @property
    def refusal(self) -> str:
        """Why it can be told nothing now; empty when it can."""
        if self.now.presence is Presence.REVOKED:
            return _("This box was revoked: it is not let in any more.")
        if self.now.presence is Presence.NEVER_SEEN:
            return _("This box has never been heard of: it can be told something once it is online.")
        if self.now.presence is Presence.SILENT:
            return _("This box is not online: it can be told something once it is back.")
        return ""

    @property
    def is_shut(self) -> bool:
        """Whether its door is out of order by what it last said."""
        return bool(self.now.said("door", "state") == "out_of_order")

    @property
    def looks(self) -> str:
        """What the buttons depend on: where it changes, the page is to be shown anew."""
        return f"{self.presence}-{'shut' if self.is_shut else 'open'}"

    @property
    def certificate_ends(self) -> dt.datetime | None:
        """When its certificate runs out; None where it has not said so."""
        return faults.time(self.now.health.get("certificate_expires"))

    @property
    def last_receipt(self) -> dt.datetime | None:
        """When it last had visits confirmed; None for never."""
        return faults.time(self.now.health.get("last_receipt"))

    @property
    def own_time(self) -> dt.datetime | None:
        """What its clock said."""
        return faults.time(self.now.said("clock", "time"))

    @property
    def up_hours(self) -> int | None:
        """How many whole hours ago it was switched on; None where it has not said so."""
        seconds = self.now.health.get("uptime_s")
        return seconds // 3600 if isinstance(seconds, int) else None


def of(places: QuerySet[Place], now: dt.datetime) -> list[Box]:
    """The boxes of some places, the ill ones first, then by place and door."""
    rows = Kiosk.objects.filter(place__in=places.order_by().values("pk")).select_related("place__unit")
    return sorted((read(row, now) for row in rows), key=_order)


def _order(box: Box) -> tuple[object, ...]:
    return box.rank, sorting.key(box.kiosk.place.name), sorting.key(box.kiosk.door), box.kiosk.name


def read(row: Kiosk, now: dt.datetime) -> Box:
    """A box as its row tells it; its place is read beside it."""
    heard = doors.as_heard(row, now)
    return Box(row, heard, faults.of(heard, now), zones.named(row.place.zone))
