"""
What the doors say of themselves: whether they are there, and how they are. A desk of the intake.

What comes is gathered, and written once a turn: a thousand doors are one transaction a second. Nothing of it
is worth waiting for: who was not heard now is heard a minute later.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from collector import doors
from collector.ingest.lines import Line
from collector.ingest.receiving import MAX_KEPT_BYTES, MAX_REASON_LETTERS, Aside
from collector.models import Kiosk
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import BadMessage, Event
from mqtt_bridge.wire.health import decode_health

log = logging.getLogger(__name__)

LOOK_S = 10.0
"""How often it is looked who is silent."""
KIOSKS_A_TURN, ASIDES_A_TURN = 5000, 100
STRANGERS = 1000
"""So many names that nobody has enrolled are known again, to be told once."""
NAMED = 20
"""More kiosks that fall silent at once are told as a number."""
_PRESENCE = {b"online": True, b"offline": False}


@dataclass(slots=True)
class _News:
    """What a kiosk has said since it was last written down; None for nothing."""

    online: bool | None = None
    seen_at: datetime | None = None
    health: dict[str, Any] | None = None


class _Told(NamedTuple):
    """A kiosk's row as it is to be; None for health leaves what is there."""

    name: str
    online: bool | None
    seen_at: datetime | None
    health: dict[str, Any] | None


class WatchDesk:
    """
    Keeps how each kiosk last said that it is, and tells the log who falls silent and who comes back.

    Implements `collector.ingest.intake.Desk`.

    Args:
        set_aside: Keeps what was not understood.
        now: The centre's clock (aware).
    """

    channels = frozenset({Channel.HEALTH, Channel.AVAILABILITY})

    def __init__(
        self, set_aside: Callable[[Sequence[Aside]], object], now: Callable[[], datetime] = timezone.now
    ) -> None:
        self._set_aside = set_aside
        self._now = now
        self._news: dict[str, _News] = {}
        self._bad: list[tuple[str, Aside]] = []
        self._live: set[str] = set()
        self._strangers: set[str] = set()
        self._missed: set[str] = set()
        self._silent: set[str] | None = None
        self._is_new_line = True
        self._look_due_s = 0.0

    def came_up(self, line: Line) -> None:  # noqa: ARG002 - nothing is sent
        """What comes first now from each kiosk may be what the broker has kept of it, however old."""
        self._live.clear()
        self._is_new_line = True

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:  # noqa: ARG002 - nothing is sent
        """A kiosk said whether it is there, or how it is."""
        if not payload:
            return  # The broker keeps nothing of it any more.
        if topic.channel is Channel.AVAILABILITY and payload in _PRESENCE:
            self._news.setdefault(topic.kiosk, _News()).online = _PRESENCE[payload]
        elif topic.channel is Channel.AVAILABILITY:
            self._keep_bad(topic, payload, "neither online nor offline")
        else:
            try:
                self._heard_health(topic.kiosk, payload)
            except BadMessage as error:
                self._keep_bad(topic, payload, str(error))

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """Visits are the business of others."""

    def turn(self, line: Line, now_s: float) -> None:  # noqa: ARG002 - nothing is sent
        """Write down what was heard, and look now and then who was not."""
        if self._news or self._bad:
            self._write()
        if self._is_new_line:
            # Whom the line's absence has kept from us is not silent.
            self._is_new_line = False
            self._look_due_s = now_s + doors.SILENT / timedelta(seconds=1)
        elif now_s >= self._look_due_s:
            self._look_due_s = now_s + LOOK_S
            self._look()

    def _heard_health(self, kiosk: str, payload: bytes) -> None:
        health = decode_health(payload)
        now = self._now()
        news = self._news.setdefault(kiosk, _News())
        news.health = msgspec.to_builtins(health)
        if kiosk in self._live:
            news.seen_at = now
        else:
            self._live.add(kiosk)
            news.seen_at = min(now, health.clock.time) if health.clock.trusted else None

    def _keep_bad(self, topic: Topic, payload: bytes, why: str) -> None:
        if len(self._bad) < ASIDES_A_TURN:
            reason = f"{topic.channel}: {why}"[:MAX_REASON_LETTERS]
            self._bad.append((topic.kiosk, Aside(str(topic), reason, payload[:MAX_KEPT_BYTES])))

    def _write(self) -> None:
        some = dict(list(self._news.items())[:KIOSKS_A_TURN])
        asked = Kiosk.objects.defer("health")
        known = asked.in_bulk([*some, *(kiosk for kiosk, _ in self._bad)])
        told = [self._told(known[kiosk], news) for kiosk, news in some.items() if kiosk in known]
        bad = [aside for kiosk, aside in self._bad if kiosk in known]
        _update(told)
        self._tell_strangers(kiosk for kiosk in some if kiosk not in known)
        for kiosk in some:
            del self._news[kiosk]
        if bad:
            self._set_aside(bad)
            log.warning("%d messages about how doors are set aside: %s", len(bad), bad[0].reason)
        self._bad.clear()

    def _told(self, box: Kiosk, news: _News) -> _Told:
        """What a box has said; of the first that is ever heard of it, nobody asks how old that is."""
        online = box.online if news.online is None else news.online
        if news.health is None:
            return _Told(box.name, online, box.seen_at, None)
        seen_at = news.seen_at or box.seen_at or self._now()
        return _Told(box.name, online, max(seen_at, box.seen_at or seen_at), news.health)

    def _tell_strangers(self, kiosks: Iterable[str]) -> None:
        for kiosk in kiosks:
            if kiosk not in self._strangers and len(self._strangers) < STRANGERS:
                self._strangers.add(kiosk)
                log.warning("kiosk %s: not of this centre, so not watched; enrol it", kiosk)

    def _look(self) -> None:
        """Who is silent twice in a row is told: a line that is dialled anew is no silence."""
        now = self._now()
        missed = set(doors.silent(now).values_list("name", flat=True))
        if self._silent is None:
            self._silent = missed
            if missed:
                log.warning("%d kiosks are silent; see `collector doors`", len(missed))
        lost = (missed & self._missed) - self._silent
        back = self._silent - missed
        if len(lost) > NAMED or len(back) > NAMED:
            log.warning("%d kiosks fell silent, %d are back; see `collector doors`", len(lost), len(back))
        else:
            for kiosk in sorted(lost):
                log.warning("kiosk %s: silent", kiosk)
            for kiosk in sorted(back):
                log.info("kiosk %s: back", kiosk)
        self._silent = (self._silent - back) | lost
        self._missed = missed


def _update(told: Iterable[_Told]) -> None:
    """
    Write rows in the order of their names, one statement for each in one go.

    Django's `bulk_update` makes one large CASE of them, which took 350 us a kiosk; this takes a tenth.
    """
    fields = {field.name: field for field in Kiosk._meta.concrete_fields}  # noqa: SLF001 - Django's own documented name
    columns = [fields[name] for name in ("online", "seen_at", "health")]
    both: dict[bool, list[list[Any]]] = {True: [], False: []}
    for one in sorted(told, key=attrgetter("name")):
        values = (one.online, one.seen_at, one.health)
        has_health = one.health is not None
        written = zip(columns if has_health else columns[:2], values, strict=False)
        row = [column.get_db_prep_save(value, connection) for column, value in written]
        both[has_health].append([*row, one.name])
    with transaction.atomic(), connection.cursor() as cursor:
        for has_health, rows in both.items():
            if rows:
                extra = ", health = %s" if has_health else ""
                cursor.executemany(
                    f"UPDATE {Kiosk._meta.db_table} SET online = %s, seen_at = %s{extra} WHERE name = %s",  # noqa: S608, SLF001 - names of our own
                    rows,
                )
