"""Messages gone wrong: none stops the road, none tells its text, and all of it is kept or set aside."""

import random
import time

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from collector.ingest.frames import Delivered
from collector.ingest.receiving import foreign, hear
from collector.ingest.storing import Store
from collector.models import Mark, SetAside, Visit
from mqtt_bridge import wire
from tests.collector.conftest import visit
from tests.collector.databases import POSTGRESQL
from tests.fuzz import road
from tests.fuzz.__main__ import SEED
from tests.fuzz.road import ROAD

TOPIC = b"doors/v1/kiosk-1/visit"


@pytest.mark.parametrize("kind", ROAD)
def test_no_mutation_raises_hangs_lies_or_tells(kind):
    """A small part of what `python -m tests.fuzz` does by the million."""
    assert road.run(kind, SEED, 0, 1500).faults == []


@pytest.mark.parametrize("kind", ROAD)
def test_a_seed_and_a_number_bring_a_message_back(kind):
    assert [road.payload(kind, 7, number) for number in range(20)] == [
        road.payload(kind, 7, number) for number in range(20)
    ]


@given(st.randoms(use_true_random=False), st.sampled_from(list(ROAD)))
def test_whatever_is_done_to_a_message_nothing_is_wrong_with_how_it_is_taken(chance, kind):
    fault, _ = ROAD[kind].fault(road.spoiled(chance, ROAD[kind].valid), random.Random(0))

    assert fault is None


def receive(payload, topic=TOPIC):
    heard = hear([Delivered(topic, payload, 7)])
    return heard.received[0] if heard.received else foreign(heard.others[0][1])


def test_what_was_understood_can_be_stored_and_the_rest_set_aside_and_nothing_blocks(database):
    """Hundreds of messages gone wrong among good ones, on each kind of database: all good ones are receipted."""
    store, good = Store(), 0
    epoch = "11111111-1111-4111-8111-111111111111"
    asides = set()
    for number in range(600 if database.kind == POSTGRESQL else 300):
        spoiled = receive(road.payload("road_visits", 11, number))
        good += 1
        fine = receive(wire.encode([visit(good, kiosk="kiosk-1", epoch=epoch)]))
        store.commit([spoiled, fine], timezone.now())
        asides |= {aside.digest for aside in spoiled.aside}

    assert Visit.objects.filter(epoch=epoch).count() == good
    assert Mark.objects.get(epoch=epoch).through == good
    kept = list(SetAside.objects.all())
    assert asides <= {bytes(one.digest) for one in kept}
    assert all(one.reason for one in kept)
    assert not any(road.SECRET in one.reason for one in kept)


@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 262_144,
        b'{"a":' * 50_000,
        b'{"type":"' + b"\\u0041" * 40_000 + b'"}',
        b'{"data":{"monotonic":' + b"9" * 260_000 + b"}}",
        b'{"data":{"person":{"box":"' + b"A" * 260_000 + b'"}}}',
        b'{"' + b'":1,"'.join(b"%d" % number for number in range(30_000)) + b'":1}',
        b"[" + b"{}," * 80_000 + b"{}]",
    ],
    ids=["lists", "objects", "escapes", "digits", "letters", "names", "events"],
)
def test_a_message_as_large_as_may_be_is_dealt_with_at_once(payload):
    began_s = time.process_time()

    received = receive(payload)

    assert time.process_time() - began_s < 1
    assert received.aside
    assert not received.events
