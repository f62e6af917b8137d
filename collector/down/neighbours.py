"""What passed one door of a place is told to its other doors, so that whoever came in there goes out here."""

import datetime as dt
import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from collector import zones
from collector.down.pen import Pen, reserve
from collector.ingest.lines import Line
from collector.models import Kiosk, Place, Visit
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import ClockEvent, Event, VisitEvent
from mqtt_bridge.wire.neighbours import MAX_NEIGHBOURS, Neighbours, NeighbourVisit
from mqtt_bridge.wire.signed import NeighboursClaims

REGISTRY_S = 10.0
"""How often the registry is asked which boxes belong together."""
CATCH_UP_S = 0.25
"""So long a turn boxes are told what passed today before they came online; one at least is."""
ONLINE = b"online"

Passed = dict[str, list[NeighbourVisit]]
"""Visits by the kiosk where they were."""


@dataclass(frozen=True, slots=True)
class _Home:
    """The boxes of one place, and its time zone."""

    kiosks: tuple[str, ...]
    zone: dt.tzinfo

    def day_start(self, now: dt.datetime) -> dt.datetime:
        """The place's last midnight: what was before counts for nobody."""
        return dt.datetime.combine(now.astimezone(self.zone).date(), dt.time(), self.zone)


class _Neighbourhood:
    """Which boxes belong together, as far as the registry was asked; and what is told to them."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._asked_at_s: float | None = None
        self.homes: dict[str, _Home] = {}

    def ask(self, now_s: float) -> bool:
        """Ask the registry now and then; whether it was asked."""
        if self._asked_at_s is not None and now_s - self._asked_at_s < REGISTRY_S:
            return False
        self._asked_at_s = now_s
        self.homes = _homes()
        return True

    def tell(self, news: Passed, line: Line) -> None:
        """
        Tell boxes what passed elsewhere.

        While their counters are locked: a box takes no message whose counter is below that of another, so
        collectors side by side must not overtake each other.
        """
        parts = {
            kiosk: [visits[at : at + MAX_NEIGHBOURS] for at in range(0, len(visits), MAX_NEIGHBOURS)]
            for kiosk, visits in news.items()
            if visits
        }
        if not parts:
            return
        with transaction.atomic():
            first = reserve({kiosk: len(those) for kiosk, those in parts.items()})
            for kiosk, counter in first.items():
                topic = Topic(kiosk, Channel.NEIGHBOURS)
                for number, part in enumerate(parts[kiosk], counter):
                    claims = NeighboursClaims(aud=kiosk, counter=number, body=Neighbours(tuple(part)))
                    line.post(topic, self._pen.sign(claims))


class NewsDesk:
    """
    Tells doors what passed the others, as it is stored. Implements `collector.ingest.intake.Desk`.

    Args:
        pen: Signs it.
        now: The centre's clock (aware).
    """

    channels: frozenset[Channel] = frozenset()

    def __init__(self, pen: Pen, now: Callable[[], dt.datetime] = timezone.now) -> None:
        self._now = now
        self._near = _Neighbourhood(pen)

    def came_up(self, line: Line) -> None:
        """Nothing: who was away is caught up by another desk."""

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:
        """Nothing: visits come by another way."""

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """Visits were committed: those of today whose time is right are told at once."""
        homes = self._near.homes
        news: Passed = defaultdict(list)
        for kiosk, visits in (self._passed(events) if homes else {}).items():
            for other in homes[kiosk].kiosks:
                if other != kiosk:
                    news[other] += visits
        self._near.tell({kiosk: _latest(visits) for kiosk, visits in news.items()}, line)

    def turn(self, line: Line, now_s: float) -> None:  # noqa: ARG002 - news are told when they are stored
        """Ask the registry now and then."""
        self._near.ask(now_s)

    def _passed(self, events: Sequence[Event]) -> Passed:
        """What of it passed today at doors that have neighbours."""
        homes, now = self._near.homes, self._now()
        passed: Passed = defaultdict(list)
        boots: set[tuple[str, UUID]] = set()
        for event in events:
            home = homes.get(event.kiosk)
            if home is None:
                continue
            match event:
                case VisitEvent() if event.data.clocktrusted:
                    if event.time >= home.day_start(now):
                        passed[event.kiosk].append(_of_event(event))
                case VisitEvent() | ClockEvent():
                    boots.add((event.kiosk, event.data.boot))
        for kiosk, boot in boots:
            righted = Visit.objects.filter(kiosk=kiosk, boot=boot)
            passed[kiosk] += _of_today(righted, homes[kiosk], now)
        return passed


class CatchUpDesk:
    """
    Tells doors that come online what passed the others today. Implements `collector.ingest.intake.Desk`.

    Args:
        pen: Signs it.
        now: The centre's clock (aware).
        passed_s: A clock of the machine, seconds.
    """

    channels = frozenset({Channel.AVAILABILITY})

    def __init__(
        self,
        pen: Pen,
        now: Callable[[], dt.datetime] = timezone.now,
        passed_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._passed_s = passed_s
        self._near = _Neighbourhood(pen)
        self._behind: dict[str, None] = {}
        """In the order in which they came; of those that are nobody's neighbours as far as is known, too."""
        self._again: dict[str, float] = {}
        """New boxes, and when whoever tells news knows them too."""

    def came_up(self, line: Line) -> None:
        """Nothing: the broker says again who is online."""

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:  # noqa: ARG002 - told at the next turn
        """A box came online: what it missed is told at one of the next turns."""
        if payload == ONLINE:
            self._behind[topic.kiosk] = None

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """Nothing: another desk tells what is new."""

    def turn(self, line: Line, now_s: float) -> None:
        """Tell boxes that came online what they missed."""
        began_s = self._passed_s()
        strangers = self._behind.keys() - self._near.homes.keys()
        is_asked = self._near.ask(now_s)
        homes = self._near.homes
        for kiosk in [kiosk for kiosk, due_s in self._again.items() if now_s >= due_s]:
            del self._again[kiosk]
            self._behind[kiosk] = None
        self._again |= {kiosk: now_s + REGISTRY_S for kiosk in strangers if kiosk in homes}
        if is_asked:  # Until then one may have been enrolled a moment ago.
            self._behind = {kiosk: None for kiosk in self._behind if kiosk in homes}
        for kiosk in [kiosk for kiosk in self._behind if kiosk in homes]:
            home = homes[kiosk]
            others = Visit.objects.filter(kiosk__in=set(home.kiosks) - {kiosk})
            self._near.tell({kiosk: _of_today(others, home, self._now())}, line)
            del self._behind[kiosk]
            if self._passed_s() - began_s >= CATCH_UP_S:
                break


def _homes() -> dict[str, _Home]:
    """The boxes of places that have several."""
    let_in = Q(kiosks__revoked_at=None)
    several = Place.objects.annotate(boxes=Count("kiosks", filter=let_in)).filter(boxes__gt=1)
    homes: dict[str, _Home] = {}
    rows = Kiosk.objects.filter(revoked_at=None, place__in=several).order_by("place", "name")
    by_place = itertools.groupby(rows.values_list("place", "place__zone", "name"), lambda row: row[:2])
    for (_, zone), group in by_place:
        home = _Home(tuple(name for *_, name in group), zones.named(zone))
        homes |= dict.fromkeys(home.kiosks, home)
    return homes


def _of_today(visits: QuerySet[Visit], home: _Home, now: dt.datetime) -> list[NeighbourVisit]:
    """Of each person the latest visit of today, oldest first."""
    today = visits.filter(clock_trusted=True, at__gte=home.day_start(now)).order_by("at")
    rows = today.values_list("id", "direction", "at", "document", "phone", "other")
    return _latest(_of_row(row) for row in rows.iterator())


def _latest(visits: Iterable[NeighbourVisit]) -> list[NeighbourVisit]:
    """Of each person the last of these, in their order."""
    by_person: dict[tuple[bytes | None, ...], NeighbourVisit] = {}
    for visit in visits:
        known = visit.pseudonyms
        person = (known.document, known.phone, known.other)
        by_person.pop(person, None)
        by_person[person] = visit
    return list(by_person.values())


def _of_event(event: VisitEvent) -> NeighbourVisit:
    facts = event.data
    return NeighbourVisit(id=event.id, direction=facts.direction, at=event.time, pseudonyms=facts.pseudonyms)


def _of_row(row: tuple[Any, ...]) -> NeighbourVisit:
    visit, direction, at, *digests = row
    known = zip(("document", "phone", "other"), digests, strict=True)
    pseudonyms = {kind: bytes(digest) for kind, digest in known if digest is not None}
    told = {"id": visit, "direction": direction, "at": at, "pseudonyms": pseudonyms}
    return msgspec.convert(told, NeighbourVisit, builtin_types=(bytes, dt.datetime, UUID))
