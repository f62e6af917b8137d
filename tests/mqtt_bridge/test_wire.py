"""Visits and receipts as they travel."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model import Direction, Entry, Format, Source
from mqtt_bridge import wire
from mqtt_bridge.wire import BadMessage, Person, Receipt, Sender, VisitMessage

uuids = st.uuids().map(str)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 (hypothesis wants naive)
    lambda at: at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000)
)
entries = st.builds(
    Entry,
    id=uuids,
    epoch=uuids,
    sequence=st.integers(1, wire.MAX_SEQUENCE),
    direction=st.sampled_from(Direction),
    source=st.sampled_from(Source),
    operator=st.none() | st.just("guard-1"),
    at=moments,
    clock_trusted=st.booleans(),
    format=st.sampled_from(Format),
    person=st.just('{"document":"014099000001"}'),
)
messages = st.builds(
    VisitMessage,
    sender=st.builds(Sender, st.just("kiosk-1"), st.just("UBND"), st.just("")),
    entry=entries,
    settled=st.integers(0, 10**9),
)

GOOD = json.loads(
    wire.encode_visit(
        VisitMessage(
            Sender("kiosk-1", "UBND phường Chiềng An", "Cửa chính"),
            Entry(
                id="01a209b8-f8fd-77f9-adaa-3640e4a01733",
                epoch="8d11b8e4-c260-421e-bc4f-23f67e1551fc",
                sequence=7,
                direction=Direction.IN,
                source=Source.CAMERA,
                operator=None,
                at=datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
                clock_trusted=True,
                format=Format.CCCD,
                person='{"document":"014099000001","name":"Nguy\\u1ec5n V\\u0103n Th\\u1eed"}',
            ),
            settled=3,
        )
    )
)


@given(messages)
def test_a_visit_arrives_as_it_left(message):
    assert wire.decode_visits(wire.encode_visit(message)) == [message]


@given(st.lists(messages, min_size=1, max_size=5))
def test_a_backlog_arrives_as_it_left(batch):
    assert wire.decode_visits(wire.encode_visits(batch)) == batch


@given(uuids, st.integers(0, wire.MAX_SEQUENCE))
def test_a_receipt_arrives_as_it_left(epoch, through):
    assert wire.decode_receipt(wire.encode_receipt(Receipt(epoch, through))) == Receipt(epoch, through)


def test_a_visit_is_a_cloudevent():
    assert {
        "specversion": "1.0",
        "source": "/doors/kiosk-1",
        "sequence": "7",
        "settled": "3",
    }.items() <= GOOD.items()
    assert GOOD["time"] == "2026-11-23T01:05:00.000Z"


def test_the_person_stands_in_one_field():
    everything_else = {**GOOD, "data": {**GOOD["data"], "person": ""}}

    assert "014099000001" not in json.dumps(everything_else)
    assert wire.decode_person(GOOD["data"]["person"]) == Person(
        document="014099000001", name="Nguyễn Văn Thử"
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"type": "another"}, "type"),
        ({"source": "kiosk-1"}, "source"),
        ({"id": "1"}, "id: not a UUID"),
        ({"epoch": None}, "epoch: not a UUID"),
        ({"sequence": 7}, "sequence"),
        ({"sequence": "0"}, "counts from 1"),
        ({"sequence": "9" * 19}, "sequence"),
        ({"sequence": "٧"}, "sequence"),
        ({"settled": "-1"}, "settled"),
        ({"time": "2026-11-23T01:05:00"}, "time: not an RFC 3339 time with zone"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "time"),
        ({"data": []}, "data: not an object"),
        ({"data": {**GOOD["data"], "direction": "up"}}, "direction: not one of in, out"),
        ({"data": {**GOOD["data"], "clocktrusted": 1}}, "clocktrusted"),
        ({"data": {**GOOD["data"], "operator": "x" * 65}}, "operator"),
        ({"data": {**GOOD["data"], "person": "a\nb"}}, "person: has characters that cannot be printed"),
        ({"data": {**GOOD["data"], "person": "x" * 5000}}, "person: not a text of 1 to 4096 characters"),
    ],
)
def test_a_visit_that_is_none_is_told_why(change, why):
    with pytest.raises(BadMessage, match=why):
        wire.decode_visits(json.dumps({**GOOD, **change}).encode())


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"\xff", b"[]", b"1", b"null", b'"x"', b"[[]]", b"[" * 100_000]
)
def test_what_is_no_visit_at_all_is_refused(payload):
    with pytest.raises(BadMessage):
        wire.decode_visits(payload)


def test_a_message_without_end_is_not_even_parsed():
    with pytest.raises(BadMessage, match="bytes: more than"):
        wire.decode_visits(b" " * (wire.MAX_MESSAGE_BYTES + 1))


@given(st.binary())
def test_any_bytes_are_a_receipt_or_are_refused(payload):
    with contextlib.suppress(BadMessage):
        assert wire.decode_receipt(payload).through >= 0


def test_an_error_never_holds_the_persons_data():
    hostile = {**GOOD, "data": {**GOOD["data"], "person": "014099000001\n"}}

    with pytest.raises(BadMessage) as caught:
        wire.decode_visits(json.dumps(hostile).encode())

    assert "014099000001" not in str(caught.value)
