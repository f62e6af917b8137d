"""Several collectors at the same journals at the same time, on PostgreSQL, where no key sees to it."""

import random
import threading
import uuid
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, connections

from collector import months
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.ingest.truth import PLACES
from collector.ingest.writing.postgresql import PostgresqlWriter
from collector.models import Mark, SetAside, Visit
from tests.collector.conftest import visit

EPOCH = "00000000-0000-4000-8000-000000000001"
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


def fill(count):
    """Let a journal have visits in thousands, and a hole before them that stays; the months are known by then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO collector_visit (id, kiosk, door, epoch, sequence, direction, via, operator, verified,"
            " answers, at, clock_trusted, boot, monotonic, format, sealing_key, received_at)"
            " SELECT (lpad(to_hex(extract(epoch FROM at)::bigint * 1000), 12, '0') || '70008000'"
            " || lpad(to_hex(n), 12, '0'))::uuid, 'cong-chinh', '', %s, n, 'in', 'camera', '', true, '', at, true,"
            " gen_random_uuid(), 1, 'cccd', '', at"
            " FROM (SELECT n, timestamptz '2026-01-01' + n * interval '1 minute' AS at"
            " FROM generate_series(2, %s) AS n) AS n",
            [EPOCH, count],
        )
        cursor.execute("ANALYZE collector_visit")
    Mark.objects.create(kiosk="cong-chinh", epoch=EPOCH, through=0, last=count)


@pytest.fixture
def read_rows(on_postgresql):
    """Fills a journal; then tells how many rows of visits the given work reads."""
    months.make_ahead(NOW)
    fill(20_000)

    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))"
                " FROM pg_stat_user_tables WHERE relname LIKE 'collector_visit%'"
            )
            return int(cursor.fetchone()[0])

    def work(*events):
        before = count()
        store.commit([Received("cong-chinh", events=events)], NOW)
        return count() - before

    store = Store()
    return work


def test_a_hole_before_thousands_costs_no_look_at_all_of_them(read_rows):
    assert read_rows(visit(20_001, epoch=EPOCH)) <= 2 * PLACES


def test_what_lies_between_two_claims_to_places_is_not_read(read_rows):
    assert read_rows(visit(3, epoch=EPOCH), visit(19_999, epoch=EPOCH)) <= 2 * PLACES


def test_a_box_that_uses_an_id_again_puts_no_other_in_doubt(on_postgresql, monkeypatch):
    store, doubts = Store(), []
    insert = PostgresqlWriter.insert_visits

    def watched(writer, rows, doubtful, now):
        doubts.append({kiosk for kiosk, _ in doubtful})
        return insert(writer, rows, doubtful, now)

    monkeypatch.setattr(PostgresqlWriter, "insert_visits", watched)
    good = [visit(number, kiosk="good") for number in (1, 2, 3)]
    bad = [visit(number, kiosk="bad", id=str(uuid.UUID(int=7))) for number in (1, 2, 3)]
    outcomes = [
        store.commit([Received(event.kiosk, events=(event,)) for event in events], NOW)
        for events in zip(good, bad, strict=True)
    ]

    assert doubts == [set(), set(), {"bad"}, {"bad"}]
    assert [(outcome.stored, outcome.set_aside) for outcome in outcomes] == [(2, 0), (1, 1), (1, 1)]
    assert {receipt.through for _, receipt in outcomes[-1].receipts} == {3}


def test_on_another_connection_nothing_is_remembered(on_postgresql):
    """A desk had trouble and closed it; the server that answers now is an older copy."""
    store, first, second = Store(), visit(1), visit(2)
    store.commit([Received(first.kiosk, events=(first,))], NOW)
    connection.close()
    Mark.objects.all().delete()

    store.commit([Received(second.kiosk, events=(second,))], NOW)

    assert Mark.objects.get().last == 2
