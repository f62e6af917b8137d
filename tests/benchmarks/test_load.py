"""The load program is honest: what it sends are visits as our wire knows them."""

import queue
import threading

import pytest

from mqtt_bridge import topics, wire
from tests.benchmarks.load import Counter, Idle, Knocking, Load, Publishers, template
from tests.benchmarks.road import broker, connected, running
from tests.benchmarks.row import Rates

PATIENCE_S = 30


@pytest.fixture
def visit(tmp_path):
    return template.write(tmp_path / "visit.json")


def sent(load, visit):
    """Every message of a load: topic and events."""
    arrived = queue.Queue()
    with broker() as mosquitto, connected(mosquitto.port, "listener") as client:
        is_heard = threading.Event()
        client.on_subscribe = lambda *_: is_heard.set()
        client.on_message = lambda _client, _data, message: arrived.put((message.topic, message.payload))
        client.subscribe("#", qos=1)
        assert is_heard.wait(PATIENCE_S)
        with running(Publishers(mosquitto.port, load, visit)) as publishers:
            assert publishers.done().messages == load.messages
        messages = [arrived.get(timeout=PATIENCE_S) for _ in range(load.messages)]
    return [(topics.parse(topic), wire.decode(payload)) for topic, payload in messages]


@pytest.mark.parametrize(("events", "channel"), [(1, topics.Channel.VISIT), (50, topics.Channel.VISITS)])
def test_what_is_sent_are_visits_of_a_hundred_doors(events, channel, visit):
    messages = sent(Load(messages=200, events=events, doors=100, window=2), visit)

    assert {topic.channel for topic, _ in messages} == {channel}
    assert {len(visits) for _, visits in messages} == {events}
    assert all(event.kiosk == topic.kiosk for topic, visits in messages for event in visits)
    everything = [event for _, visits in messages for event in visits]
    assert len({event.id for event in everything}) == 200 * events
    assert {event.id.version for event in everything} == {7}
    assert len({(event.kiosk, event.epoch) for event in everything}) == 100


def test_each_door_counts_its_visits(visit):
    messages = sent(Load(messages=20, doors=3, window=1), visit)

    counted = {}
    for topic, (event,) in messages:
        counted.setdefault(topic.kiosk, []).append(event.number)
    assert counted == {
        "bench-0000": list(range(1, 8)),
        "bench-0001": list(range(1, 8)),
        "bench-0002": list(range(1, 7)),
    }


def test_a_counter_counts_until_all_is_there(visit):
    with (
        broker() as mosquitto,
        running(Counter(mosquitto.port, 1000, ["doors/v1/+/visit"])) as counter,
        running(Publishers(mosquitto.port, Load(messages=1000), visit)) as publishers,
    ):
        began_s = publishers.done().began_s
        done = counter.done()

    assert done.messages == 1000
    assert began_s <= done.began_s <= done.ended_s


def test_subscribers_who_share_count_each_message_once(visit):
    shared = "$share/count/doors/v1/+/visit"
    with (
        broker() as mosquitto,
        running(Counter(mosquitto.port, 400, [shared], subscribers=4)) as counter,
        running(Publishers(mosquitto.port, Load(messages=400), visit)) as publishers,
    ):
        publishers.done()

        assert counter.done().messages == 400


def test_doors_take_several_brokers_by_turns(visit):
    with (
        broker() as one,
        broker() as other,
        running(Counter(one.port, 150, ["doors/v1/+/visit"])) as counter,
        running(Publishers([one.port, other.port], Load(messages=300, doors=10), visit)) as publishers,
    ):
        assert publishers.done().messages == 300
        assert counter.done().messages == 150


def test_who_answers_sends_receipts_for_the_last_visit_of_a_message(visit):
    arrived = queue.Queue()
    with broker() as mosquitto, connected(mosquitto.port, "listener") as client:
        is_heard = threading.Event()
        client.on_subscribe = lambda *_: is_heard.set()
        client.on_message = lambda _client, _data, message: arrived.put((message.topic, message.payload))
        client.subscribe("doors/v1/+/receipt")
        assert is_heard.wait(PATIENCE_S)
        with (
            running(Counter(mosquitto.port, 6, ["doors/v1/+/visits"], answers=True)) as counter,
            running(Publishers(mosquitto.port, Load(messages=6, events=50, doors=3), visit)) as publishers,
        ):
            publishers.done()
            counter.done()
        told = [arrived.get(timeout=PATIENCE_S) for _ in range(6)]

    receipts = [(topics.parse(topic).kiosk, wire.decode_receipt(payload).through) for topic, payload in told]
    assert sorted(receipts) == [(f"bench-000{door}", through) for door in range(3) for through in (50, 100)]


def test_idle_doors_are_all_there_and_stay():
    with (
        broker() as mosquitto,
        running(Idle(mosquitto.port, 300, ["doors/v1/@KIOSK@/receipt"], opening=20)) as idle,
    ):
        done = idle.connected()

        assert done.messages == 300
        assert done.began_s < done.ended_s
        heard = {line.split()[-1] for line in mosquitto.errors if "doors/v1/" in line}
        assert heard == {f"doors/v1/bench-{door:04}/receipt" for door in range(300)}
        assert idle.process.poll() is None


def test_who_knocks_is_let_in_as_often_as_asked():
    with broker() as mosquitto, running(Knocking(mosquitto.port, 500, at_once=10)) as knocking:
        done = knocking.done()

    assert done.messages == 500
    assert done.per_s > 0


def test_doors_without_a_broker_say_so(visit):
    with (
        running(Publishers(1, Load(messages=1), visit)) as publishers,
        pytest.raises(RuntimeError, match="refused"),
    ):
        publishers.done()


def test_a_rate_stands_beside_another():
    row = str(Rates("drained", 500, "1/s", 3000.0, "bare", 1500.0))

    assert row.split() == ["drained", "500", "1/s", "3000", "bare", "1500", "2.00"]
