"""A collector's line to NATS, at a real nats-server; it uses private names of nats-py, which may change."""

import asyncio
import logging
import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import nats
import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from collector import intakes
from collector.broker.mosquitto import CENTRE
from collector.gateway import STREAM
from collector.ingest.jetstream import consumer, line, pulling
from collector.ingest.jetstream.line import JetStreamLine
from collector.ingest.lines import Arrived, Down, Tls, Up
from collector.roads import JetStream
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel, Topic
from tests.collector.broker_tls import strangers_pair
from tests.collector.conftest import Door, wait_until
from tests.nats import Nats
from tests.ports import free_port

DURABLE = "test"


@pytest.fixture
def node(tmp_path):
    node = Nats(tmp_path)
    yield node
    node.kill()


@pytest.fixture
def door(node):
    door = Door(node.port, protocol=MQTTProtocolVersion.MQTTv311)
    yield door
    door.close()


class Listening:
    """A line and what it says."""

    def __init__(self, *servers, durable=DURABLE):
        self.happenings = []
        self.line = JetStreamLine(servers=servers, durable=durable, happen=self.happenings.append)
        self.line.connect()

    def messages(self):
        arrived = [one for one in list(self.happenings) if isinstance(one, Arrived)]
        return [message for one in arrived for message in one.messages]

    def is_up(self):
        return any(isinstance(one, Up) for one in self.happenings)

    def why(self):
        """Why it is down; empty while it is not."""
        return next((one.why for one in self.happenings if isinstance(one, Down)), "")


@contextmanager
def listening(*servers, **more):
    one = Listening(*servers, **more)
    try:
        yield one
    finally:
        one.line.close()
    assert not one.line._thread.is_alive()


def ask(node, work):
    """Do something by nats-py as it comes."""

    async def asking():
        client = await nats.connect(node.url)
        try:
            return await work(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(asking())


def counted(node):
    info = ask(node, lambda stream: stream.consumer_info(STREAM, DURABLE))
    return info.num_pending, info.num_ack_pending


def test_visits_come_with_their_topics_and_are_gone_once_acknowledged(node, door):
    with listening(node.url) as centre:
        wait_until(centre.is_up, "up")
        events = [door.event(number) for number in range(1, 4)]
        door.post(events[0])
        door.post(*events[1:])
        wait_until(lambda: len(centre.messages()) == 2, "both")
        one, several = centre.messages()
        assert (one.topic, several.topic) == (b"doors/v1/cong-chinh/visit", b"doors/v1/cong-chinh/visits")
        assert wire.decode(one.payload) == [events[0]]
        assert counted(node) == (0, 2)

        centre.line.acknowledge([one.packet, several.packet])
        wait_until(lambda: counted(node) == (0, 0), "acknowledged")


def test_receipts_and_news_go_to_the_door(node, door):
    with listening(node.url) as centre:
        wait_until(centre.is_up, "up")
        centre.line.post_receipts([("cong-chinh", wire.Receipt(door.event(1).epoch, 7))])

        wait_until(lambda: door.through == 7, "the receipt")
        with pytest.raises(ValueError, match="keeps"):
            centre.line.post(Topic("cong-chinh", Channel.CONFIG), b"x", retain=True)


def test_a_stream_that_no_door_has_filled_yet_is_waited_for(node):
    with listening(node.url) as centre:
        threading.Event().wait(1)
        assert not centre.is_up()
        assert not centre.why()

        door = Door(node.port, protocol=MQTTProtocolVersion.MQTTv311)
        wait_until(centre.is_up, "up")
        door.post(door.event(1))
        wait_until(centre.messages, "the visit")
        door.close()


def test_what_one_that_hangs_up_has_not_stored_another_gets_at_once(node, door):
    with listening(node.url) as first:
        wait_until(first.is_up, "up")
        door.post(door.event(1))
        wait_until(first.messages, "the first has it")
    with listening(node.url) as second:
        wait_until(second.messages, "the second gets it, long before it would be delivered again")


@pytest.fixture
def small(monkeypatch):
    """Pulls of ten messages, and a window of forty."""
    for module, name in ((pulling, "PULL_MESSAGES"), (line, "PULL_MESSAGES"), (pulling, "WINDOW_MESSAGES")):
        monkeypatch.setattr(module, name, 40 if name.startswith("WINDOW") else 10)
    for name in ("_PULL", "_PROBE"):
        monkeypatch.setattr(line, name, getattr(line, name).replace(b"1000,", b"10,"))


@pytest.mark.usefixtures("small")
def test_while_nothing_is_stored_no_more_than_a_window_is_fetched(node, door):
    with listening(node.url) as centre:
        wait_until(centre.is_up, "up")
        for number in range(1, 101):
            door.post(door.event(number))
        wait_until(lambda: sum(counted(node)) == 100, "all in the stream")
        assert 0 < len(centre.messages()) <= 40

        told = 0
        while told < 100:
            fresh = centre.messages()[told:]
            centre.line.acknowledge([one.packet for one in fresh])
            told += len(fresh)
        wait_until(lambda: counted(node) == (0, 0), "all dealt with")


def test_the_consumer_is_put_right_where_it_differs(node, door):
    async def spoil(stream):
        wrong = consumer.settings(DURABLE).evolve(max_ack_pending=5)
        return await stream.add_consumer(STREAM, wrong)

    ask(node, spoil)
    with listening(node.url) as centre:
        wait_until(centre.is_up, "up")
        info = ask(node, lambda stream: stream.consumer_info(STREAM, DURABLE))
        assert info.config.max_ack_pending == consumer.MAX_ACK_PENDING


def test_a_consumer_that_is_deleted_ends_the_line(node, door):
    with listening(node.url) as centre:
        wait_until(centre.is_up, "up")
        ask(node, lambda stream: stream.delete_consumer(STREAM, DURABLE))
        wait_until(centre.why, "down")
    assert "consumer deleted" in centre.why()


@pytest.mark.usefixtures("small")
def test_a_consumer_that_is_deleted_while_nothing_is_asked_ends_the_line_when_something_is(
    node, door, monkeypatch
):
    monkeypatch.setattr(line, "SILENCE_S", 1.0)
    with listening(node.url) as centre:
        wait_until(centre.is_up, "up")
        for number in range(1, 61):
            door.post(door.event(number))
        wait_until(lambda: not centre.line._flow.wants() and not centre.line._flow.asked, "a full window")
        ask(node, lambda stream: stream.delete_consumer(STREAM, DURABLE))
        centre.line.acknowledge([one.packet for one in centre.messages()])
        wait_until(centre.why, "down")
    assert "no word of the consumer" in centre.why()


@pytest.fixture
def liar():
    """Takes whoever comes, and then says nothing but, if wished, that it is a NATS in clear."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


INFO = (
    b'INFO {"server_id": "x", "version": "2.15.1", "max_payload": 9, "headers": true, "tls_required": %b}\r\n'
)


@pytest.fixture
def files(tmp_path):
    files = Tls(*(tmp_path / name for name in ("ca", "crt", "key")))
    key, certificate = strangers_pair(CENTRE)
    for path, pem in ((files.ca, certificate), (files.certificate, certificate), (files.key, key)):
        path.write_bytes(pem)
    return files


@contextmanager
def by_tls(liar, files):
    """A line to it by TLS, its socket there, and what the line says."""
    heard = []
    url = f"tls://127.0.0.1:{liar.getsockname()[1]}"
    ours = JetStreamLine(servers=[url], durable=DURABLE, happen=heard.append, tls=files)
    ours.connect()
    there, _ = liar.accept()
    with there:
        yield there, heard
    ours.close()


def test_by_tls_nothing_is_said_to_one_that_does_not_speak_it(liar, files):
    with by_tls(liar, files) as (there, heard):
        there.sendall(INFO % b"false")
        assert there.recv(1000) == b""
        wait_until(lambda: heard, "down")

    assert "does not speak TLS" in heard[0].why


def test_of_a_line_by_tls_that_ends_nothing_is_logged_but_that(liar, files, caplog):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    with by_tls(liar, files) as (there, heard):
        there.sendall(INFO % b"true")
        with context.wrap_socket(there, server_side=True) as secure:
            assert secure.recv(1000).startswith(b"CONNECT")
            with suppress(OSError):
                secure.unwrap()
            wait_until(lambda: heard, "down")

    assert isinstance(heard[0], Down)
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


def test_after_a_node_that_takes_us_and_says_nothing_the_next_is_tried(node, door, liar, monkeypatch):
    monkeypatch.setattr(line, "CONNECT_S", 1.0)
    silent = f"nats://127.0.0.1:{liar.getsockname()[1]}"
    dial = intakes.by_jetstream(JetStream([silent, node.url], DURABLE), first=0)
    heard = [[], []]
    for happenings in heard:
        one = dial(happenings.append)
        one.connect()
        wait_until(lambda happenings=happenings: happenings, "an end, or up")
        one.close()

    assert isinstance(heard[0][0], Down)
    assert isinstance(heard[1][0], Up)


@pytest.mark.parametrize("ends", ["stop", "kill"])
def test_a_node_that_ends_ends_the_line(node, door, ends):
    with listening(node.url) as centre:
        wait_until(centre.is_up, "up")
        getattr(node, ends)()
        wait_until(centre.why, "down")


def test_a_bug_ends_the_thread_and_does_not_leave_a_line_that_only_looks_alive(node, door, monkeypatch):
    bugs = []
    monkeypatch.setattr(threading, "excepthook", bugs.append)
    with listening(node.url) as centre:
        wait_until(centre.is_up, "up")
        centre.line._happen = lambda _: 1 / 0
        door.post(door.event(1))
        wait_until(lambda: bugs, "the thread ends")
    assert bugs[0].exc_type is ZeroDivisionError


def test_another_node_is_tried_when_one_is_away_and_no_password_is_told(node, door):
    away = f"nats://somebody:secret@127.0.0.1:{free_port()}"
    with listening(away, node.url) as centre:
        wait_until(centre.is_up, "up")
    with listening(away) as centre:
        wait_until(centre.why, "down")
    assert "refused" in centre.why() or "Connect call failed" in centre.why()
    assert "secret" not in centre.why()
