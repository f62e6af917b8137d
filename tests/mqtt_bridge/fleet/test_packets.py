"""MQTT 3.1.1 as bytes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import BadMessage
from mqtt_bridge.fleet import packets

STREAM = b"\x20\x02\x00\x00" + packets.acknowledge(513) + packets.publish(b"a/b", b"x" * 300, 7) + b"\xd0\x00"


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_packets_are_found_however_the_stream_is_cut(cuts):
    heard, rest = [], b""
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, end in pairwise(edges):
        found, rest = packets.split(rest + STREAM[start:end])
        heard += found

    assert [first for first, _ in heard] == [0x20, 0x40, 0x32, 0xD0]
    assert packets.number(heard[1][1]) == 513
    assert packets.published(*heard[2]) == (b"a/b", 7, b"x" * 300)
    assert rest == b""


def test_a_message_of_qos_0_has_no_packet_id():
    assert packets.published(0x30, b"\x00\x03a/bpayload") == (b"a/b", 0, b"payload")


@pytest.mark.parametrize("stream", [b"\x30\xff\xff\xff\xff\x01"])
def test_what_has_no_end_is_no_packet(stream):
    with pytest.raises(BadMessage):
        packets.split(stream)


@pytest.mark.parametrize(
    ("first", "body"), [(0x30, b""), (0x30, b"\x00"), (0x30, b"\x00\x05abc"), (0x32, b"\x00\x01a\x00")]
)
def test_a_message_without_its_whole_topic_is_not_understood(first, body):
    with pytest.raises(BadMessage):
        packets.published(first, body)
