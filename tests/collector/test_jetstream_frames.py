"""NATS's frames, and how much is asked for: what comes in pieces is understood whole, and nothing is asked too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.ingest.frames import Delivered, Malformed
from collector.ingest.jetstream import frames
from collector.ingest.jetstream.pulling import PULL_BYTES, PULL_MESSAGES, WINDOW_BYTES, WINDOW_MESSAGES, Flow

HEADER = b"NATS/1.0\r\nNmqtt-Pub:1\r\n\r\n"
SID = b"2"


def hmsg(payload, *, kiosk="a", sid=SID, reply=b"$JS.ACK.x.1", header=HEADER):
    subject = f"$MQTT.msgs.doors.v1.{kiosk}.visit".encode()
    sizes = b"%d %d" % (len(header), len(header) + len(payload))
    return b"HMSG %b %b %b %b\r\n%b%b\r\n" % (subject, sid, reply, sizes, header, payload)


def status(text, sid=SID):
    header = b"NATS/1.0 %b\r\n\r\n" % text
    return b"HMSG _INBOX.q.7 %b %d %d\r\n%b\r\n" % (sid, len(header), len(header), header)


def read(data):
    """All that is ours of a stream, as a reader takes it, and what is for others."""
    taken, told, others, start = [], [], [], 0
    while True:
        messages, statuses, start = frames.take(data, start, SID)
        taken += messages
        told += statuses
        end = frames.extent(data, start)
        if end is None:
            return taken, told, others, data[start:]
        others.append(data[start:end])
        start = end


def test_messages_are_taken_with_their_topics_and_what_acknowledges_them():
    taken, *_ = read(hmsg(b"one\r\ntwo") + hmsg(b"", kiosk="b", reply=b"$JS.ACK.x.2"))

    assert taken == [
        Delivered(b"doors/v1/a/visit", b"one\r\ntwo", b"$JS.ACK.x.1"),
        Delivered(b"doors/v1/b/visit", b"", b"$JS.ACK.x.2"),
    ]


def test_a_message_without_a_header_is_taken_too():
    """Nobody but the gateway may write into its stream; what somebody did must not stay there for ever."""
    taken, *_ = read(b"MSG $MQTT.msgs.doors.v1.a.visit 2 $JS.ACK.x.9 3\r\nabc\r\n")

    assert taken == [Delivered(b"doors/v1/a/visit", b"abc", b"$JS.ACK.x.9")]


def test_what_is_no_message_of_ours_is_left_to_others():
    ping, other, answer = b"PING\r\n", hmsg(b"x", sid=b"1"), b"MSG _INBOX.a 1 2\r\nok\r\n"

    taken, _, others, rest = read(ping + other + hmsg(b"ours") + answer)

    assert [one.payload for one in taken] == [b"ours"]
    assert others == [ping, other, answer]
    assert rest == b""


def test_what_becomes_of_a_pull_is_told():
    pending = b"408 Request Timeout\r\nNats-Pending-Messages: 12\r\nNats-Pending-Bytes: 99"

    _, told, *_ = read(status(pending) + status(b"409 Leadership Change") + status(b"503"))

    assert [(one.code, one.words, one.messages) for one in told] == [
        (408, "Request Timeout", 12),
        (409, "Leadership Change", None),
        (503, "", None),
    ]


@given(st.data())
def test_wherever_a_read_ends_all_is_understood_once(data):
    whole = b"PONG\r\n" + hmsg(b"one") + status(b"404 No Messages") + hmsg(b"two\r\n") + b"+OK\r\n"
    cut = data.draw(st.integers(0, len(whole)))

    first = read(whole[:cut])
    second = read(first[3] + whole[cut:])

    assert [*first[0], *second[0]] == read(whole)[0]
    assert [*first[1], *second[1]] == read(whole)[1]
    assert [*first[2], *second[2]] == [b"PONG\r\n", b"+OK\r\n"]


@pytest.mark.parametrize(
    "data",
    [
        b"HMSG a 2 r 30 3\r\nabc\r\n",
        b"HMSG a 2 r x y\r\n",
        b"HMSG a\r\n",
        b"MSG a 3 x\r\n",
        b"x" * 5000,
        b"HMSG q 2 9 9\r\nNATS/2.0 \r\n",
    ],
    ids=["header too long", "no numbers", "no words", "no size", "no end", "another version"],
)
def test_what_is_no_nats_is_told(data):
    with pytest.raises(Malformed):
        read(data)


@pytest.mark.parametrize(
    ("subject", "topic"),
    [
        ("$MQTT.msgs.doors.v1.kiosk-1.visit", "doors/v1/kiosk-1/visit"),
        ("$MQTT.msgs.doors.v1.a//b.visit", "doors/v1/a.b/visit"),
        ("$MQTT.msgs.doors.v1./.visit", "doors/v1//visit"),
    ],
)
def test_subjects_are_read_as_the_topics_that_they_were(subject, topic):
    assert frames.topic(subject.encode()) == topic.encode()


def test_what_is_written_is_of_the_protocol():
    assert frames.acknowledgements([b"r.1", b"r.2"]) == b"PUB r.1 4\r\n+ACK\r\nPUB r.2 4\r\n+ACK\r\n"
    assert frames.refusals([b"r.1"]) == b"PUB r.1 4\r\n-NAK\r\n"
    assert frames.message("a.b", b"xyz") == b"PUB a.b 3\r\nxyz\r\n"
    assert frames.message("a.b", b"", "to") == b"PUB a.b to 0\r\n\r\n"


def pulls(flow):
    """How many pulls a connection sends now."""
    sent = 0
    while flow.wants():
        sent += 1
    return sent


def test_two_pulls_stand_and_one_follows_each_that_is_used_up():
    flow = Flow()
    assert pulls(flow) == 2

    flow.arrived(PULL_MESSAGES - 1, 10)
    assert pulls(flow) == 0
    flow.arrived(1, 10)
    assert pulls(flow) == 1


def test_while_nothing_is_stored_nothing_more_is_asked_for():
    flow = Flow()
    while pulls(flow):
        flow.arrived(PULL_MESSAGES, 10)
    assert flow.held + flow.asked <= WINDOW_MESSAGES

    flow.dealt_with(PULL_MESSAGES)
    assert pulls(flow) == 1


def test_of_two_pulls_one_that_nobody_hears_of_is_lost():
    flow = Flow()
    assert pulls(flow) == 2
    flow.stands(b"1", 0.0)
    flow.stands(b"2", 0.0)
    flow.arrived(10, 10)
    flow.stands(b"1", 6.0)
    flow.give_up(0.0)
    assert pulls(flow) == 0

    flow.give_up(1.0)
    assert flow.asked == PULL_MESSAGES
    assert pulls(flow) == 1


def test_few_big_messages_fill_the_window_too():
    flow = Flow()
    held = 0
    while pulls(flow):
        flow.arrived(1, PULL_BYTES)
        flow.ended(b"", PULL_MESSAGES - 1)
        held += 1
    assert held * PULL_BYTES <= WINDOW_BYTES
    assert held < PULL_MESSAGES

    flow.dealt_with(held)
    assert pulls(flow) >= 1


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 10**6)), max_size=30), st.data())
def test_what_was_dealt_with_in_whatever_portions_leaves_nothing_held(arrived, data):
    flow = Flow()
    for messages, size in arrived:
        flow.arrived(messages, size)
    left = flow.held
    while left:
        part = data.draw(st.integers(1, left))
        flow.dealt_with(part)
        left -= part

    assert (flow.held, flow._held_bytes) == (0, 0)
