"""Several collectors at the same journals at the same time, on PostgreSQL, where no key sees to it."""

import random
import threading
import uuid
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connections

from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import Mark, SetAside, Visit
from tests.collector.conftest import visit

NOW = datetime(2026, 3, 14, 2, tzinfo=UTC)
COLLECTORS, DOORS, VISITS = 3, 8, 60


def doors(rng):
    """What each door has to tell, and what each collector hears of it: parts, in any order, again and again."""
    told = {}
    for number in range(DOORS):
        epoch = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        told[f"door-{number}"] = [
            visit(sequence, kiosk=f"door-{number}", epoch=epoch) for sequence in range(1, VISITS + 1)
        ]
    return told


def batches(rng, told):
    """Each journal's entries in parts of ten, most of them in order, some late, half of them twice."""
    parts = [(kiosk, start) for kiosk in told for start in range(0, VISITS, 10)]
    parts += rng.sample(parts, len(parts) // 2)
    parts.sort(key=lambda part: part[1] + rng.gauss(0, 12))
    while parts:
        taken, parts = parts[: rng.randint(1, 6)], parts[6:]
        yield [Received(kiosk, events=tuple(told[kiosk][start : start + 10])) for kiosk, start in taken]


def at_once(work):
    """Let each collector do its work on a thread of its own; what went wrong."""
    troubles = []

    def run(collector):
        try:
            work(collector)
        except Exception as error:  # noqa: BLE001 - told below
            troubles.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[collector]) for collector in range(COLLECTORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return troubles


@pytest.mark.parametrize("seed", range(2))
def test_each_visit_is_stored_once_and_no_mark_is_too_high(on_postgresql, seed):
    rng = random.Random(seed)
    told = doors(rng)
    # What is of all collectors together: each hears some of it, and much of it twice.
    mixed = [list(batches(random.Random(seed * 10 + collector), told)) for collector in range(COLLECTORS)]
    outcomes, again = [], Counter()

    def work(collector):
        store = Store()
        for batch in mixed[collector]:
            while True:
                try:
                    outcomes.append(store.commit(batch, NOW))
                    break
                except OperationalError:
                    again[collector] += 1
                    connections.close_all()

    assert not at_once(work)
    store = Store()
    outcomes += [store.commit([Received(kiosk, events=tuple(events))], NOW) for kiosk, events in told.items()]

    sent = {event.id for events in told.values() for event in events}
    assert Counter(Visit.objects.values_list("id", flat=True)) == Counter(sent)
    assert sum(outcome.stored for outcome in outcomes) == len(sent)
    assert set(Mark.objects.values_list("through", "last")) == {(VISITS, VISITS)}
    assert (SetAside.objects.count(), sum(again.values())) == (0, 0)


def test_of_two_that_claim_the_same_place_one_is_stored_and_one_set_aside(on_postgresql):
    """A card was copied: two boxes write the same journal, and different collectors hear them."""
    epoch = str(uuid.UUID(int=1))
    start = threading.Barrier(COLLECTORS, timeout=30)

    def work(collector):
        store = Store()
        for first in range(1, 61, 3):
            start.wait()
            events = tuple(visit(first + number, epoch=epoch) for number in range(3))
            rng = random.Random(first * 10 + collector)
            store.commit([Received("cong-chinh", events=tuple(rng.sample(events, rng.randint(1, 3))))], NOW)

    assert not at_once(work)

    places = Counter(Visit.objects.values_list("sequence", flat=True))
    assert set(places.values()) == {1}
    aside = SetAside.objects.values_list("sequence", flat=True)
    assert set(aside) <= set(places)
    assert aside
