"""The real bridge process against a real Mosquitto, with a centre that the test plays."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import paho.mqtt.client as paho
import pytest

from kiosk.formats import recognise
from kiosk.health import Health
from kiosk.model import Counts, Direction, Source, Visit
from kiosk.store.holding import BRIDGE, Hold
from kiosk.store.journal import SqliteJournal
from kiosk.store.outbox import Outbox
from mqtt_bridge import wire
from mqtt_bridge.bridge import Bridge as RealBridge
from mqtt_bridge.client import Down, LineDown, Up
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire import ClockEvent, Event, GapEvent, Receipt, Sender, VisitEvent
from tests import people
from tests.fakes import MORNING, FakeClock
from tests.mqtt_bridge.centre import SIGNER, Signer, enrol
from tests.mqtt_bridge.made import BOOT
from tests.programs import Bridge, Broker, eventually


class Centre:
    """A collector played by the test: it keeps what it hears, and answers when it is told to."""

    def __init__(self, port: int, answers: bool = True, signer: Signer | None = None) -> None:
        self.answers = answers
        self.signer = signer
        self.events: list[Event] = []
        self.heard: list[int] = []
        self.messages: list[str] = []
        self.availability: list[bytes] = []
        self._listening = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.on_message = self._hear
        self.client.on_connect = lambda client, *_: client.subscribe("doors/v1/#", qos=1)
        self.client.on_subscribe = lambda *_: self._listening.set()
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self._listening.wait(10)

    def _hear(self, client, _data, message):
        channel = message.topic.rsplit("/", 1)[1]
        if channel == "availability":
            self.availability.append(message.payload)
        if channel not in {"visit", "visits"}:
            return
        self.messages.append(channel)
        events = wire.decode(message.payload)
        self.events += events
        self.heard += [event.number for event in events]
        if self.answers:
            receipt = self.receipt(events[0].epoch, max(self.heard))
            client.publish("doors/v1/kiosk-1/receipt", wire.encode_receipt(receipt))

    def receipt(self, epoch: UUID, through: int) -> Receipt:
        if self.signer is None:
            return Receipt(epoch, through)
        return wire.signed_receipt(
            "kiosk-1", epoch, through, key=self.signer.key, sign=self.signer.private.sign
        )


@pytest.fixture
def broker(tmp_path):
    program = Broker(tmp_path / "broker")
    yield program
    program.stop()


@pytest.fixture
def journal(tmp_path):
    book = SqliteJournal(tmp_path / "data", boot=BOOT)
    yield book
    book.close()


@pytest.fixture
def bridges(tmp_path):
    started = []

    def start(port, *settings):
        started.append(Bridge(tmp_path / "data", port, *settings))
        return started[-1]

    yield start
    for program in started:
        program.stop()


def fill(journal, count):
    for _ in range(count):
        journal.append(Visit(recognise(people.CCCD), Direction.IN, Source.CAMERA, FakeClock().now()))


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_backlog_goes_out_oldest_first_in_batches_and_is_stored_by_receipt(
    broker, journal, bridges, protocol
):
    fill(journal, 120)
    centre = Centre(broker.port)

    bridges(broker.port, f'mqtt.protocol="{protocol}"')
    eventually(lambda: journal.counts() == Counts(stored=120))

    assert centre.heard == list(range(1, 121))
    assert centre.messages == ["visits"] * 3


def test_a_single_visit_goes_out_alone(broker, journal, bridges):
    centre = Centre(broker.port)
    bridges(broker.port)
    fill(journal, 1)

    eventually(lambda: journal.counts() == Counts(stored=1))

    assert centre.messages == ["visit"]


def test_the_brokers_word_marks_sent_and_only_the_receipt_marks_stored(broker, journal, bridges):
    Centre(broker.port, answers=False)
    bridges(broker.port)
    fill(journal, 2)

    eventually(lambda: journal.counts() == Counts(sent=2))


def test_what_has_no_receipt_is_sent_again(broker, journal, bridges):
    centre = Centre(broker.port, answers=False)
    bridges(broker.port)
    fill(journal, 1)
    eventually(lambda: centre.heard == [1])
    centre.answers = True

    eventually(lambda: journal.counts() == Counts(stored=1))

    assert centre.heard == [1, 1]


def test_a_broker_that_was_away_is_no_error(broker, journal, bridges):
    broker.kill()
    fill(journal, 1)
    bridge = bridges(broker.port)
    eventually(lambda: any("line down" in line for line in bridge.errors))
    assert bridge.process.poll() is None

    broker.start()
    Centre(broker.port)

    eventually(lambda: journal.counts() == Counts(stored=1))


def test_of_several_brokers_one_that_answers_is_found(broker, journal, bridges):
    """This one listens on 127.0.0.1 only."""
    Centre(broker.port)
    fill(journal, 1)

    bridges(broker.port, "mqtt.host=::1 127.0.0.1 ::1")

    eventually(lambda: journal.counts() == Counts(stored=1))


class Wifi:
    """Connections over a network that comes and goes: `dials` tells of each what became of it."""

    def __init__(self, *fates):
        self.fates = list(fates)
        self.dials = []

    def __call__(self, happen):
        self.dials.append(Dial(happen, self.fates.pop(0) if self.fates else ""))
        return self.dials[-1]


class Dial:
    def __init__(self, happen, fate):
        self.happen, self.fate = happen, fate
        self.posted = []
        self.closed = False

    def connect(self):
        if self.fate:
            raise LineDown(f"broker broker.example:8883: {self.fate}")
        self.happen(Up())

    def post(self, channel, payload, *, name="", retain=False):
        self.posted.append(channel)
        return len(self.posted)

    def close(self):
        self.closed = True


def test_a_network_that_went_and_came_back_with_another_address_is_dialled_anew(
    tmp_path, journal, monkeypatch
):
    monkeypatch.setattr("mqtt_bridge.bridge.FIRST_PAUSE_S", 0.01)
    gone = ("", "[Errno 101] Network is unreachable", "[Errno -3] Temporary failure in name resolution")
    wifi, stop = Wifi(*gone), threading.Event()

    def carry():
        sender = Sender("kiosk-1", "", "")
        outbox = Outbox(tmp_path / "data")
        RealBridge(sender=lambda: sender, outbox=outbox, dial=wifi, health=Health(None)).run(stop)

    bridge = threading.Thread(target=carry)
    hold = Hold(tmp_path / "data", BRIDGE)
    bridge.start()
    try:
        eventually(journal.line_up)
        wifi.dials[0].happen(Down("connection lost: Keep alive timeout"))
        eventually(lambda: len(wifi.dials) >= 2)
        fill(journal, 1)
        eventually(lambda: len(wifi.dials) == 4 and wifi.dials[3].posted)
    finally:
        stop.set()
        bridge.join()
        hold.release()

    assert [dial.posted for dial in wifi.dials] == [[], [], [], [Channel.VISIT]]
    assert all(dial.closed for dial in wifi.dials)


def test_a_killed_broker_is_noticed_and_found_again(broker, journal, bridges):
    bridges(broker.port)
    eventually(journal.line_up)

    broker.kill()
    eventually(lambda: not journal.line_up())

    broker.start()
    eventually(journal.line_up)


def test_a_killed_bridge_begins_again_from_the_journal(broker, journal, bridges):
    centre = Centre(broker.port, answers=False)
    bridge = bridges(broker.port)
    fill(journal, 3)
    eventually(lambda: journal.counts() == Counts(sent=3))
    bridge.kill()
    centre.answers = True

    bridges(broker.port)

    eventually(lambda: journal.counts() == Counts(stored=3))


def test_the_last_will_tells_that_a_bridge_is_gone(broker, journal, bridges):
    centre = Centre(broker.port)
    bridge = bridges(broker.port)
    eventually(lambda: centre.availability == [b"online"])

    bridge.kill()

    eventually(lambda: centre.availability == [b"online", b"offline"])


def test_a_bridge_that_is_stopped_says_so_and_exits_well(broker, journal, bridges):
    centre = Centre(broker.port)
    bridge = bridges(broker.port)
    eventually(lambda: centre.availability == [b"online"])

    assert bridge.stop() == 0
    eventually(lambda: centre.availability == [b"online", b"offline"])
    assert not journal.line_up()


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"\xff", b'{"epoch":"x","through":1}', b"[" * 10_000])
def test_a_receipt_that_is_none_changes_nothing_and_ends_nothing(broker, journal, bridges, rubbish):
    centre = Centre(broker.port, answers=False)
    bridge = bridges(broker.port)
    fill(journal, 1)
    eventually(lambda: journal.counts() == Counts(sent=1))

    centre.client.publish("doors/v1/kiosk-1/receipt", rubbish)
    eventually(lambda: any("receipt not understood" in line for line in bridge.errors))

    assert (bridge.process.poll(), journal.counts()) == (None, Counts(sent=1))


def test_a_receipt_of_another_journal_is_not_for_us(broker, journal, bridges):
    centre = Centre(broker.port, answers=False)
    bridges(broker.port)
    fill(journal, 1)
    eventually(lambda: journal.counts() == Counts(sent=1))
    other = Receipt(UUID("00000000-0000-4000-8000-000000000000"), 5)

    centre.client.publish("doors/v1/kiosk-1/receipt", wire.encode_receipt(other)).wait_for_publish(5)
    centre.answers = True
    fill(journal, 1)
    eventually(lambda: journal.counts().stored == 2)


def test_a_box_that_was_enrolled_believes_the_receipts_of_its_centre(broker, journal, bridges, tmp_path):
    enrol(tmp_path / "data")
    Centre(broker.port, signer=SIGNER)
    bridges(broker.port)
    fill(journal, 1)

    eventually(lambda: journal.counts() == Counts(stored=1))


@pytest.mark.parametrize("signer", [None, Signer(), Signer("another")], ids=["none", "stranger", "unknown"])
def test_a_box_that_was_enrolled_believes_no_receipt_of_a_stranger(
    broker, journal, bridges, tmp_path, signer
):
    """Who holds the broker cannot have a door forget a visit."""
    enrol(tmp_path / "data")
    centre = Centre(broker.port, signer=signer)
    bridge = bridges(broker.port)
    fill(journal, 1)
    eventually(lambda: any("receipt not believed" in line for line in bridge.errors))
    assert journal.counts() == Counts(sent=1)

    centre.signer = SIGNER

    eventually(lambda: journal.counts() == Counts(stored=1))


def test_visits_clocks_and_gaps_go_out_in_one_order(broker, journal, bridges):
    """A clock that becomes true puts the visits before it right, and says so to the centre."""
    early = FakeClock(MORNING - timedelta(days=9000), trusted=False)
    journal.append(Visit(recognise(people.CCCD), Direction.IN, Source.CAMERA, early.now()))
    journal.keep_time(replace(FakeClock().anchor, stamp=7))
    fill(journal, 1)
    centre = Centre(broker.port)
    bridges(broker.port)

    eventually(lambda: centre.heard == [1, 2, 3])

    righted, clock, _ = centre.events
    assert isinstance(righted, VisitEvent)
    assert isinstance(clock, ClockEvent)
    assert (righted.time, righted.data.clocktrusted) == (MORNING, True)
    assert clock.data.started == MORNING - timedelta(seconds=1000)


def test_an_entry_that_cannot_be_read_goes_out_as_a_gap_and_blocks_nothing(broker, journal, bridges):
    fill(journal, 3)
    journal._db.execute("UPDATE entries SET format = 'passport' WHERE sequence = 2")
    centre = Centre(broker.port)
    bridge = bridges(broker.port)

    eventually(lambda: journal.counts().stored == 2)

    gap = next(event for event in centre.events if event.number == 2)
    assert isinstance(gap, GapEvent)
    assert (gap.data.through, gap.data.why) == (2, "set_aside")
    assert any("entry 2 set aside" in line for line in bridge.errors)


def test_a_broker_that_refuses_visits_is_named_for_it(tmp_path, journal, bridges):
    """An access list that forbids this box to publish: MQTT 5 says so, and nothing counts as sent."""
    rules = tmp_path / "rules"
    rules.write_text(
        "topic readwrite doors/v1/kiosk-1/receipt\ntopic readwrite doors/v1/kiosk-1/availability\n"
    )
    broker = Broker(tmp_path / "strict", extra=f"acl_file {rules}\n")
    fill(journal, 1)
    bridge = bridges(broker.port)

    eventually(lambda: any("look at its access list" in line for line in bridge.errors))
    broker.stop()

    assert journal.counts() == Counts(waiting=1)


def test_a_second_bridge_on_the_same_journal_is_refused(broker, journal, bridges):
    bridges(broker.port)
    eventually(journal.line_up)

    second = bridges(broker.port)

    assert second.process.wait(20) == 2
    eventually(lambda: any("another bridge uses it" in line for line in second.errors))


def test_two_boxes_of_one_name_are_told_what_may_be_wrong(broker, journal, bridges, tmp_path):
    bridge = bridges(broker.port)
    eventually(journal.line_up)
    twin = Bridge(tmp_path / "twin", broker.port)

    eventually(
        lambda: any("does another box use the name kiosk-1?" in line for line in bridge.errors + twin.errors)
    )
    twin.stop()


def test_no_log_line_tells_of_anybody(broker, journal, bridges):
    Centre(broker.port)
    bridge = bridges(broker.port)
    fill(journal, 2)
    eventually(lambda: journal.counts().stored == 2)
    bridge.stop()

    assert not any("014099" in line or "Thử" in line or json.dumps("Thử") in line for line in bridge.errors)
