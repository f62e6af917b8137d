"""The boxes, as far as the centre has heard; and what their journals hold that it does not."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from django.db.models import Count, F, Min, Sum

from collector import doors, months
from collector.doctor.finding import Finding, State, joined
from collector.doors import DoorNow, Presence
from collector.ingest.marks import Journal, Span
from collector.ingest.truth import PLACES
from collector.ingest.writing import make_writer
from collector.models import Clock, Gap, Mark, SetAside, Visit

_NAMED = 5
_CERTIFICATE_DAYS = 14


def check(now: dt.datetime) -> Finding:
    """
    The boxes.

    Raises:
        django.db.DatabaseError: If the database does not answer.
    """
    known = [box for box in doors.every(now) if box.presence is not Presence.REVOKED]
    says = f"{len(known)} boxes, none of them silent" if known else "no box is enrolled yet"
    return joined(_faults(known, now), Finding("doors", State.OK, says))


def journals() -> Finding:
    """
    What doors hold receipts for, and the centre does not have: so after an older copy was put back.

    Looks through all of a journal only if its visits do not fill it.

    Raises:
        django.db.DatabaseError: If the database does not answer.
    """
    before = months.dropped_before()
    missing = {
        (journal, through): spans
        for journal, through in _unfilled()
        if (spans := _holes(journal, through, _dropped_through(journal, through, before)))
    }
    if not missing:
        return Finding("journals", State.OK, "everything that doors hold receipts for is here")
    told = [
        f"{kiosk} {', '.join(f'{first}–{last}' for first, last in spans[:_NAMED])}"
        for ((kiosk, _), _), spans in sorted(missing.items())[:_NAMED]
    ]
    number = sum(last - first + 1 for spans in missing.values() for first, last in spans)
    says = f"{number} entries are missing that the boxes may still have: {'; '.join(told)}"
    return Finding("journals", State.WARNING, f"{says}; docs/running.md says how to have them sent again")


def _faults(known: Iterable[DoorNow], now: dt.datetime) -> Iterator[Finding]:
    boxes = list(known)
    soon = (now + dt.timedelta(days=_CERTIFICATE_DAYS)).isoformat()
    told: Mapping[str, list[str]] = {
        "silent": [box.kiosk for box in boxes if box.presence is Presence.SILENT],
        "never seen": [box.kiosk for box in boxes if box.presence is Presence.NEVER_SEEN],
        "out of order": [box.kiosk for box in boxes if box.works is False],
        "with visits set aside": [box.kiosk for box in boxes if _number(box, "aside")],
        "with a certificate that runs out": [
            box.kiosk for box in boxes if "" < str(box.health.get("certificate_expires") or "") < soon
        ],
    }
    for what, names in told.items():
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            shown = f"{', '.join(names[:_NAMED])}{more}"
            yield Finding("", State.WARNING, f"{len(names)} {what}: {shown}; see `collector doors`")
    if aside := SetAside.objects.count():
        says = f"{aside} messages were not understood and are kept; see `collector visits`"
        yield Finding("", State.WARNING, says)


def _number(box: DoorNow, name: str) -> int:
    told = box.said("queue", name)
    return told if isinstance(told, int) else 0


def _unfilled() -> list[tuple[Journal, int]]:
    """The journals that have more places than entries are here."""
    filled: dict[tuple[str, UUID], int] = {}
    with_places = SetAside.objects.filter(epoch__isnull=False, sequence__isnull=False)
    for rows in (Visit.objects.all(), Clock.objects.all(), with_places):
        for kiosk, epoch, number in (
            rows.values_list("kiosk", "epoch").annotate(number=Count("sequence")).order_by()
        ):
            filled[kiosk, epoch] = filled.get((kiosk, epoch), 0) + number
    gaps = Gap.objects.values_list("kiosk", "epoch").annotate(number=Sum(F("through") - F("sequence") + 1))
    for kiosk, epoch, number in gaps.order_by():
        filled[kiosk, epoch] = filled.get((kiosk, epoch), 0) + number
    marks = Mark.objects.values_list("kiosk", "epoch", "through")
    return [
        ((kiosk, epoch.int), through)
        for kiosk, epoch, through in marks
        if filled.get((kiosk, epoch), 0) < through
    ]


def _dropped_through(journal: Journal, through: int, before: dt.date | None) -> int:
    """Up to which place visits may have been dropped with their months; 0 where none were."""
    if before is None:
        return 0
    kiosk, epoch = journal
    kept = Visit.objects.filter(
        kiosk=kiosk, epoch=UUID(int=epoch), at__gte=dt.datetime.combine(before, dt.time(), dt.UTC)
    )
    first: int | None = kept.aggregate(first=Min("sequence"))["first"]
    return through if first is None else first - 1


def _holes(journal: Journal, through: int, at: int) -> list[Span]:
    """Where nothing is, beyond a place and up to the mark."""
    writer = make_writer(lambda _kiosk: None)
    writer.prepare()
    found = []
    while at < through:
        page = writer.filled({journal: at}).get(journal, ())
        for first, last in page:
            if first > through:
                break
            if first > at + 1:
                found.append((at + 1, first - 1))
            at = max(at, last)
        if len(page) < PLACES or (page and page[-1][0] > through):
            break
    if at < through:
        found.append((at + 1, through))
    return found
