"""The centre's line to the broker, byte by byte: what a read brings is handed over whole, whatever else it brings."""

import socket
import threading

import pytest

from collector.ingest.client import MqttLine
from collector.ingest.frames import Delivered
from collector.ingest.lines import VISITS, Arrived, BrokerAway, Down, Up
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel, Topic
from tests.collector.conftest import visit, wait_until
from tests.collector.test_frames import length, publish
from tests.ports import free_port

PINGRESP = b"\xd0\x00"
RECEIPT = wire.Receipt(visit().epoch, 7)


class Wire:
    """A broker of which the test says each byte, from the moment it has let us in."""

    def __init__(self, protocol="5", suback=b"\x01"):
        self._is_v5 = protocol == "5"
        self.heard = b""
        self.happenings = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.line = MqttLine(
                host="127.0.0.1",
                port=listener.getsockname()[1],
                client_id="c",
                protocol=protocol,
                happen=self.happenings.append,
                channels=(*VISITS, Channel.HEALTH),
            )
            knocking = threading.Thread(target=self.line.connect)
            knocking.start()
            self.socket, _ = listener.accept()
        self.socket.settimeout(20)
        self.connect = self._frame()
        self.socket.sendall(b"\x20\x03\x00\x00\x00" if self._is_v5 else b"\x20\x02\x00\x00")
        self.subscribe = self._frame()
        properties = b"\x00" if self._is_v5 else b""
        granted = self.subscribe[2:4] + properties + suback * 3
        self.socket.sendall(b"\x90" + length(len(granted)) + granted)
        knocking.join(20)
        wait_until(lambda: self.happenings, "it has happened")

    def messages(self):
        return [message for one in self.happenings if isinstance(one, Arrived) for message in one.messages]

    def hear(self, size):
        """So many bytes of what comes next."""
        heard = b""
        while len(heard) < size:
            more = self.socket.recv(size - len(heard))
            assert more, "the line is cut"
            heard += more
        return heard

    def downs(self):
        return [one.why for one in self.happenings if isinstance(one, Down)]

    def close(self):
        self.socket.close()
        self.line.close()

    def _frame(self):
        """The next frame, which is short."""
        head = self.hear(2)
        return head + self.hear(head[1])


@pytest.fixture(params=["5", "3.1.1"])
def broker_wire(request):
    made = Wire(request.param)
    made.is_v5 = request.param == "5"
    yield made
    made.close()


@pytest.fixture
def new_wire():
    made = Wire()
    yield made
    made.close()


def test_it_listens_to_visits_and_to_what_desks_ask_for(broker_wire):
    assert broker_wire.happenings == [Up()]
    for topic in (b"doors/v1/+/visit", b"doors/v1/+/visits", b"doors/v1/+/health"):
        assert topic in broker_wire.subscribe


def test_a_read_is_handed_over_whole(broker_wire):
    frames = [
        publish(payload=b"%d" % number, packet=number, is_v5=broker_wire.is_v5) for number in range(1, 301)
    ]

    broker_wire.socket.sendall(b"".join(frames))

    wait_until(lambda: len(broker_wire.messages()) == 300, "all is here")
    assert broker_wire.messages() == [
        Delivered(b"doors/v1/a/visit", b"%d" % number, number) for number in range(1, 301)
    ]
    assert len(broker_wire.happenings) < 100


def test_messages_and_other_frames_may_be_cut_anywhere(broker_wire):
    stream = b"".join(
        publish(payload=bytes([number]) * 200, packet=number, is_v5=broker_wire.is_v5) + PINGRESP
        for number in range(1, 9)
    )
    for start in range(0, len(stream), 37):
        broker_wire.socket.sendall(stream[start : start + 37])
        broker_wire.line.acknowledge([1])
        broker_wire.hear(4)

    wait_until(lambda: len(broker_wire.messages()) == 8, "all is here")
    assert [message.packet for message in broker_wire.messages()] == list(range(1, 9))
    assert broker_wire.downs() == []


def test_a_message_larger_than_a_read_is_put_together(new_wire):
    payload = bytes(range(256)) * 8000

    new_wire.socket.sendall(publish(payload=payload) + publish(payload=b"after", packet=8))

    wait_until(lambda: len(new_wire.messages()) == 2, "both are here")
    assert [message.payload for message in new_wire.messages()] == [payload, b"after"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x32\xff\xff\xff\xff\x01", "more than four bytes"),
        (b"\x32\x03\x00\x09a" + b"x" * 40, "longer than its frame"),
        (publish(qos=2), "another QoS"),
        (publish(packet=0), "without a packet id"),
    ],
)
def test_what_is_no_mqtt_ends_the_line_and_nothing_else(new_wire, data, why):
    new_wire.socket.sendall(data)

    wait_until(new_wire.downs, "it is down")
    assert why in new_wire.downs()[0]
    assert new_wire.socket.recv(1) == b""


@pytest.mark.parametrize("data", [b"\x00\x00", b"\xf0\x00", b"\x90\x00", b"\x20\x00", b"\x40\x01\x00"])
def test_nonsense_for_paho_ends_the_line_too(new_wire, data):
    new_wire.socket.sendall(data)

    wait_until(new_wire.downs, "it is down")


def test_a_line_that_is_cut_is_down(new_wire):
    new_wire.socket.sendall(publish(payload=b"whole") + publish()[:5])
    new_wire.socket.close()

    wait_until(new_wire.downs, "it is down")
    assert [message.payload for message in new_wire.messages()] == [b"whole"]
    assert len(new_wire.downs()) == 1


def test_acknowledgements_of_a_batch_are_one_write(new_wire):
    new_wire.line.acknowledge([1, 0, 2, 0x1234])

    assert new_wire.hear(12) == b"\x40\x02\x00\x01\x40\x02\x00\x02\x40\x02\x12\x34"


def test_nothing_to_acknowledge_writes_nothing(new_wire):
    new_wire.line.acknowledge([0])
    new_wire.line.acknowledge([9])

    assert new_wire.hear(4) == b"\x40\x02\x00\x09"


def test_receipts_go_to_their_kiosks(broker_wire):
    broker_wire.line.post_receipts([("a", RECEIPT), ("b", RECEIPT)])

    expected = b"".join(
        publish(
            f"doors/v1/{kiosk}/receipt".encode(), wire.encode_receipt(RECEIPT), qos=0, is_v5=broker_wire.is_v5
        )
        for kiosk in "ab"
    )
    assert broker_wire.hear(len(expected)) == expected


def test_what_a_desk_posts_is_acknowledged_by_the_broker_as_paho_wants_it(new_wire):
    new_wire.line.post(Topic("a", Channel.CONFIG), b"signed", retain=True)

    expected = publish(b"doors/v1/a/config", b"signed", packet=2)
    heard = new_wire.hear(len(expected))
    assert heard[1:] == expected[1:]
    new_wire.socket.sendall(b"\x40\x02\x00\x02")
    wait_until(lambda: not new_wire.line._client._out_messages, "paho knows")


def test_an_access_list_that_keeps_us_out_is_told():
    shut = Wire(suback=b"\x87")
    try:
        assert "access list" in shut.downs()[0]
    finally:
        shut.close()


def test_a_broker_that_is_not_there_is_told():
    line = MqttLine(host="127.0.0.1", port=free_port(), client_id="c", protocol="5", happen=lambda _: None)

    with pytest.raises(BrokerAway):
        line.connect()
    line.close()


def test_a_dead_line_can_be_told_anything(new_wire):
    new_wire.socket.close()
    wait_until(new_wire.downs, "it is down")

    new_wire.line.acknowledge([1])
    new_wire.line.post_receipts([("a", RECEIPT)])
    new_wire.line.close()
