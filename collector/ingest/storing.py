"""
A batch of messages into the database: all in one transaction, or nothing.

Whatever is sent again is recognised and ignored; what contradicts what is already there is set aside and
blocks nothing.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from msgspec import structs

from collector.ingest.receiving import Aside, Place, Received
from collector.models import Clock, Gap, Mark, SetAside, Visit
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import ClockEvent, Event, GapEvent, Receipt, VisitEvent

log = logging.getLogger(__name__)

_ROWS = 500
"""Rows an INSERT, and ids a SELECT."""
_SAME_ID = "id: already stored with another content"
_SAME_PLACE = "sequence: already stored with another id"

# Not the time, which the door puts right later; not the person, which retention takes away.
_content = attrgetter(
    "kiosk", "epoch", "sequence", "direction", "via", "operator", "boot", "monotonic", "format"
)
_Value = TypeVar("_Value")

Journal = tuple[str, UUID]
"""A door's journal: kiosk and epoch."""


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

    receipts: tuple[tuple[str, Receipt], ...] = ()
    stored: int = 0
    repeated: int = 0
    set_aside: int = 0


def store(batch: Sequence[Received], now: datetime) -> Outcome:
    """
    Commit a batch; when this returns, it is on the disk.

    Args:
        batch: What messages held, oldest first.
        now: The centre's clock (aware).

    Raises:
        django.db.OperationalError: If the database is locked, full or away; then nothing was stored.
    """
    events = [event for received in batch for event in received.events]
    visits = [event for event in events if isinstance(event, VisitEvent)]
    asides = [aside for received in batch for aside in received.aside]
    settled: dict[Journal, int] = {}
    for event in events:
        journal = (event.kiosk, event.epoch)
        # A door that holds a receipt for an entry does not send it: more is not to be believed.
        claim = min(int(event.settled), event.number - 1)
        settled[journal] = max(settled.get(journal, 0), claim)
    with transaction.atomic():
        fresh, contradictions = _sort_out(visits, [_row(visit, now) for visit in visits])
        Visit.objects.bulk_create(fresh, batch_size=_ROWS)
        asides += contradictions
        _keep_facts(events)
        unknown = _unknown(asides)
        SetAside.objects.bulk_create([_aside_row(aside, now) for aside in unknown], batch_size=_ROWS)
        for aside in asides:
            if aside.place is not None:
                settled.setdefault((aside.place.kiosk, UUID(aside.place.epoch)), 0)
        marks = {journal: _advance(journal, claim) for journal, claim in sorted(settled.items())}
    return Outcome(
        receipts=tuple(
            (kiosk, Receipt(epoch, through)) for (kiosk, epoch), through in marks.items() if through
        ),
        stored=len(fresh),
        repeated=len(visits) - len(fresh) - len(contradictions),
        set_aside=len(unknown),
    )


def _sort_out(visits: Sequence[VisitEvent], rows: Sequence[Visit]) -> tuple[list[Visit], list[Aside]]:
    """What is new, and what contradicts what is stored or stands earlier in the batch."""
    by_id = _stored_by_id(rows)
    by_place = _stored_by_place(rows)
    fresh, contradictions = [], []
    for visit, row in zip(visits, rows, strict=True):
        twin = by_id.get(row.id)
        place = (row.kiosk, row.epoch, row.sequence)
        if twin is not None:
            if _content(twin) != _content(row):
                contradictions.append(_contradiction(visit, _SAME_ID))
        elif place in by_place:
            contradictions.append(_contradiction(visit, _SAME_PLACE))
        else:
            fresh.append(row)
            by_id[row.id] = row
            by_place.add(place)
    return fresh, contradictions


def _unknown(asides: Sequence[Aside]) -> list[Aside]:
    """What was never set aside before, each once."""
    by_digest = {aside.digest: aside for aside in asides}
    for part in _parts(list(by_digest)):
        for digest in SetAside.objects.filter(digest__in=part).values_list("digest", flat=True):
            del by_digest[bytes(digest)]
    return list(by_digest.values())


def _stored_by_id(rows: Sequence[Visit]) -> dict[UUID, Visit]:
    found: dict[UUID, Visit] = {}
    for part in _parts([row.id for row in rows]):
        found |= Visit.objects.in_bulk(part)
    return found


def _stored_by_place(rows: Sequence[Visit]) -> set[tuple[str, UUID, int]]:
    journals: dict[Journal, list[int]] = {}
    for row in rows:
        journals.setdefault((row.kiosk, row.epoch), []).append(row.sequence)
    found = set()
    for (kiosk, epoch), sequences in journals.items():
        for part in _parts(sequences):
            stored = Visit.objects.filter(kiosk=kiosk, epoch=epoch, sequence__in=part)
            found |= {(kiosk, epoch, sequence) for sequence in stored.values_list("sequence", flat=True)}
    return found


def _advance(journal: Journal, settled: int) -> int:
    """Move a journal's mark to the highest sequence number up to which nothing is missing."""
    kiosk, epoch = journal
    mark = Mark.objects.filter(kiosk=kiosk, epoch=epoch).first() or Mark(kiosk=kiosk, epoch=epoch, through=0)
    known = mark.through
    if settled > known:
        log.warning(
            "kiosk %s: it holds receipts through %d, we know of %d; was the database put back from a copy?",
            kiosk,
            settled,
            known,
        )
    through = max(known, settled)
    here = {"kiosk": kiosk, "epoch": epoch, "sequence__gt": through}
    gaps = Gap.objects.filter(kiosk=kiosk, epoch=epoch, through__gt=through).order_by("sequence")
    filled = [_sequences(kind, here) for kind in (Visit, Clock, SetAside)]
    for first, last in merge(*filled, gaps.values_list("sequence", "through")):
        if first > through + 1:
            break
        through = max(through, last)
    if through > known:
        mark.through = through
        mark.save()
    return through


def _sequences(kind: type[Visit | Clock | SetAside], here: dict[str, object]) -> Iterator[tuple[int, int]]:
    found = kind.objects.filter(**here).order_by("sequence").values_list("sequence", flat=True)
    return ((sequence, sequence) for sequence in found.iterator(chunk_size=_ROWS) if sequence is not None)


def _keep_facts(events: Sequence[Event]) -> None:
    """Clocks that became true, and gaps; visits of such a boot get their right times, whenever they come."""
    for event in events:
        place = {"kiosk": event.kiosk, "epoch": event.epoch, "sequence": event.number}
        if isinstance(event, GapEvent):
            facts = {
                "through": max(event.data.through, event.number),
                "why": event.data.why,
                "at": event.time,
            }
            Gap.objects.get_or_create(**place, defaults=facts)
        elif isinstance(event, ClockEvent):
            Clock.objects.get_or_create(
                **place, defaults={"boot": event.data.boot, "started": event.data.started}
            )
    boots = {(event.kiosk, event.data.boot) for event in events if isinstance(event, ClockEvent)}
    boots |= {
        (event.kiosk, event.data.boot)
        for event in events
        if isinstance(event, VisitEvent) and not event.data.clocktrusted
    }
    for kiosk, boot in boots:
        _put_right(kiosk, boot)


def _put_right(kiosk: str, boot: UUID) -> None:
    known = Clock.objects.filter(kiosk=kiosk, boot=boot).order_by("-sequence").first()
    if known is None:
        return
    wrong = Visit.objects.filter(kiosk=kiosk, boot=boot)
    for visit in wrong:
        visit.at = known.started + timedelta(seconds=visit.monotonic)
        visit.clock_trusted = True
    Visit.objects.bulk_update(wrong, ("at", "clock_trusted"), batch_size=_ROWS)


def _row(visit: VisitEvent, now: datetime) -> Visit:
    facts = visit.data
    return Visit(
        id=visit.id,
        kiosk=visit.kiosk,
        place=facts.place,
        door=facts.door,
        epoch=visit.epoch,
        sequence=visit.number,
        direction=str(facts.direction),
        via=str(facts.via),
        operator=facts.operator or "",
        at=visit.time,
        clock_trusted=facts.clocktrusted,
        boot=facts.boot,
        monotonic=facts.monotonic,
        format=str(facts.format),
        document=facts.pseudonyms.document,
        phone=facts.pseudonyms.phone,
        other=facts.pseudonyms.other,
        sealing_key=facts.person.key if facts.person else "",
        person=facts.person.box if facts.person else None,
        received_at=now,
    )


def _contradiction(visit: VisitEvent, reason: str) -> Aside:
    return Aside(
        topic=str(Topic(visit.kiosk, Channel.VISIT)),
        reason=reason,
        payload=wire.encode([structs.replace(visit, settled="0")]),
        place=Place(visit.kiosk, str(visit.epoch), visit.number),
    )


def _aside_row(aside: Aside, now: datetime) -> SetAside:
    place = aside.place
    return SetAside(
        topic=aside.topic,
        reason=aside.reason,
        payload=aside.payload,
        digest=aside.digest,
        kiosk=place.kiosk if place else "",
        epoch=UUID(place.epoch) if place else None,
        sequence=place.sequence if place else None,
        received_at=now,
    )


def _parts(values: list[_Value]) -> Iterable[list[_Value]]:
    return (values[start : start + _ROWS] for start in range(0, len(values), _ROWS))
