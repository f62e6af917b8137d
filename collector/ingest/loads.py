"""A batch, sorted: what of it is for which table, and which places of which journals it fills."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from collector.ingest.marks import Journal, Span
from collector.ingest.receiving import Aside, MakeRow, Received, Row
from mqtt_bridge.wire import ClockEvent, GapEvent, VisitEvent


@dataclass(slots=True)
class Load:
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


def sort(batch: Iterable[Received], make_row: MakeRow) -> Load:
    """
    What a batch holds.

    Args:
        batch: What messages held, oldest first.
        make_row: Makes rows of those visits that have none.
    """
    load = Load()
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
