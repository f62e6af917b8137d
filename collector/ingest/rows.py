"""Visits as rows of their table."""

from datetime import UTC, datetime
from operator import itemgetter

from collector.ingest.writing import Row, Writer
from mqtt_bridge.wire import VisitEvent

COLUMNS = (
    "id",
    "kiosk",
    "place",
    "door",
    "epoch",
    "sequence",
    "direction",
    "via",
    "operator",
    "at",
    "clock_trusted",
    "boot",
    "monotonic",
    "format",
    "document",
    "phone",
    "other",
    "sealing_key",
    "person",
    "received_at",
)
"""Of the table of visits, in the order of a row."""
CONTENT = ("kiosk", "epoch", "sequence", "direction", "via", "operator", "boot", "monotonic", "format")
"""
By what a visit is the same when it is sent again. Not by the time, which the door puts right later; not by
the person, which retention takes away.
"""
content = itemgetter(*(COLUMNS.index(name) for name in CONTENT))
"""Of a row."""


def row(visit: VisitEvent, kiosk: str, sequence: int, now: datetime, writer: Writer) -> Row:
    """
    A visit as the database of this writer takes it.

    Args:
        visit: As it came.
        kiosk: Its kiosk.
        sequence: Its place in the journal.
        now: The centre's clock, as the database takes it.
        writer: Knows how.
    """
    uuid = writer.uuid
    facts = visit.data
    known = facts.pseudonyms
    person = facts.person
    at = visit.time
    return (
        uuid(visit.id),
        kiosk,
        facts.place,
        facts.door,
        uuid(visit.epoch),
        sequence,
        facts.direction._value_,
        facts.via._value_,
        facts.operator or "",
        writer.time(at if at.tzinfo is UTC else at.astimezone(UTC)),
        facts.clocktrusted,
        uuid(facts.boot),
        facts.monotonic,
        facts.format._value_,
        known.document,
        known.phone,
        known.other,
        person.key if person else "",
        person.box if person else None,
        now,
    )
