"""
A batch of messages into the database: all in one transaction, or nothing.

Whatever is sent again is recognised and ignored; what contradicts what is already there is set aside and
blocks nothing. Only when something of a batch was not stored is looked what.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from msgspec import structs

from collector.ingest import truth
from collector.ingest.clocks import put_right
from collector.ingest.gone import Gone
from collector.ingest.homes import Homes
from collector.ingest.loads import Load, sort
from collector.ingest.marks import ALL, Extent, Held, Journal, Marks, doubtful
from collector.ingest.receiving import Aside, MakeRow, Place, Received, Row
from collector.ingest.rows import content
from collector.ingest.writing import Writer, make_writer
from collector.models import Clock, Gap, SetAside
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import ClockEvent, Event, GapEvent, Receipt, VisitEvent

_ROWS = 500
"""Rows an INSERT, and digests a SELECT."""
MAX_SUSPECTS, _TRIES = 1000, 2
"""Boxes, and how often a batch is tried again for one more of them, before all of it is in doubt."""
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


class Store:
    """What one collector commits, with the one connection of its thread."""

    def __init__(self) -> None:
        self._homes = Homes()
        self._writer = make_writer(self._homes.of)
        self._marks = Marks()
        self._gone = Gone()
        self._suspects: set[str] = set()
        """Boxes that have used an id again, where a batch stops: so they do until they are mended."""
        self._ready: object = None
        """The connection that all this is true of."""
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
        load = sort(batch, self.row)
        try:
            self._prepare()
            load.rows = list(self._homes.place(load.rows))
            outcome, extents = self._write_past_suspects(load, now)
        except BaseException:
            # Whatever it was: the database that comes next may know less.
            self._forget()
            raise
        self._marks.keep(extents)
        return outcome

    def _prepare(self) -> None:
        """Get the connection ready. Another than before may be to another database, or to what it became."""
        self._writer.prepare()
        if self._ready is not connection.connection:
            self._forget()
            self._writer = make_writer(self._homes.of)
            self._writer.prepare()
            self._ready = connection.connection

    def _forget(self) -> None:
        self._marks.forget()
        self._homes.forget()
        self._gone.forget()

    def _write_past_suspects(self, load: Load, now: datetime) -> tuple[Outcome, Mapping[Journal, Extent]]:
        for _ in range(_TRIES):
            try:
                return self._write(load, now)
            except IntegrityError as error:
                if (box := self._writer.suspect(error)) is None:
                    break
                if len(self._suspects) == MAX_SUSPECTS:
                    self._suspects.clear()
                self._suspects.add(box)
        return self._write(load, now, in_doubt=dict.fromkeys(load.filled, ALL))

    def _doubtful(self, load: Load, held: Mapping[Journal, Held]) -> Mapping[Journal, int]:
        found = doubtful(load.filled, held)
        if self._suspects:
            found |= {journal: ALL for journal in load.filled if journal[0] in self._suspects}
        return found

    def _write(
        self, load: Load, now: datetime, in_doubt: Mapping[Journal, int] | None = None
    ) -> tuple[Outcome, Mapping[Journal, Extent]]:
        with transaction.atomic():
            held = self._writer.hold(load.filled, self._marks.unknown(load.filled))
            self._marks.learn(held)
            visits, rows = self._still_wanted(load, held)
            stored = 0
            if rows:
                doubts = self._doubtful(load, held) if in_doubt is None else in_doubt
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
        self, load: Load, held: Mapping[Journal, Held]
    ) -> tuple[Sequence[VisitEvent], Sequence[Row]]:
        """The visits, without those that were stored once and dropped; and the same as rows."""
        gone = self._gone.among(load.visits, held)
        if not gone:
            return load.visits, load.rows
        kept = [index for index in range(len(load.rows)) if index not in gone]
        return [load.visits[index] for index in kept], [load.rows[index] for index in kept]

    def _raise_marks(self, load: Load, held: Mapping[Journal, Held]) -> Mapping[Journal, Extent]:
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


def _contradictions(visits: Sequence[VisitEvent], rows: Sequence[Row], writer: Writer) -> Iterator[Aside]:
    """What of the batch the database has refused, and does not have."""
    stored = set(writer.contents([one[0] for one in rows]))
    known = {id_ for id_, _ in stored}
    for visit, one in zip(visits, rows, strict=True):
        if (one[0], content(one)) not in stored:
            yield _contradiction(visit, _SAME_ID if one[0] in known else _SAME_PLACE)


def _keep_facts(load: Load, now: datetime) -> None:
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
