"""MQTT's frames in a stream of bytes: found however they are cut, and whatever nonsense they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.ingest import frames
from collector.ingest.frames import Delivered, Malformed, extent, take


def number(value, size=2):
    return value.to_bytes(size, "big")


def length(value):
    """As MQTT 5, 1.5.5 describes it, step by step."""
    written = b""
    while True:
        value, byte = divmod(value, 128)
        if not value:
            return written + bytes([byte])
        written += bytes([byte | 128])


def publish(topic=b"doors/v1/a/visit", payload=b"{}", packet=7, properties=b"", *, qos=1, is_v5=True):
    rest = number(len(topic)) + topic
    if qos:
        rest += number(packet)
    if is_v5:
        rest += length(len(properties)) + properties
    rest += payload
    return bytes([0x30 | qos << 1]) + length(len(rest)) + rest


messages = st.builds(
    Delivered,
    st.binary(max_size=200),
    st.one_of(st.binary(max_size=300), st.integers(100, 40_000).map(bytes)),
    st.integers(0, 65_535),
)


def written(message, properties, *, is_v5):
    qos = 1 if message.packet else 0
    return publish(message.topic, message.payload, message.packet, properties, qos=qos, is_v5=is_v5)


@given(st.lists(messages, max_size=8), st.binary(max_size=300), st.booleans())
def test_all_messages_are_found_in_their_order(sent, properties, is_v5):
    data = b"".join(written(message, properties, is_v5=is_v5) for message in sent)

    assert take(data, 0, is_v5=is_v5) == (sent, len(data))


@given(st.lists(messages, min_size=1, max_size=4), st.data())
def test_a_message_that_is_not_all_here_is_left_where_it_is(sent, data):
    stream = b"".join(written(message, b"", is_v5=True) for message in sent)
    cut = data.draw(st.integers(0, len(stream) - 1))

    found, start = take(stream[:cut], 0, is_v5=True)
    more, end = take(stream, start, is_v5=True)

    assert (found + more, end) == (sent, len(stream))


@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_do_harm(data, is_v5):
    try:
        found, end = take(data, 0, is_v5=is_v5)
    except Malformed:
        return
    assert 0 <= end <= len(data)
    assert sum(len(message.topic) + len(message.payload) for message in found) <= end


@given(st.integers(0, 0x0FFF_FFFF), st.binary(max_size=3))
def test_an_extent_is_the_one_that_was_written(size, before):
    head = b"\x30" + length(size)

    found = extent(before + head, len(before))

    assert found == (len(before) + len(head), len(before) + len(head) + size)


def test_a_head_that_is_not_all_here_has_no_extent():
    assert [extent(part, 0) for part in (b"", b"\x30", b"\x30\x80", b"\x30\xff\xff\xff")] == [None] * 4


def test_a_length_without_end_is_malformed():
    with pytest.raises(Malformed):
        extent(b"\x30\xff\xff\xff\xff\x01", 0)


def test_a_frame_of_another_kind_ends_the_messages():
    data = publish(payload=b"1") + b"\xd0\x00" + publish(payload=b"2")

    found, at = take(data, 0, is_v5=True)

    assert ([message.payload for message in found], at) == ([b"1"], len(publish(payload=b"1")))


@pytest.mark.parametrize("qos", [2, 3])
def test_a_message_at_a_level_that_nobody_asked_for_is_malformed(qos):
    with pytest.raises(Malformed):
        take(publish(qos=qos), 0, is_v5=True)


def test_a_message_to_be_acknowledged_needs_a_packet_id():
    with pytest.raises(Malformed):
        take(publish(packet=0), 0, is_v5=True)


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        b"\x00",
        b"\x00\x05abc",
        b"\x00\x01a",
        b"\x00\x01a\x00",
        b"\x00\x01a\x00\x07",
        b"\x00\x01a\x00\x07\x05ab",
    ],
)
@pytest.mark.parametrize("after", [b"", b"\xd0\x00" * 20])
def test_a_message_that_is_longer_than_its_frame_is_malformed(rest, after):
    """Not even if what stands behind it would do."""
    with pytest.raises(Malformed):
        take(b"\x32" + length(len(rest)) + rest + after, 0, is_v5=True)


def test_a_retained_message_sent_again_is_a_message():
    data = bytearray(publish())
    data[0] |= 0x09

    assert len(take(bytes(data), 0, is_v5=True)[0]) == 1


@given(st.binary(max_size=100), st.integers(0, 40_000).map(bytes), st.booleans())
def test_what_is_written_is_read(topic, payload, is_v5):
    data = frames.message(topic, payload, is_v5=is_v5)

    assert take(data, 0, is_v5=is_v5) == ([Delivered(topic, payload, 0)], len(data))


def test_acknowledgements_stand_side_by_side():
    assert frames.acknowledgements([1, 0x1234]) == b"\x40\x02\x00\x01\x40\x02\x12\x34"
    assert frames.acknowledgements([]) == b""


def test_a_message_does_not_show_what_it_holds():
    assert repr(Delivered(b"doors/v1/a/visit", b"secret", 7)) == "Delivered(packet=7)"
