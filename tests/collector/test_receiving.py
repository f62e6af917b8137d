"""Messages told apart: what is a visit, and what is set aside."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.ingest.receiving import MAX_KEPT_BYTES, Place, receive
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender, VisitMessage
from tests.collector.conftest import entry

VISIT = "doors/v1/cong-chinh/visit"
VISITS = "doors/v1/cong-chinh/visits"
EPOCH = "00000000-0000-4000-8000-000000000001"


def event(**change):
    return json.loads(wire.encode_visit(VisitMessage(Sender("cong-chinh"), entry()))) | change


def test_an_event_is_a_visit():
    message = VisitMessage(Sender("cong-chinh"), entry(), settled=0)

    received = receive(VISIT, wire.encode_visit(message))

    assert received.visits == (message,)
    assert received.aside == ()


def test_a_batch_is_visits_in_its_order():
    messages = tuple(VisitMessage(Sender("cong-chinh"), entry(sequence=number)) for number in (1, 2, 3))

    assert receive(VISITS, wire.encode_visits(messages)).visits == messages


def test_a_topic_of_nobody_is_set_aside():
    for topic in (
        "doors/v1/cong-chinh/receipt",
        "doors/v1/CONG/visit",
        "elsewhere",
        "",
        "doors/v1/a\udcff/visit",
    ):
        received = receive(topic, wire.encode_visit(VisitMessage(Sender("cong-chinh"), entry())))
        assert received.visits == ()
        assert [aside.place for aside in received.aside] == [None]


def test_another_kiosks_event_is_set_aside_and_counts_nowhere():
    received = receive(
        "doors/v1/cong-sau/visit", wire.encode_visit(VisitMessage(Sender("cong-chinh"), entry()))
    )

    assert received.visits == ()
    assert received.aside[0].reason == "source: another kiosk than the topic's"
    assert received.aside[0].place is None


def test_one_bad_event_does_not_spoil_its_batch():
    good, bad = event(sequence="1"), event(sequence="2", type="something.else")

    received = receive(VISITS, json.dumps([good, bad, event(sequence="3")]).encode())

    assert [visit.entry.sequence for visit in received.visits] == [1, 3]
    assert [aside.place for aside in received.aside] == [Place("cong-chinh", EPOCH, 2)]


def test_a_bad_event_that_tells_its_place_counts_there():
    received = receive(VISIT, json.dumps(event(type="vn.entrance-kiosk.visit.v9")).encode())

    assert received.aside[0].place == Place("cong-chinh", EPOCH, 1)


def test_a_bad_event_too_long_to_be_kept_whole_counts_nowhere():
    received = receive(VISIT, json.dumps(event(type="x", more="y" * MAX_KEPT_BYTES)).encode())

    assert len(received.aside[0].payload) == MAX_KEPT_BYTES
    assert received.aside[0].place is None


def test_an_oversized_message_is_set_aside_shortened():
    received = receive(VISIT, b"[" + b"1," * wire.MAX_MESSAGE_BYTES + b"1]")

    assert len(received.aside) == 1
    assert len(received.aside[0].payload) == MAX_KEPT_BYTES


def test_an_empty_batch_is_set_aside():
    assert [aside.payload for aside in receive(VISITS, b"[]").aside] == [b"[]"]


def test_the_same_thing_again_has_the_same_digest_and_another_has_another():
    digests = [receive(VISIT, payload).aside[0].digest for payload in (b"x", b"x", b"y")]

    assert digests[0] == digests[1] != digests[2]


def test_what_is_set_aside_shows_no_text_of_the_message():
    received = receive(VISIT, json.dumps(event(specversion="9")).encode())

    assert "Thử" not in repr(received)
    assert "Thử" not in received.aside[0].reason


@given(st.binary(max_size=300))
def test_no_bytes_stop_it(payload):
    received = receive(VISIT, payload)

    assert len(received.visits) + len(received.aside) >= 1


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(sorted(event()))


@given(st.lists(st.dictionaries(fields, anything, max_size=3), min_size=1, max_size=4))
def test_no_event_that_is_almost_right_stops_it_or_gets_lost(changes):
    events = [event(sequence=str(number), **change) if "sequence" not in change else event() | change
              for number, change in enumerate(changes, 1)]  # fmt: skip

    received = receive(VISITS, json.dumps(events).encode())

    assert len(received.visits) + len(received.aside) == len(events)


@given(st.text(max_size=40), st.binary(max_size=20))
def test_no_topic_stops_it(topic, payload):
    assert receive(topic, payload).aside


@pytest.mark.parametrize("depth", range(300, 1010, 5))
@pytest.mark.parametrize("form", ['{"x":%s}', '[1,{"x":%s}]'])
def test_lists_within_lists_are_set_aside_however_deep(depth, form):
    payload = (form % ("[" * depth + "]" * depth)).encode()

    received = receive("doors/v1/cong-chinh/visit", payload)

    assert received.visits == ()
    assert received.aside


def test_a_batch_of_thousands_is_one_message_set_aside():
    received = receive("doors/v1/cong-chinh/visits", b"[" + b"1," * 10_000 + b"1]")

    assert [aside.reason for aside in received.aside] == ["batch of 10001 events: more than 50"]
