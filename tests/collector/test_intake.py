"""Commit, then acknowledge, then receipt: in this order, and only to the connection that delivered."""

import threading
from uuid import UUID

import pytest
from django.db import InterfaceError, OperationalError
from msgspec import structs

from collector.ingest import inbox
from collector.ingest.client import MqttLine
from collector.ingest.frames import Delivered
from collector.ingest.intake import Intake
from collector.ingest.lines import Arrived, BrokerAway, Down, Up
from collector.ingest.storing import Outcome
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire import Receipt
from tests.collector.conftest import visit, wait_until

EPOCH = UUID("00000000-0000-4000-8000-000000000001")
VISIT = wire.encode([visit()])


class FakeLine:
    """A connection that remembers what it was asked, and says what the test tells it to."""

    knock_s = 10.0

    def __init__(self, happen, done, away):
        self._happen = happen
        self._done = done
        self._away = away

    def connect(self):
        self._done.append("connect")
        if self._away:
            raise BrokerAway("broker 127.0.0.1:1: nobody there")
        self._happen(Up())

    def deliver(self, *packets, topic=b"doors/v1/cong-chinh/visit"):
        self._happen(Arrived([Delivered(topic, VISIT, packet) for packet in packets]))

    def lose(self):
        self._happen(Down("connection lost"))

    def acknowledge(self, packets):
        self._done.append(f"acknowledge {' '.join(map(str, packets))}")

    def post_receipts(self, receipts):
        self._done += [f"receipt {kiosk} {receipt.through} {receipt.key}" for kiosk, receipt in receipts]

    def close(self):
        self._done.append("close")


class Work:
    """An intake on a thread, its lines, and what was done in order."""

    def __init__(self, away=0, desks=()):
        self.done = []
        self.lines = []
        self.line_up = []
        self.failures = []
        self.gate = threading.Event()
        self.gate.set()
        self.stored = 0
        self.storing = threading.Event()
        self._away = away
        self.intake = Intake(
            dial=self._dial,
            store=self._store,
            tell_line=self.line_up.append,
            sign=lambda _kiosk, receipt: structs.replace(receipt, key="ours"),
            desks=desks,
        )
        self.thread = threading.Thread(target=self.intake.run, daemon=True)

    def start(self):
        self.thread.start()
        wait_until(lambda: len(self.lines) > self._away and True in self.line_up, "a line")

    def _dial(self, happen):
        line = FakeLine(happen, self.done, len(self.lines) < self._away)
        self.lines.append(line)
        return line

    def _store(self, batch):
        self.storing.set()
        assert self.gate.wait(20)
        if self.failures:
            raise self.failures.pop()
        self.done.append("store")
        self.stored += len(batch)
        return Outcome(receipts=[("cong-chinh", Receipt(EPOCH, self.stored))], stored=len(batch))


@pytest.fixture
def work():
    work = Work()
    yield work
    work.gate.set()
    work.intake.stop()
    work.thread.join(10)
    assert not work.thread.is_alive()


def test_it_commits_then_acknowledges_then_sends_the_receipt(work):
    work.start()

    work.lines[0].deliver(7)

    wait_until(lambda: len(work.done) == 4, "all done")
    assert work.done == ["connect", "store", "acknowledge 7", "receipt cong-chinh 1 ours"]


def test_what_comes_together_is_committed_and_acknowledged_together(work):
    work.start()
    work.gate.clear()
    work.lines[0].deliver(1)
    assert work.storing.wait(10)
    work.lines[0].deliver(2, 3)
    work.lines[0].deliver(4)
    work.gate.set()

    wait_until(lambda: "receipt cong-chinh 4 ours" in work.done, "all done")
    assert [deed for deed in work.done if deed.startswith("acknowledge")] == [
        "acknowledge 1",
        "acknowledge 2 3 4",
    ]


def test_receipts_of_a_busy_door_are_one(work):
    """Each says what the one before it said: while more is coming, the last will do."""
    work.start()
    work.gate.clear()
    work.lines[0].deliver(1)
    assert work.storing.wait(10)
    for packet in range(2, 5000):
        work.lines[0].deliver(packet)
    work.gate.set()

    wait_until(lambda: "receipt cong-chinh 4999 ours" in work.done, "all done")
    assert work.done.count("store") >= 3
    assert sum(deed.startswith("receipt") for deed in work.done) <= work.done.count("store")


def test_what_is_no_visit_goes_to_the_desk_that_listens_to_it(database):
    heard = []

    class Desk:
        channels = frozenset({Channel.HEALTH})

        def came_up(self, line):
            heard.append("up")

        def heard(self, topic, payload, line):
            heard.append(str(topic))

        def stored(self, events, line):
            heard.append(len(events))

        def turn(self, line, now_s):
            pass

    work = Work(desks=[Desk()])
    work.start()
    work.lines[0].deliver(7, topic=b"doors/v1/cong-chinh/health")
    work.lines[0].deliver(8, topic=b"doors/v1/cong-chinh/visit")

    wait_until(lambda: "receipt cong-chinh 1 ours" in work.done, "all done")
    work.intake.stop()
    work.thread.join(10)
    assert heard == ["up", "doors/v1/cong-chinh/health", 1]
    assert any("7" in deed for deed in work.done)


def test_an_acknowledgement_never_goes_to_a_newer_connection(work):
    """Packet 7 of the new connection is another visit, not stored yet."""
    work.start()
    old = work.lines[0]
    work.gate.clear()
    old.deliver(7)
    assert work.storing.wait(10)
    old.lose()
    work.gate.set()
    wait_until(lambda: work.done.count("connect") == 2, "a new connection")

    work.storing.clear()
    old.deliver(8)
    work.lines[1].deliver(9)
    wait_until(lambda: "acknowledge 9" in work.done, "the new one's visit")

    assert "acknowledge 8" not in work.done
    assert work.done.index("acknowledge 7") < work.done.index("close")


def test_nothing_is_acknowledged_while_the_database_is_in_trouble(work):
    work.start()
    work.failures = [OperationalError("database is locked"), OperationalError("database is locked")]

    work.lines[0].deliver(7)

    wait_until(lambda: "receipt cong-chinh 1 ours" in work.done, "it works again")
    assert work.done == ["connect", "store", "acknowledge 7", "receipt cong-chinh 1 ours"]


def test_a_database_that_is_gone_is_waited_for_too(work):
    work.start()
    work.failures = [InterfaceError("the connection is closed")]

    work.lines[0].deliver(7)

    wait_until(lambda: "receipt cong-chinh 1 ours" in work.done, "it works again")


def test_while_nothing_is_stored_what_wants_no_acknowledgement_does_not_fill_the_memory(work, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_BYTES", 10 * (len(VISIT) + inbox.MESSAGE_BYTES))
    work.start()
    work.gate.clear()
    work.lines[0].deliver(1)
    assert work.storing.wait(10)
    for packet in range(2, 4):
        work.lines[0].deliver(*[0] * 10)
        work.lines[0].deliver(packet)
    work.gate.set()

    wait_until(lambda: "receipt cong-chinh 13 ours" in work.done, "all but ten")
    work.lines[0].deliver(*[0] * 5)
    wait_until(lambda: "receipt cong-chinh 18 ours" in work.done, "what comes later")


def test_it_can_be_stopped_in_the_middle_of_trouble(work):
    work.start()
    work.failures = [OperationalError("database is locked")] * 1000

    work.lines[0].deliver(7)
    assert work.storing.wait(10)
    work.intake.stop()
    work.thread.join(10)

    assert not work.thread.is_alive()
    assert not any(deed.startswith("acknowledge") for deed in work.done)


def test_a_broker_that_is_away_is_tried_again():
    work = Work(away=2)
    work.start()
    work.intake.stop()
    work.thread.join(10)

    assert work.done.count("connect") == 3
    assert work.line_up[0] is False


def messages(heard):
    """All that arrived, in its order."""
    return [
        message for happening in heard if isinstance(happening, Arrived) for message in happening.messages
    ]


def test_a_late_acknowledgement_on_a_line_that_is_down_reaches_nobody(broker, door):
    """The real thing: a session is lost, packet ids begin again, and the old line still acknowledges its own."""
    heard = []
    old = MqttLine(host="127.0.0.1", port=broker.port, client_id="c", protocol="5", happen=heard.append)
    old.connect()
    wait_until(lambda: any(isinstance(happening, Up) for happening in heard), "up")
    door.post(door.event(1))
    wait_until(lambda: messages(heard), "delivered")
    (stale,) = messages(heard)
    broker.kill()
    wait_until(lambda: any(isinstance(happening, Down) for happening in heard), "down")
    broker.start()

    anew = []
    new = MqttLine(host="127.0.0.1", port=broker.port, client_id="c", protocol="5", happen=anew.append)
    new.connect()
    wait_until(lambda: any(isinstance(happening, Up) for happening in anew), "up again")
    wait_until(door._client.is_connected, "the door is back")
    door.post(door.event(2))
    wait_until(lambda: messages(anew), "delivered again")
    (fresh,) = messages(anew)
    assert fresh.packet == stale.packet
    old.acknowledge([stale.packet])
    old.close()
    new.close()

    last = []
    third = MqttLine(host="127.0.0.1", port=broker.port, client_id="c", protocol="5", happen=last.append)
    third.connect()
    wait_until(lambda: messages(last), "the broker still holds it")
    third.close()
