"""
A batch of messages into the database: all in one transaction, or nothing.

Whatever is sent again is recognised and ignored; what contradicts what is already there is set aside and
blocks nothing. Only when something of a batch was not stored is looked what.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from msgspec import structs

from collector.ingest import truth
from collector.ingest.clocks import put_right
from collector.ingest.gone import Gone
from collector.ingest.homes import Homes
from collector.ingest.marks import ALL, Extent, Held, Journal, Marks, Span, doubtful
from collector.ingest.receiving import Aside, MakeRow, Place, Received, Row
from collector.ingest.rows import content
from collector.ingest.writing import Writer, make_writer
from collector.models import Clock, Gap, SetAside
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import ClockEvent, Event, GapEvent, Receipt, VisitEvent

_ROWS = 500
"""Rows an INSERT, and digests a SELECT."""
_SAME_ID = "id: already stored with another content"
_SAME_PLACE = "sequence: already stored with another id"

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of a batch.

    Attributes:
        receipts: What to tell each kiosk that sent something, in the order of their names.
        stored: How many visits are new.
        repeated: How many were there already.
        set_aside: How many were set aside for the first time.
    """

    receipts: Sequence[tuple[str, Receipt]] = ()
    stored: int = 0
    repeated: int = 0
    set_aside: int = 0


@dataclass(slots=True)
class _Load:
    """
    What a batch holds, sorted.

    Attributes:
        visits: Visits, in the order they came.
        rows: The same as rows.
        facts: Clocks that became true, and gaps.
        asides: What was not understood.
        filled: Which places of which journals that fills.
        claims: How far doors say that they hold receipts.
    """

    visits: list[VisitEvent] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    facts: list[ClockEvent | GapEvent] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    filled: dict[Journal, list[Span]] = field(default_factory=lambda: defaultdict(list))
    claims: dict[Journal, int] = field(default_factory=dict)


class Store:
    """What one collector commits, with the one connection of its thread."""

    def __init__(self) -> None:
        self._homes = Homes()
        self._writer = make_writer(self._homes.of)
        self._marks = Marks()
        self._gone = Gone()
        self.row: MakeRow = self._writer.row
        """Makes a row of a visit and its kiosk; any thread may call it."""

    def commit(self, batch: Iterable[Received], now: datetime) -> Outcome:
        """
        Commit a batch; when this returns, it is on the disk.

        Args:
            batch: What messages held, oldest first.
            now: The centre's clock (aware, UTC).

        Raises:
            django.db.OperationalError: If the database is locked, full or away; then nothing was stored.
        """
        load = _sort(batch, self.row)
        try:
            self._writer.prepare()
            load.rows = list(self._homes.place(load.rows))
            try:
                outcome, extents = self._write(load, now)
            except IntegrityError:
                outcome, extents = self._write(load, now, in_doubt=dict.fromkeys(load.filled, ALL))
        except BaseException:
            # Whatever it was: the database that comes next may know less.
            self._marks.forget()
            self._homes.forget()
            self._gone.forget()
            raise
        self._marks.keep(extents)
        return outcome

    def _write(
        self, load: _Load, now: datetime, in_doubt: Mapping[Journal, int] | None = None
    ) -> tuple[Outcome, Mapping[Journal, Extent]]:
        with transaction.atomic():
            held = self._writer.hold(load.filled, self._marks.unknown(load.filled))
            self._marks.learn(held)
            visits, rows = self._still_wanted(load, held)
            stored = 0
            if rows:
                doubts = doubtful(load.filled, held) if in_doubt is None else in_doubt
                stored = self._writer.insert_visits(rows, doubts, now)
            contradictions: Sequence[Aside] = ()
            if stored < len(rows):
                contradictions = list(_contradictions(visits, rows, self._writer))
            _keep_facts(load, now)
            set_aside = _keep_asides([*load.asides, *contradictions], now)
            extents = self._raise_marks(load, held)
        receipts = [
            (kiosk, Receipt(UUID(int=epoch), extent.through))
            for (kiosk, epoch), extent in sorted(extents.items())
            if extent.through
        ]
        return Outcome(receipts, stored, len(load.rows) - stored - len(contradictions), set_aside), extents

    def _still_wanted(
        self, load: _Load, held: Mapping[Journal, Held]
    ) -> tuple[Sequence[VisitEvent], Sequence[Row]]:
        """The visits, without those that were stored once and dropped; and the same as rows."""
        gone = self._gone.among(load.visits, held)
        if not gone:
            return load.visits, load.rows
        kept = [index for index in range(len(load.rows)) if index not in gone]
        return [load.visits[index] for index in kept], [load.rows[index] for index in kept]

    def _raise_marks(self, load: _Load, held: Mapping[Journal, Held]) -> Mapping[Journal, Extent]:
        ask = partial(truth.ask, filled=self._writer.filled, held=held)
        extents = self._marks.move(load.filled, load.claims, ask)
        raised = [
            (journal, extent.through, max(extent.through, *(last for _, last in load.filled[journal])))
            for journal, extent in extents.items()
            if extent.through > extent.marked or not extent.is_all
        ]
        if raised:
            self._writer.raise_marks(raised)
        return extents


def _sort(batch: Iterable[Received], make_row: MakeRow) -> _Load:
    load = _Load()
    visits, filled, claims = load.visits, load.filled, load.claims
    for received in batch:
        kiosk = received.kiosk
        for event in received.events:
            first = last = int(event.sequence)
            if isinstance(event, VisitEvent):
                visits.append(event)
                if received.rows is None:
                    load.rows.append(make_row(event, kiosk))
            else:
                load.facts.append(event)
                if isinstance(event, GapEvent):
                    last = max(first, event.data.through)
            journal = (kiosk, event.epoch.int)
            filled[journal].append((first, last))
            if event.settled != "0":
                # A door that holds a receipt for an entry does not send it: more is not to be believed.
                claim = min(int(event.settled), first - 1)
                if claim > claims.get(journal, 0):
                    claims[journal] = claim
        load.rows += received.rows or ()
        for aside in received.aside:
            load.asides.append(aside)
            if aside.place is not None:
                place = aside.place
                filled[place.kiosk, UUID(place.epoch).int].append((place.sequence, place.sequence))
    return load


def _contradictions(visits: Sequence[VisitEvent], rows: Sequence[Row], writer: Writer) -> Iterator[Aside]:
    """What of the batch the database has refused, and does not have."""
    stored = set(writer.contents([one[0] for one in rows]))
    known = {id_ for id_, _ in stored}
    for visit, one in zip(visits, rows, strict=True):
        if (one[0], content(one)) not in stored:
            yield _contradiction(visit, _SAME_ID if one[0] in known else _SAME_PLACE)


def _keep_facts(load: _Load, now: datetime) -> None:
    """Clocks that became true, and gaps; visits of such a boot get their right times, whenever they come."""
    clocks = [_clock(event, now) for event in load.facts if isinstance(event, ClockEvent)]
    gaps = [_gap(event) for event in load.facts if isinstance(event, GapEvent)]
    if clocks:
        Clock.objects.bulk_create(clocks, batch_size=_ROWS, ignore_conflicts=True)
    if gaps:
        Gap.objects.bulk_create(gaps, batch_size=_ROWS, ignore_conflicts=True)
    boots = {(clock.kiosk, clock.boot) for clock in clocks}
    boots |= {(visit.kiosk, visit.data.boot) for visit in load.visits if not visit.data.clocktrusted}
    if boots:
        put_right(boots)


def _keep_asides(asides: Sequence[Aside], now: datetime) -> int:
    """Keep what was never set aside before, each once; how many those are."""
    if not asides:
        return 0
    by_digest = {aside.digest: aside for aside in asides}
    for part in _parts(list(by_digest)):
        kiosks = {_kiosk(by_digest[digest]) for digest in part}
        found = SetAside.objects.filter(kiosk__in=kiosks, digest__in=part)
        for digest in found.values_list("digest", flat=True):
            del by_digest[bytes(digest)]
    rows = [_aside_row(digest, aside, now) for digest, aside in by_digest.items()]
    SetAside.objects.bulk_create(rows, batch_size=_ROWS, ignore_conflicts=True)
    return len(rows)


def _contradiction(visit: VisitEvent, reason: str) -> Aside:
    return Aside(
        topic=str(Topic(visit.kiosk, Channel.VISIT)),
        reason=reason,
        payload=wire.encode([structs.replace(visit, settled="0")]),
        place=Place(visit.kiosk, str(visit.epoch), visit.number),
    )


def _clock(event: ClockEvent, now: datetime) -> Clock:
    return Clock(**_place(event), boot=event.data.boot, started=event.data.started, received_at=now)


def _gap(event: GapEvent) -> Gap:
    through = max(event.data.through, event.number)
    return Gap(**_place(event), through=through, why=event.data.why, at=event.time)


def _place(event: Event) -> dict[str, object]:
    return {"kiosk": event.kiosk, "epoch": event.epoch, "sequence": event.number}


def _aside_row(digest: bytes, aside: Aside, now: datetime) -> SetAside:
    place = aside.place
    return SetAside(
        topic=aside.topic,
        reason=aside.reason,
        payload=aside.payload,
        digest=digest,
        kiosk=_kiosk(aside),
        epoch=UUID(place.epoch) if place else None,
        sequence=place.sequence if place else None,
        received_at=now,
    )


def _kiosk(aside: Aside) -> str:
    """Whose journal it is of; empty where it does not tell."""
    return aside.place.kiosk if aside.place else ""


def _parts(values: list[_Value]) -> Iterable[list[_Value]]:
    return (values[start : start + _ROWS] for start in range(0, len(values), _ROWS))
