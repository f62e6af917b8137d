"""Visits on shards: stored once each, read and changed as one table, whatever breaks between."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, connections
from django.db.models.functions import Now

from collector import counting, months, retention
from collector.database import DatabaseUnusable
from collector.enrolment import enrol
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.ingest.writing.sharded import ShardedWriter
from collector.keyring import Keyring
from collector.models import Mark, Place, SetAside, Visit
from collector.shards import addresses, known
from collector.shards.addresses import ShardsUnusable
from collector.shards.front import make as make_front
from kiosk.entries import ClockEntry
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender
from tests.collector.conftest import run, visit
from tests.collector.fronts import BEFORE, SHARDS, front, made_front

__all__ = ["front", "made_front"]
"""Fixtures that stand elsewhere."""

NOW = datetime(2026, 3, 14, 2, tzinfo=UTC)
KIOSKS = [f"kiosk-{number}" for number in range(6)]
EPOCH = "00000000-0000-4000-8000-000000000001"
BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"


def take(store, *events):
    return store.commit([Received(event.kiosk, events=(event,)) for event in events], NOW)


def of_all(sequence, **facts):
    """A visit at each kiosk: some of each shard."""
    return [visit(sequence, kiosk=kiosk, **facts) for kiosk in KIOSKS]


def clock(sequence, kiosk, started):
    entry = ClockEntry(
        id=str(uuid.uuid4()), epoch=EPOCH, sequence=sequence, at=NOW, boot=BOOT, started=started
    )
    return wire.event(Sender(kiosk), entry)


def plan(asked):
    return asked.explain(verbose=True, costs=False)


def test_each_shard_holds_the_visits_of_its_kiosks_and_the_front_none(front):
    outcome = take(Store(), *of_all(1), *of_all(2))

    assert outcome.stored == 2 * len(KIOSKS)
    there = [front.held(shard) for shard in range(SHARDS)]
    assert all(there)
    assert not there[0].keys() & there[1].keys()
    assert there[0] | there[1] == dict.fromkeys(KIOSKS, 2)
    assert {visit.kiosk for visit in Visit.objects.all()} == set(KIOSKS)
    assert dict(outcome.receipts)[KIOSKS[0]].through == 2


def test_what_is_sent_again_is_stored_once_whoever_stores_it(front):
    events = [*of_all(1), *of_all(2)]
    take(Store(), *events)

    outcome = take(Store(), *events, *of_all(3))

    assert (outcome.stored, outcome.repeated, outcome.set_aside) == (len(KIOSKS), len(events), 0)
    assert Visit.objects.count() == 3 * len(KIOSKS)


def test_what_a_shard_has_committed_and_the_front_has_not_is_healed_when_it_is_sent_again(front, monkeypatch):
    events = of_all(1)
    store = Store()
    with monkeypatch.context() as patch:
        patch.setattr(ShardedWriter, "raise_marks", _away)
        with pytest.raises(OperationalError):
            take(store, *events)
    assert Visit.objects.count() == len(KIOSKS)
    assert not Mark.objects.filter(through__gt=0).exists()

    outcome = take(store, *events)

    assert (outcome.stored, outcome.repeated, outcome.set_aside) == (0, len(KIOSKS), 0)
    assert Visit.objects.count() == len(KIOSKS)
    assert {receipt.through for _, receipt in outcome.receipts} == {1}


def _away(*_arguments):
    raise OperationalError("the front's server is gone")


def test_a_place_that_the_front_forgot_is_not_filled_twice(front, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(ShardedWriter, "raise_marks", _away)
        with pytest.raises(OperationalError):
            take(Store(), *of_all(1))

    outcome = take(Store(), *of_all(1))

    assert (outcome.stored, outcome.set_aside) == (0, len(KIOSKS))
    assert {aside.reason for aside in SetAside.objects.all()} == {"sequence: already stored with another id"}


def test_two_collectors_with_the_same_batch_store_it_once(front):
    batches = [
        [event for sequence in range(lot, lot + 20) for event in of_all(sequence)] for lot in (1, 21, 41)
    ]
    outcomes, troubles = [], []

    def work():
        try:
            store = Store()
            outcomes.extend(take(store, *batch) for batch in batches)
        except Exception as error:  # noqa: BLE001 - told below
            troubles.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not troubles
    assert sum(outcome.stored for outcome in outcomes) == 60 * len(KIOSKS) == Visit.objects.count()
    assert {mark.through for mark in Mark.objects.all()} == {60}
    assert not SetAside.objects.exists()


def test_a_shard_that_is_away_is_waited_for(front):
    front.server.run(f"ALTER DATABASE {front.shards[0]} ALLOW_CONNECTIONS false")
    store, events = Store(), of_all(1)
    try:
        with pytest.raises(OperationalError):
            take(store, *events)
    finally:
        front.server.run(f"ALTER DATABASE {front.shards[0]} ALLOW_CONNECTIONS true")

    assert {receipt.through for _, receipt in take(store, *events).receipts} == {1}
    assert Visit.objects.count() == len(KIOSKS)


def test_visits_of_a_boot_get_their_right_times(front):
    store = Store()
    early = datetime(2020, 1, 1, tzinfo=UTC)
    take(store, *of_all(1, at=early, clock_trusted=False, boot=BOOT, monotonic_s=60.0))

    take(store, *(clock(2, kiosk, NOW) for kiosk in KIOSKS))

    assert {(one.at, one.told_at, one.clock_trusted) for one in Visit.objects.all()} == {
        (NOW + timedelta(minutes=1), early, True)
    }


def test_what_is_personal_is_wiped_when_its_time_is_over(front, tmp_path):
    enrol(KIOSKS[0], "UBND phường Thử")
    take(Store(), *of_all(1))

    done = retention.retain(Keyring(tmp_path), NOW + timedelta(days=60))

    assert done.visits == len(KIOSKS)
    assert not Visit.objects.exclude(person=None, document=None).exists()


def test_a_place_is_counted_over_all_shards(front):
    for kiosk in KIOSKS:
        enrol(kiosk, "UBND phường Thử", new=True)
    store = Store()
    take(store, *of_all(1))
    place = Place.objects.get()

    found = Visit.objects.filter(place=place, at__gte=NOW - timedelta(days=1)).order_by("-at", "-pk")

    assert {one.kiosk for one in found[:100]} == set(KIOSKS)
    assert counting.count(None).total == len(KIOSKS)
    assert counting.that_took_place(found).count() == len(KIOSKS)


def test_months_are_made_and_dropped_on_every_shard(front):
    long_ago = datetime(2024, 2, 10, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM collector_make_months('2024-02-01', '2024-02-28')")
        made = [name for (name,) in cursor.fetchall()]
    assert made == ["collector_visit_2024_02"] * SHARDS

    for day in (899, 900):
        told = months.drop_old(long_ago + timedelta(days=day), 12)
    assert "collector_visit_2024_02" in told.months

    for name in front.shards:
        assert not front.server.run("SELECT FROM pg_class WHERE relname = 'collector_visit_2024_02'", name)


def test_what_a_page_asks_for_is_looked_up_on_the_shards(front):
    by_place = plan(Visit.objects.filter(place=1, at__gte=NOW))
    in_order = plan(Visit.objects.filter(place=1, at__gte=NOW).order_by("-at"))
    by_kiosk = plan(Visit.objects.filter(kiosk=KIOSKS[0], boot=BOOT))

    assert by_place.count("Async Foreign Scan") == SHARDS
    assert by_place.count("place_id = 1") == by_place.count("Remote SQL") == SHARDS
    assert "Filter" not in by_place + in_order
    assert in_order.count("ORDER BY at DESC") == SHARDS
    assert by_kiosk.count("Remote SQL") == 1


def test_a_change_that_the_shards_cannot_make_themselves_is_refused(front):
    take(Store(), *of_all(1))

    with pytest.raises(DatabaseError, match="operator does not exist: point ="):
        Visit.objects.update(at=Now())

    assert {one.at for one in Visit.objects.all()} == {visit().time}


def test_visits_that_were_there_have_moved_to_the_shards(made_front):
    assert made_front.told.splitlines()[-1].endswith(f", {BEFORE} visits moved")
    assert [sum(kiosks.values()) for kiosks in made_front.moved] != [BEFORE, 0]
    assert sum(sum(kiosks.values()) for kiosks in made_front.moved) == BEFORE
    assert not made_front.moved[0].keys() & made_front.moved[1].keys()


def test_run_again_the_command_only_brings_up_to_date(front):
    take(Store(), *of_all(1))

    told, _ = front.command(*front.shards)

    assert [line.partition(":")[0] for line in told.splitlines()] == ["shard up to date"] * SHARDS + [
        "front up to date"
    ]
    assert "moved" not in told
    assert Visit.objects.count() == len(KIOSKS)


def test_a_collector_that_began_before_there_were_shards_stores_on_them(front, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(known, "is_front", lambda: False)
        store = Store()

    take(store, *of_all(1))

    kept = [front.server.run("SELECT kiosk FROM collector_shard_journal", name) for name in front.shards]
    assert sorted(kiosk for rows in kept for (kiosk,) in rows) == KIOSKS


def test_shards_are_refused_while_somebody_is_connected(on_postgresql):
    with psycopg.connect(on_postgresql.url), pytest.raises(ShardsUnusable, match="1 others are connected"):
        make_front(addresses.read(["postgresql://an@127.0.0.1/a"]))

    assert not known.is_front()


def test_the_shards_password_is_not_in_the_log_of_a_server_that_logs_statements(on_postgresql, postgresql):
    with connection.cursor() as cursor:
        cursor.execute("SET log_statement = 'all'")

    make_front(addresses.read(["postgresql://an:geheim@127.0.0.1:1/a"]))

    log = (postgresql.folder / "log").read_text()
    assert "SET LOCAL log_statement" in log
    assert "geheim" not in log


def test_a_front_has_no_backup_that_would_lack_its_visits(front, tmp_path):
    told = run("backup", str(tmp_path / "backup"), "--data", str(front.folder), COLLECTOR_DATABASE=front.url)

    assert "on shards" in told.stderr
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("order", [[1, 0], [0]])
def test_other_shards_than_before_are_refused(front, order):
    _, complaint = front.command(*(front.shards[number] for number in order))

    assert f"part {order[0]} of 2, and would be part 0 of {len(order)}" in complaint


def test_an_empty_database_in_the_place_of_a_shard_is_refused(front):
    _, complaint = front.command("postgres", front.shards[1])

    assert "no shard yet" in complaint


@pytest.mark.parametrize(
    ("urls", "told"),
    [
        ([], "0 shards"),
        (
            ["postgresql://an:geheim@h/a", "postgresql://an:geheim@h/b", "postgresql://an:geheim@h/c"],
            "3 shards",
        ),
        (["postgresql://an:geheim@h/a", "postgresql://an:geheim2@h/b"], "passwords differ"),
        (["postgresql://an:geheim@h/a", "postgresql://an:geheim@h/a"], "one database"),
        (["postgresql://h/a"], "no user"),
        (["mysql://an:geheim@h/a"], "no PostgreSQL"),
    ],
)
def test_what_cannot_be_shards_is_told_without_a_password(urls, told):
    with pytest.raises(ShardsUnusable, match=told) as refused:
        addresses.read(urls)

    assert "geheim" not in str(refused.value)


def test_a_file_has_no_shards(tmp_path):
    told = run("shards", "postgresql://an@h/a", "--data", str(tmp_path)).stderr

    assert "--database" in told


def test_a_shard_that_is_no_address_is_told_without_its_password():
    with pytest.raises(DatabaseUnusable) as refused:
        addresses.read(["postgresql://an:geheim/x@h/a"])

    assert "geheim" not in str(refused.value)
