"""Events of a door that was never there, for tests to send, spoil and check."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from kiosk.entries import DAMAGED, SET_ASIDE, ClockEntry, GapEntry, Pseudonyms, SealedPerson, VisitEntry
from kiosk.fields import visible
from kiosk.model import Direction, Format, Source
from mqtt_bridge import wire
from mqtt_bridge.topics import KIOSK_NAME
from mqtt_bridge.wire import Event, Sender

EPOCH = "8d11b8e4-c260-421e-bc4f-23f67e1551fc"
BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"
SENDER = Sender("kiosk-1", "UBND phường Chiềng An", "Cửa chính")
VISIT = VisitEntry(
    id="01a209b8-f8fd-77f9-adaa-3640e4a01733",
    epoch=EPOCH,
    sequence=7,
    direction=Direction.IN,
    source=Source.CAMERA,
    operator=None,
    at=datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
    clock_trusted=True,
    boot=BOOT,
    monotonic_s=1234.5,
    format=Format.CCCD,
    pseudonyms=Pseudonyms(document=bytes(range(32))),
    person=SealedPerson("2026-11-23", b"\xff" * 176),
)
CLOCK = ClockEntry(
    id="01a209b9-3a11-7c55-8f10-bb6b31a3f2c4",
    epoch=EPOCH,
    sequence=8,
    at=datetime(2026, 11, 23, 1, 6, tzinfo=UTC),
    boot=BOOT,
    started=datetime(2026, 11, 23, 0, 44, 25, 500_000, tzinfo=UTC),
)
GAP = GapEntry(
    id="01a209b9-7c02-7d1e-9a44-5f2be1f0a9c7",
    epoch=EPOCH,
    sequence=9,
    at=datetime(2026, 11, 23, 1, 7, tzinfo=UTC),
    through=11,
    why=DAMAGED,
)


def document(entry: VisitEntry | ClockEntry | GapEntry = VISIT, settled: int = 3) -> dict[str, Any]:
    """An event as JSON reads it."""
    told: dict[str, Any] = json.loads(wire.encode([wire.event(SENDER, entry, settled)]))
    return told


uuids = st.uuids().map(str)
names = st.from_regex(KIOSK_NAME, fullmatch=True)
labels = st.text(st.characters(exclude_categories=["Cs"]), max_size=80).map(visible)
sequences = st.integers(1, 10**18 - 1)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001 (it wants naive)
digests = st.none() | st.binary(min_size=32, max_size=32)
keys = st.from_regex(r"[A-Za-z0-9_-]{1,32}", fullmatch=True)
slugs = st.from_regex(r"[a-z0-9_]{1,32}", fullmatch=True)
_places = {"id": uuids, "epoch": uuids, "sequence": sequences, "at": moments}

visit_entries = st.builds(
    VisitEntry,
    **_places,
    direction=st.sampled_from(Direction),
    source=st.sampled_from(Source),
    operator=st.none() | labels.filter(bool).map(lambda name: name[:64]),
    clock_trusted=st.booleans(),
    boot=uuids,
    monotonic_s=st.floats(0, 1e10),
    format=st.sampled_from(Format),
    pseudonyms=st.builds(Pseudonyms, digests, digests, digests),
    person=st.none() | st.builds(SealedPerson, keys, st.binary(min_size=1, max_size=1024)),
    answers=st.dictionaries(slugs, slugs, max_size=5),
    corrects=st.none() | uuids,
)
clock_entries = st.builds(ClockEntry, **_places, boot=uuids, started=moments)
gap_entries = st.builds(
    GapEntry, **_places, through=st.integers(1, wire.MAX_SEQUENCE), why=st.sampled_from([DAMAGED, SET_ASIDE])
)
senders = st.builds(Sender, names, labels, labels)


def events(kiosk: str | None = None) -> st.SearchStrategy[Event]:
    """Any event that a door may send; of one kiosk, or of any."""
    who = senders if kiosk is None else st.builds(Sender, st.just(kiosk), labels, labels)
    return st.builds(wire.event, who, visit_entries | clock_entries | gap_entries, st.integers(0, 10**18 - 1))
