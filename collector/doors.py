"""How each box is, as far as the centre has heard."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet

from collector import sorting
from collector.models import Kiosk, Place

SILENT = dt.timedelta(minutes=3)
"""A box tells each minute how it is; one that has missed three is silent."""


class Presence(StrEnum):
    """Whether a box is heard of."""

    ONLINE = "online"
    SILENT = "silent"
    REVOKED = "revoked"
    NEVER_SEEN = "never seen"


@dataclass(frozen=True, slots=True)
class DoorNow:
    """
    A box, and how it last said that it is; None where it has not said so.

    Attributes:
        kiosk: Its name.
        place: Whose it is.
        door: Which door it stands at.
        presence: Whether it is heard of.
        seen_at: When it last was.
        health: All that it said then.
        config: Version of the configuration that it was sent last; 0 for none.
    """

    kiosk: str
    place: str
    door: str
    presence: Presence
    seen_at: dt.datetime | None
    health: dict[str, Any]
    config: int = 0

    def said(self, part: str, name: str) -> Any:
        """A field of a part of its health, such as `queue` and `waiting`; None where it has not said so."""
        found = self.health.get(part)
        return found.get(name) if isinstance(found, dict) else None

    @property
    def works(self) -> bool | None:
        """Whether its door serves; None when it has not said so."""
        running, state = self.said("door", "running"), self.said("door", "state")
        return None if running is None else bool(running) and state != "out_of_order"


def every(now: dt.datetime) -> list[DoorNow]:
    """All boxes of the registry, by place and name."""
    boxes = Kiosk.objects.select_related("place").order_by("place__name", "name")
    return [as_heard(box, now) for box in boxes]


def as_heard(box: Kiosk, now: dt.datetime) -> DoorNow:
    """A box as far as it was heard of."""
    return DoorNow(
        kiosk=box.name,
        place=box.place.name,
        door=box.door,
        presence=_presence(box, now),
        seen_at=box.seen_at,
        health=box.health,
        config=box.config_counter,
    )


@dataclass(frozen=True, slots=True)
class Doors:
    """
    Boxes in figures, without those that are revoked.

    Attributes:
        every: How many there are.
        online: How many are heard of.
        silent: How many were heard of once, and are not now.
    """

    every: int = 0
    online: int = 0
    silent: int = 0

    @property
    def never_seen(self) -> int:
        """How many were never heard of."""
        return self.every - self.online - self.silent


def together(some: Iterable[Doors]) -> Doors:
    """The boxes of several places as one."""
    all_ = list(some)
    return Doors(*(sum(getattr(one, name) for one in all_) for name in ("every", "online", "silent")))


def by_place(places: QuerySet[Place], now: dt.datetime) -> dict[int, Doors]:
    """How many boxes each of some places has, by its number; nothing for those that have none."""
    boxes = Kiosk.objects.filter(place__in=places.order_by().values("pk"), revoked_at=None)
    told = boxes.values_list("place").annotate(
        every=Count("pk"), seen=Count("seen_at"), silent=Count("pk", filter=_is_silent(now))
    )
    return {place: Doors(every, seen - silent, silent) for place, every, seen, silent in told.order_by()}


def unheard(places: QuerySet[Place], now: dt.datetime) -> list[DoorNow]:
    """The boxes of some places that are silent or were never heard of, by place and door; none revoked."""
    boxes = Kiosk.objects.filter(place__in=places.order_by().values("pk"), revoked_at=None)
    missed = boxes.filter(_is_silent(now) | Q(seen_at=None)).select_related("place")
    return sorted((as_heard(box, now) for box in missed), key=_named)


def silent(now: dt.datetime) -> QuerySet[Kiosk]:
    """The boxes that were heard of once, and are silent now; not those that are revoked."""
    return Kiosk.objects.filter(_is_silent(now), revoked_at=None)


def _named(box: DoorNow) -> tuple[object, ...]:
    return sorting.key(box.place), sorting.key(box.door), box.kiosk


def _is_silent(now: dt.datetime) -> Q:
    return Q(seen_at__isnull=False) & (Q(online=False) | Q(seen_at__lt=now - SILENT))


def _presence(box: Kiosk, now: dt.datetime) -> Presence:
    if box.revoked_at is not None:
        return Presence.REVOKED
    if box.seen_at is None:
        return Presence.NEVER_SEEN
    is_silent = box.online is False or box.seen_at < now - SILENT
    return Presence.SILENT if is_silent else Presence.ONLINE
