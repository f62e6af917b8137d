"""The fast decoder says of every message what the wire says of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.ingest import decoding
from collector.ingest.decoding import decode
from kiosk.entries import ClockEntry, GapEntry, Pseudonyms
from mqtt_bridge import wire
from mqtt_bridge.wire import BadMessage, Sender
from tests.collector.conftest import visit

SOURCE = "/doors/cong-chinh"


def said(work, *arguments):
    """What a decoder makes of a message: the events as they travel, or why there are none."""
    try:
        return [wire.encode([event]) for event in work(*arguments)]
    except BadMessage as error:
        return str(error)


def same(payload):
    """Asked twice: the second time it has learned what there is to be learned."""
    expected = said(wire.decode, payload)
    assert [said(decode, payload, SOURCE) for _ in range(2)] == [expected, expected]
    return expected


def written(**change):
    return json.loads(wire.encode([visit(7, settled=3, operator="bao-ve-1")])) | change


def with_facts(**change):
    event = written()
    event["data"] |= change
    return event


def test_a_visit_is_the_visit_that_was_sent():
    event = visit(7, settled=3, operator="bao-ve-1")

    (found,) = decode(wire.encode([event]), SOURCE)
    (again,) = decode(wire.encode([event]), SOURCE)

    assert wire.encode([found]) == wire.encode([again]) == wire.encode([event])
    assert isinstance(again, wire.VisitEvent)
    assert (again.kiosk, again.number) == ("cong-chinh", 7)


def test_answers_are_read_as_they_were_given():
    event = visit(7, answers={"visit": "work", "fever": "no"})

    for _ in range(2):
        (found,) = decode(wire.encode([event]), SOURCE)
        assert found.data.answers == {"visit": "work", "fever": "no"}


def test_the_second_of_a_kind_is_read_without_regular_expressions(monkeypatch):
    payload = wire.encode([visit(7), visit(8)])
    decode(payload, SOURCE)
    monkeypatch.setattr(wire, "decode", None)

    assert len(decode(payload, SOURCE)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"source": "/doors/cong-sau"},
        {"source": "/doors/cong-chinh\n"},
        {"source": "cong-chinh"},
        *(
            {"sequence": text}
            for text in (
                "0",
                "01",
                "-1",
                "+1",
                " 1",
                "1 ",
                "1_0",
                "٧",
                "",
                "x",
                "9" * 18,
                "9" * 19,
                "9" * 5000,
            )
        ),
        *({"settled": text} for text in ("0", "00", "03", "-1", "٧", "", "9" * 18, "1" + "0" * 18)),
        {"id": "x"},
        {"time": "2026-03-14T01:05:09"},
        {"type": "vn.entrance-kiosk.visit.v9"},
    ],
)
def test_an_envelope_is_judged_alike(change):
    same(json.dumps(written(**change)).encode())


@pytest.mark.parametrize(
    "change",
    [
        *(
            {name: text}
            for name in ("place", "door")
            for text in ("", "Cổng", "a\nb", "a\u202eb", "x" * 80, "x" * 81)
        ),
        *({"operator": text} for text in (None, "", "an", "a\tb", "x" * 65)),
        *({"person": {"key": key, "box": "AAAA"}} for key in ("2026-1", "a b", "", "x" * 33, "k\n")),
        {"person": None},
        {"person": {"key": "2026-1", "box": ""}},
        {"format": "passport"},
        {"monotonic": -1},
        {"pseudonyms": {"document": "AAAA"}},
        *({"verified": value} for value in (False, True, None, "no")),
        *({"corrects": value} for value in (None, "", "x", "01a209b9-3a11-7c55-8f10-bb6b31a3f2c4")),
        *(
            {"answers": value}
            for value in (
                None,
                {},
                {"visit": "work"},
                {"visit": "work", "fever": "no"},
                {"visit": "Work"},
                {"Visit": "work"},
                {"visit\n": "work"},
                {"visit": None},
                {"v" * 33: "work"},
                {f"question_{number}": "yes" for number in range(6)},
            )
        ),
    ],
)
def test_facts_are_judged_alike(change):
    same(json.dumps(with_facts(**change)).encode())


def test_a_name_is_not_a_key():
    """What passes as one thing does not pass as another."""
    place = "Cổng số 2"
    same(json.dumps(with_facts(place=place)).encode())

    assert "person.key" in same(json.dumps(with_facts(person={"key": place, "box": "AAAA"})).encode())
    assert isinstance(same(json.dumps(with_facts(operator=place)).encode()), list)


def test_clocks_and_gaps_are_judged_alike():
    at = visit().time
    common = {"id": str(visit().id), "epoch": str(visit().epoch), "sequence": 7, "at": at}
    clock = wire.event(Sender("cong-chinh"), ClockEntry(**common, boot=str(visit().epoch), started=at))
    gap = wire.event(Sender("cong-chinh"), GapEntry(**common, through=9, why="damaged"))

    assert len(same(wire.encode([clock, visit(1), gap]))) == 3


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 5000, b" " * 300_000, b'"\xed\xa0\x80"']
)
def test_what_is_no_event_is_judged_alike(payload):
    same(payload)


def test_a_batch_of_more_than_fifty_is_judged_alike():
    same(wire.encode([visit(number) for number in range(1, 51)]))
    same(json.dumps([written()] * 51).encode())


def test_it_does_not_learn_without_end(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_LEARNED", 3)
    for number in range(10):
        same(json.dumps(with_facts(place=f"Cổng số {number}")).encode())

    assert len(decoding._labels) <= 3


texts = st.sampled_from(["", "0", "7", "x", "cong-chinh", "/doors/cong-chinh", "a b", "\n"]) | st.text(
    max_size=6
)
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts


@given(
    st.dictionaries(st.sampled_from(sorted(written())), values, max_size=2),
    st.dictionaries(st.sampled_from(sorted(written()["data"])), values, max_size=2),
)
def test_whatever_is_changed_is_judged_alike(envelope, facts):
    event = with_facts(**facts) | envelope

    same(json.dumps(event).encode())
    same(json.dumps([written(), event]).encode())


@given(st.binary(max_size=60))
def test_whatever_comes_is_judged_alike(payload):
    same(payload)


def test_pseudonyms_are_read_as_they_are():
    known = Pseudonyms(document=b"d" * 32, phone=None, other=b"o" * 32)

    (event,) = decode(wire.encode([visit(pseudonyms=known)]), SOURCE)

    assert (event.data.pseudonyms.document, event.data.pseudonyms.phone) == (b"d" * 32, None)
