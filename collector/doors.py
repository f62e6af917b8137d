"""How each box is, as far as the centre has heard."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from collector.models import Kiosk

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
    return [
        DoorNow(
            kiosk=box.name,
            place=box.place.name,
            door=box.door,
            presence=_presence(box, now),
            seen_at=box.seen_at,
            health=box.health,
            config=box.config_counter,
        )
        for box in Kiosk.objects.select_related("place").order_by("place__name", "name")
    ]


def silent(now: dt.datetime) -> QuerySet[Kiosk]:
    """The boxes that were heard of once, and are silent now; not those that are revoked."""
    known = Kiosk.objects.filter(revoked_at=None, seen_at__isnull=False)
    return known.filter(Q(online=False) | Q(seen_at__lt=now - SILENT))


def _presence(box: Kiosk, now: dt.datetime) -> Presence:
    if box.revoked_at is not None:
        return Presence.REVOKED
    if box.seen_at is None:
        return Presence.NEVER_SEEN
    is_silent = box.online is False or box.seen_at < now - SILENT
    return Presence.SILENT if is_silent else Presence.ONLINE
