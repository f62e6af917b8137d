"""Messages told apart: what is a visit, and what is set aside."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.ingest.frames import Delivered
from collector.ingest.receiving import MAX_KEPT_BYTES, Place, foreign, hear
from kiosk.entries import ClockEntry
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender
from tests.collector.conftest import visit

VISIT = b"doors/v1/cong-chinh/visit"
VISITS = b"doors/v1/cong-chinh/visits"
EPOCH = "00000000-0000-4000-8000-000000000001"


def receive(topic, payload):
    """What becomes of one message; one that no desk would want is set aside."""
    heard = hear([Delivered(topic, payload, 7)])
    assert (heard.packets, heard.size) == ([7], len(payload))
    return heard.received[0] if heard.received else foreign(heard.others[0][1])


def told(event):
    """An event as it travels: the centre has a class of its own for those that it decodes."""
    return wire.encode([event])


def event(**change):
    return json.loads(wire.encode([visit()])) | change


def test_an_event_is_a_visit():
    message = visit()

    received = receive(VISIT, wire.encode([message]))

    assert (received.kiosk, list(map(told, received.events)), received.aside) == (
        "cong-chinh",
        [told(message)],
        (),
    )


def test_a_batch_is_visits_in_its_order():
    messages = [visit(number) for number in (1, 2, 3)]

    assert list(map(told, receive(VISITS, wire.encode(messages)).events)) == list(map(told, messages))


def test_messages_are_told_apart_in_their_order():
    events = [visit(number) for number in (1, 2, 3)]
    messages = [Delivered(VISIT, wire.encode([one]), number) for number, one in enumerate(events, 1)]
    health = Delivered(b"doors/v1/cong-chinh/health", b"{}", 4)

    heard = hear([*messages[:2], health, messages[2]])

    assert [list(map(told, one.events)) for one in heard.received] == [[told(one)] for one in events]
    assert [(str(topic), message) for topic, message in heard.others] == [
        ("doors/v1/cong-chinh/health", health)
    ]
    assert list(heard.packets) == [1, 2, 4, 3]


def test_a_topic_of_nobody_is_set_aside():
    for topic in (
        b"doors/v1/cong-chinh/receipt",
        b"doors/v1/CONG/visit",
        b"elsewhere",
        b"",
        b"doors/v1/a\xff/visit",
    ):
        received = receive(topic, wire.encode([visit()]))
        assert received.events == ()
        assert [aside.place for aside in received.aside] == [None]


def test_another_kiosks_event_is_set_aside_and_counts_nowhere():
    received = receive(b"doors/v1/cong-sau/visit", wire.encode([visit()]))

    assert received.events == ()
    assert received.aside[0].reason == "source: another kiosk than the topic's"
    assert received.aside[0].place is None


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "1969-12-31T23:59:59Z"]
)
def test_a_time_that_no_page_could_show_is_set_aside_and_counts_in_its_place(time):
    received = receive(VISIT, json.dumps(event(time=time)).encode())

    assert received.events == ()
    assert received.aside[0].reason == "time: not from 1970 to 9998"
    assert received.aside[0].place == Place("cong-chinh", EPOCH, 1)


def test_a_clock_that_was_never_right_is_set_aside():
    at = datetime(2026, 3, 14, tzinfo=UTC)
    clock = ClockEntry(id=EPOCH, epoch=EPOCH, sequence=1, at=at, boot=EPOCH, started=at.replace(year=9999))

    assert receive(VISIT, wire.encode([wire.event(Sender("cong-chinh"), clock)])).events == ()


def test_one_bad_event_does_not_spoil_its_batch():
    good, bad = event(sequence="1"), event(sequence="2", type="something.else")

    received = receive(VISITS, json.dumps([good, bad, event(sequence="3")]).encode())

    assert [event.number for event in received.events] == [1, 3]
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
    received = receive(VISIT, json.dumps(event(specversion="Cửa")).encode())

    assert "Cửa" not in repr(received)
    assert "Cửa" not in received.aside[0].reason


@given(st.binary(max_size=300))
def test_no_bytes_stop_it(payload):
    received = receive(VISIT, payload)

    assert len(received.events) + len(received.aside) >= 1


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers()
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(sorted(event()))


@given(st.lists(st.dictionaries(fields, anything, max_size=3), min_size=1, max_size=4))
def test_no_event_that_is_almost_right_stops_it_or_gets_lost(changes):
    events = [event(sequence=str(number), **change) if "sequence" not in change else event() | change
              for number, change in enumerate(changes, 1)]  # fmt: skip

    received = receive(VISITS, json.dumps(events).encode())

    assert len(received.events) + len(received.aside) == len(events)


@given(st.binary(max_size=40), st.binary(max_size=20))
def test_no_topic_stops_it(topic, payload):
    assert receive(topic, payload).aside


@pytest.mark.parametrize("depth", range(300, 1010, 5))
@pytest.mark.parametrize("form", ['{"x":%s}', '[1,{"x":%s}]'])
def test_lists_within_lists_are_set_aside_however_deep(depth, form):
    payload = (form % ("[" * depth + "]" * depth)).encode()

    received = receive(VISIT, payload)

    assert received.events == ()
    assert received.aside


def test_a_batch_of_more_than_fifty_is_one_message_set_aside():
    events = [event(sequence=str(number)) for number in range(1, 52)]

    received = receive(VISITS, json.dumps(events).encode())

    assert (received.events, len(received.aside)) == ((), 1)
