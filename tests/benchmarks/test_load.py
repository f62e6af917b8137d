"""The load program is honest: what it sends are visits as our wire knows them."""

import queue
import threading

import pytest

from mqtt_bridge import topics, wire
from tests.benchmarks.load import Counter, Load, Publishers, template
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


def test_doors_without_a_broker_say_so(visit):
    with (
        running(Publishers(1, Load(messages=1), visit)) as publishers,
        pytest.raises(RuntimeError, match="refused"),
    ):
        publishers.done()


def test_a_rate_stands_beside_another():
    row = str(Rates("drained", 500, "1/s", 3000.0, "bare", 1500.0))

    assert row.split() == ["drained", "500", "1/s", "3000", "bare", "1500", "2.00"]
