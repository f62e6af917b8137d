"""Visits, clocks, gaps and receipts as they travel."""

import contextlib
import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.entries import Pseudonyms
from kiosk.model import Source
from mqtt_bridge import wire
from mqtt_bridge.wire import BadMessage, ClockEvent, GapEvent, Receipt, VisitEvent
from tests import people
from tests.mqtt_bridge import made

GOOD = made.document()
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEYS = {"centre-1": KEY.public_key().public_bytes_raw()}


@given(made.events())
def test_an_event_arrives_as_it_left(event):
    assert wire.decode(wire.encode([event])) == [event]


@given(st.lists(made.events(), min_size=1, max_size=5))
def test_a_backlog_arrives_as_it_left(batch):
    assert wire.decode(wire.encode(batch)) == batch


@pytest.mark.parametrize(
    ("entry", "kind"), [(made.VISIT, VisitEvent), (made.CLOCK, ClockEvent), (made.GAP, GapEvent)]
)
def test_each_kind_of_entry_travels_as_its_own_kind_of_event(entry, kind):
    (event,) = wire.decode(wire.encode([wire.event(made.SENDER, entry)]))

    assert isinstance(event, kind)
    assert (event.kiosk, event.number, str(event.epoch)) == ("kiosk-1", entry.sequence, entry.epoch)


def test_a_visit_is_a_cloudevent():
    assert {
        "specversion": "1.0",
        "type": "vn.entrance-kiosk.visit.v1",
        "source": "/doors/kiosk-1",
        "id": made.VISIT.id,
        "time": "2026-11-23T01:05:00Z",
        "datacontenttype": "application/json",
        "sequence": "7",
        "settled": "3",
    }.items() <= GOOD.items()


def test_what_a_visit_tells_stands_in_the_message():
    data = GOOD["data"]

    assert (data["place"], data["door"]) == ("UBND phường Chiềng An", "Cửa chính")
    assert (data["direction"], data["via"], data["operator"]) == ("in", "camera", None)
    assert (data["boot"], data["monotonic"], data["clocktrusted"]) == (made.BOOT, 1234.5, True)
    assert b64decode(data["pseudonyms"]["document"]) == made.VISIT.pseudonyms.document
    assert b64decode(data["person"]["box"]) == made.VISIT.person.box


def test_pseudonyms_that_are_not_known_are_left_out():
    assert list(GOOD["data"]["pseudonyms"]) == ["document"]
    assert made.document(replace(made.VISIT, pseudonyms=Pseudonyms()))["data"]["pseudonyms"] == {}


def test_where_no_names_are_kept_there_is_no_person():
    assert made.document(replace(made.VISIT, person=None))["data"]["person"] is None


KEYED_IN = replace(made.VISIT, source=Source.KEYPAD)


@pytest.mark.parametrize(
    ("entry", "verified"),
    [
        (made.VISIT, True),
        (replace(made.VISIT, source=Source.READER), True),
        (KEYED_IN, False),
        (replace(KEYED_IN, operator="Lò Thị Gác"), True),
    ],
    ids=["read by the camera", "read by a reader", "keyed in alone", "keyed in by a guard"],
)
def test_a_number_that_no_guard_keyed_in_is_not_verified(entry, verified):
    (event,) = wire.decode(wire.encode([wire.event(made.SENDER, entry)]))

    assert event.data.verified is verified


def test_a_visit_as_most_are_tells_nothing_of_guards_and_answers():
    assert not {"verified", "corrects", "answers"} & GOOD["data"].keys()


def test_a_correction_tells_which_visit_did_not_take_place():
    entry = replace(made.VISIT, corrects="01a209b8-f8fd-77f9-adaa-3640e4a01700", person=None)

    assert made.document(entry)["data"]["corrects"] == entry.corrects


def test_answers_travel_by_their_ids():
    answers = {"purpose": "papers", "fever": "no"}

    assert made.document(replace(made.VISIT, answers=answers))["data"]["answers"] == answers


def test_a_clock_tells_when_its_boot_began():
    assert made.document(made.CLOCK)["data"] == {"boot": made.BOOT, "started": "2026-11-23T00:44:25.500000Z"}


def test_a_gap_tells_its_last_place_and_why():
    assert made.document(made.GAP)["data"] == {"through": 11, "why": "damaged"}


def data(**change):
    return {"data": {**GOOD["data"], **change}}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"specversion": "0.3"}, "specversion: not what may stand there"),
        ({"type": "another"}, "type: not what may stand there"),
        ({"type": "vn.entrance-kiosk.visit.v2"}, "type: not what may stand there"),
        ({"type": "vn.entrance-kiosk.clock.v1"}, "data: object missing required field started"),
        ({"source": "kiosk-1"}, "source: expected str of another form"),
        ({"source": "/doors/kiosk-1\n"}, "source: expected str of another form"),
        ({"id": "1"}, "id: not what may stand there"),
        ({"epoch": None}, "epoch: expected uuid, got null"),
        ({"sequence": 7}, "sequence: expected str, got int"),
        ({"sequence": "0"}, "sequence: expected str of another form"),
        ({"sequence": "-1"}, "sequence: expected str of another form"),
        ({"sequence": "9" * 19}, "sequence: expected str of length <= 18"),
        ({"sequence": "٧"}, "sequence: expected str of another form"),
        ({"settled": "-1"}, "settled: expected str of another form"),
        ({"time": "2026-11-23T01:05:00"}, "time: expected datetime with a timezone component"),
        ({"time": "yesterday"}, "time: not what may stand there"),
        ({"data": []}, "data: expected object, got array"),
        (data(direction="up"), "data.direction: not what may stand there"),
        (data(format="passport"), "data.format: not what may stand there"),
        (data(clocktrusted=1), "data.clocktrusted: expected bool, got int"),
        (data(operator="x" * 65), "data.operator: expected str of length <= 64"),
        (data(operator=""), "data.operator: expected str of another form"),
        (data(place="a\nb"), "data.place: expected str of another form"),
        (data(door="a\u202eb"), "data.door: expected str of another form"),
        (data(monotonic=-1), "data.monotonic: expected float >= 0.0"),
        (data(monotonic=10**400), "data.monotonic: not what may stand there"),
        (data(boot="x"), "data.boot: not what may stand there"),
        (data(pseudonyms={"document": "AAAA"}), "data.pseudonyms.document: expected bytes of length >= 32"),
        (data(pseudonyms={"phone": "not base64"}), "data.pseudonyms.phone: not what may stand there"),
        (data(person={"key": "a b", "box": "AAAA"}), "data.person.key: expected str of another form"),
        (data(person={"key": "k", "box": ""}), "data.person.box: expected bytes of length >= 1"),
        (data(via="hearsay"), "data.via: not what may stand there"),
        (data(verified=0), "data.verified: expected bool, got int"),
        (data(corrects="the last one"), "data.corrects: not what may stand there"),
        (data(corrects=GOOD["id"]), "message: expected another visit in corrects"),
        (data(place="\u200b"), "data.place: expected str of another form"),
        (data(answers=["yes"]), "data.answers: expected object, got array"),
        (data(answers={"fever": True}), "data.answers: expected str, got bool"),
        (data(answers={"fever": "Có"}), "data.answers: expected str of another form"),
        (data(answers={"": "yes"}), "message: expected str of another form"),
        (data(answers={"a": "x" * 33}), "data.answers: expected str of length <= 32"),
        (data(answers={f"q{number}": "no" for number in range(6)}), "data.answers: expected object of length <= 5"),
        (data(person="a name in clear"), "data.person: expected object | null, got str"),
    ],
)  # fmt: skip
def test_a_visit_that_is_none_is_told_why(change, why):
    with pytest.raises(BadMessage) as caught:
        wire.decode(json.dumps({**GOOD, **change}).encode())

    assert str(caught.value) == why


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "sequence", "epoch", "data"])
def test_a_visit_without_what_it_must_have_is_told_what(name):
    less = {key: value for key, value in GOOD.items() if key != name}

    with pytest.raises(BadMessage, match=f"missing required field {name}"):
        wire.decode(json.dumps(less).encode())


def test_what_a_later_door_tells_beside_is_passed_over():
    more = {**GOOD, "partition": "1", "data": {**GOOD["data"], "temperature": 36.6}}

    assert wire.decode(json.dumps(more).encode()) == wire.decode(json.dumps(GOOD).encode())


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"\xff", b"[]", b"1", b"null", b'"x"', b"[[]]", b"[" * 100_000, b'{"a":' * 40_000]
)
def test_what_is_no_event_at_all_is_refused(payload):
    with pytest.raises(BadMessage):
        wire.decode(payload)


def test_a_message_without_end_is_not_even_parsed():
    with pytest.raises(BadMessage, match="message of 262145 bytes: more than 262144"):
        wire.decode(b" " * (wire.MAX_MESSAGE_BYTES + 1))


def test_a_batch_of_more_than_fifty_is_refused():
    with pytest.raises(BadMessage, match="expected array of length <= 50"):
        wire.decode(json.dumps([GOOD] * 51).encode())


def test_the_parts_of_a_batch_stand_as_they_came():
    batch = b'[ {"b": 1,  "a": 1.0}, 7,"x"]'

    assert wire.parts(batch) == [b'{"b": 1,  "a": 1.0}', b"7", b'"x"']


@given(st.binary())
def test_any_bytes_are_events_or_are_refused(payload):
    with contextlib.suppress(BadMessage):
        wire.decode(payload)


@pytest.mark.parametrize(
    "change",
    [
        data(person=people.CCCD), data(operator=f"{people.CCCD}\n"), data(place=people.CCCD * 9),
        data(answers={people.CCCD: "yes"}), data(answers={"fever": people.CCCD}), data(corrects=people.CCCD),
        data(format=people.CCCD), {"time": people.CCCD}, {"id": people.CCCD}, {"type": people.CCCD},
        {"source": people.CCCD}, {"sequence": people.CCCD}, {people.CCCD: 1, "data": 1},
        data(pseudonyms={people.CCCD: 1, "document": people.CCCD}), {"data": {people.CCCD: people.CCCD}},
    ],
)  # fmt: skip
def test_an_error_never_holds_what_the_message_said(change):
    with pytest.raises(BadMessage) as caught:
        wire.decode(json.dumps({**GOOD, **change}).encode())

    assert "014099000001" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_no_repr_of_an_event_tells_of_anybody():
    """A sealed person and pseudonyms are all that an event holds of anybody."""
    assert "Thử" not in repr(wire.decode(json.dumps(GOOD).encode()))


@given(st.uuids(), st.integers(0, wire.MAX_SEQUENCE))
def test_a_receipt_arrives_as_it_left(epoch, through):
    for receipt in (
        Receipt(epoch, through),
        wire.signed_receipt("kiosk-1", epoch, through, key="centre-1", sign=KEY.sign),
    ):
        assert wire.decode_receipt(wire.encode_receipt(receipt)) == receipt


@given(st.binary())
def test_any_bytes_are_a_receipt_or_are_refused(payload):
    with contextlib.suppress(BadMessage):
        assert wire.decode_receipt(payload).through >= 0


def receipt(through=7, kiosk="kiosk-1", key="centre-1", private=KEY):
    return wire.signed_receipt(kiosk, UUID(made.EPOCH), through, key=key, sign=private.sign)


def test_a_receipt_that_our_centre_signed_for_us_is_genuine():
    assert wire.is_genuine(receipt(), "kiosk-1", KEYS)


@pytest.mark.parametrize(
    "forged",
    [
        Receipt(UUID(made.EPOCH), 7),
        Receipt(UUID(made.EPOCH), 7, "centre-1", None),
        Receipt(UUID(made.EPOCH), 7, None, receipt().signature),
        Receipt(UUID(made.EPOCH), 7, "centre-1", bytes(64)),
        Receipt(UUID(made.EPOCH), 8, "centre-1", receipt().signature),
        Receipt(UUID(int=1), 7, "centre-1", receipt().signature),
        receipt(kiosk="kiosk-2"),
        receipt(key="centre-2"),
        receipt(private=Ed25519PrivateKey.generate()),
    ],
    ids=[
        *(
            "unsigned",
            "only a key",
            "only a signature",
            "another signature",
            "another mark",
            "another journal",
        ),
        *("another kiosk", "a key that is not ours", "a stranger's signature"),
    ],
)
def test_a_receipt_of_another_is_not_genuine(forged):
    assert not wire.is_genuine(forged, "kiosk-1", KEYS)


def test_a_signing_key_that_is_none_makes_nothing_genuine():
    assert not wire.is_genuine(receipt(), "kiosk-1", {"centre-1": b"short"})


def test_the_signature_of_a_receipt_covers_the_text_of_the_contract():
    text = f"entrance-kiosk receipt v1\nkiosk-1\n{made.EPOCH}\n7".encode()

    KEY.public_key().verify(receipt().signature, text)


def test_times_travel_in_utc():
    local = datetime.fromisoformat("2026-11-23T08:05:00+07:00")

    assert made.document(replace(made.VISIT, at=local)) == GOOD
    assert wire.decode(json.dumps(GOOD).encode())[0].time == datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
