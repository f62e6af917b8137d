"""Batches in the database: once each, receipts up to the first gap, contradictions aside."""

import json
import threading
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, connections

from collector.ingest import rows, storing
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import Clock, Gap, Mark, SetAside, Visit
from kiosk.entries import ClockEntry, GapEntry, Pseudonyms, SealedPerson
from kiosk.model import Direction, Source
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender
from tests.collector.conftest import visit
from tests.collector.databases import POSTGRESQL
from tests.collector.test_receiving import receive

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 3, 14, 2, tzinfo=UTC)
ONE, TWO = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"


class Centre:
    """A collector that stores: it remembers how far the journals are."""

    def __init__(self):
        self._store = Store()

    def __call__(self, *events):
        return self.take(*(Received(event.kiosk, events=(event,)) for event in events))

    def take(self, *batch):
        return self._store.commit(batch, NOW)


@pytest.fixture
def store(database):
    return Centre()


def clock(sequence, started, *, kiosk="cong-chinh", boot=BOOT):
    entry = ClockEntry(id=str(uuid.uuid4()), epoch=ONE, sequence=sequence, at=NOW, boot=boot, started=started)
    return wire.event(Sender(kiosk), entry)


def gap(sequence, through, why="damaged"):
    entry = GapEntry(id=str(uuid.uuid4()), epoch=ONE, sequence=sequence, at=NOW, through=through, why=why)
    return wire.event(Sender("cong-chinh"), entry)


@contextmanager
def failing(monkeypatch, error):
    """Storing comes to grief after visits were written."""

    def fail(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(storing, "_keep_asides", fail)
        yield


def through(outcome, epoch=ONE):
    return {str(receipt.epoch): receipt.through for _, receipt in outcome.receipts}.get(epoch, 0)


def test_a_row_has_all_columns_of_the_table():
    later = {"received_at", "at_door", "told_at"}
    assert {field.column for field in Visit._meta.concrete_fields} == {*rows.COLUMNS, *later}


def test_a_visit_is_stored_with_all_its_facts(store):
    known = Pseudonyms(document=b"d" * 32, phone=b"p" * 32)
    message = visit(
        1, source=Source.KEYPAD, operator="bao-ve-1", clock_trusted=False, pseudonyms=known, monotonic_s=0.1
    )

    store(message)

    row = Visit.objects.get()
    assert (row.id, row.kiosk, str(row.epoch), row.sequence) == (message.id, "cong-chinh", ONE, 1)
    assert (row.direction, row.via, row.operator, row.format) == ("in", "keypad", "bao-ve-1", "cccd")
    assert (row.at, row.clock_trusted, row.received_at) == (message.time, False, NOW)
    assert (str(row.boot), row.monotonic) == (BOOT, 0.1)
    assert (bytes(row.document), bytes(row.phone), row.other) == (b"d" * 32, b"p" * 32, None)
    assert (row.sealing_key, bytes(row.person)) == ("2026-1", b"sealed")


@pytest.mark.parametrize(
    ("facts", "kept"),
    [
        ({}, (True, None, {})),
        ({"source": Source.KEYPAD}, (False, None, {})),
        ({"source": Source.KEYPAD, "operator": "bao-ve-1"}, (True, None, {})),
        ({"source": Source.READER, "corrects": TWO}, (True, uuid.UUID(TWO), {})),
        ({"answers": {"visit": "work", "fever": "no"}}, (True, None, {"visit": "work", "fever": "no"})),
    ],
    ids=["a card", "a number alone", "a number and a guard", "taken back", "answers"],
)
def test_what_stands_for_a_visit_and_what_was_answered_is_kept(store, facts, kept):
    store(visit(1, **facts))

    row = Visit.objects.get()
    assert (row.verified, row.corrects, row.answered) == kept


@pytest.mark.parametrize(
    "facts",
    [{}, {"corrects": TWO}, {"answers": {"visit": "work", "fever": "no"}}, {"source": Source.KEYPAD}],
    ids=["plain", "taken back", "answers", "a number alone"],
)
def test_whatever_a_visit_tells_it_is_known_again(store, facts):
    outcomes = [store(visit(1, id=ONE, **facts)) for _ in range(2)]

    assert [(outcome.stored, outcome.repeated, outcome.set_aside) for outcome in outcomes] == [
        (1, 0, 0),
        (0, 1, 0),
    ]


@pytest.mark.parametrize(
    "other", [{"corrects": TWO}, {"answers": {"fever": "no"}}], ids=["taken back", "answers"]
)
def test_a_visit_that_comes_again_and_tells_another_thing_is_set_aside(store, other):
    store(visit(1, id=ONE))

    assert store(visit(1, id=ONE, **other)).set_aside == 1


def test_a_visit_without_a_name_is_stored_without_one(store):
    store(visit(1, person=None, pseudonyms=Pseudonyms()))

    row = Visit.objects.get()
    assert (row.sealing_key, row.person, row.document) == ("", None, None)


def test_a_time_of_another_zone_is_the_same_time(store):
    message = visit(1)
    there = json.loads(wire.encode([message])) | {"time": "2026-03-14T08:05:09.12+07:00"}

    store.take(receive(b"doors/v1/cong-chinh/visit", json.dumps(there).encode()))

    assert Visit.objects.get().at == message.time


def test_a_visit_is_found_by_the_day_that_it_was_on(store):
    """Both writers write what Django's own queries compare with."""
    store(
        visit(1, at=datetime(2026, 3, 14, 1, 5, tzinfo=UTC)), visit(2, at=datetime(2026, 3, 15, tzinfo=UTC))
    )

    day = Visit.objects.filter(
        at__gte=datetime(2026, 3, 14, 1, 5, tzinfo=UTC), at__lt=datetime(2026, 3, 15, tzinfo=UTC)
    )
    assert [row.sequence for row in day] == [1]
    assert Visit.objects.get(id=Visit.objects.first().id, epoch=ONE, clock_trusted=True)


def test_a_visit_sent_three_times_is_stored_once(store):
    message = visit(1)

    outcomes = [store(message), store(message, message)]

    assert Visit.objects.count() == 1
    assert [(outcome.stored, outcome.repeated) for outcome in outcomes] == [(1, 0), (0, 2)]


def test_a_visit_twice_in_its_first_batch_is_stored_once(store):
    message = visit(1)

    outcome = store(message, visit(2), message)

    assert (outcome.stored, outcome.repeated, outcome.set_aside, through(outcome)) == (2, 1, 0, 2)


def test_new_visits_among_repeated_ones_are_stored(store):
    messages = [visit(number) for number in range(1, 11)]
    store(*messages[:5])

    outcome = store(*messages[2:])

    assert (outcome.stored, outcome.repeated, outcome.set_aside, through(outcome)) == (5, 3, 0, 10)


def test_a_visit_whose_time_was_put_right_since_is_the_same_visit(store):
    message = visit(1, clock_trusted=False)
    store(message)

    store(visit(1, id=str(message.id), at=NOW))

    assert (Visit.objects.count(), SetAside.objects.count()) == (1, 0)


def test_a_visit_whose_name_is_over_is_the_same_visit(store):
    message = visit(1)
    store(message)
    Visit.objects.update(person=None)

    assert store(message).repeated == 1
    assert Visit.objects.get().person is None


def test_a_pure_repetition_gets_its_receipt_again(store):
    message = visit(1)

    assert store(message).receipts == store(message).receipts
    assert through(store(message)) == 1


def test_a_receipt_stops_at_the_first_gap(store):
    assert through(store(visit(1), visit(2), visit(4))) == 2


def test_a_gap_that_closes_lets_the_receipt_jump(store):
    store(visit(1), visit(3), visit(4))

    assert through(store(visit(2))) == 4


def test_a_gap_before_thousands_that_closes_lets_the_receipt_jump(store):
    store(*(visit(number) for number in range(2, 2601)))

    assert through(Centre()(visit(1))) == 2600


def test_a_gap_among_thousands_is_found(store):
    store(*(visit(number) for number in range(2, 2601) if number != 1800))

    assert through(Centre()(visit(1))) == 1799


def test_a_gap_that_closes_after_a_restart_lets_the_receipt_jump(store):
    store(visit(1), visit(3), visit(4))

    assert through(Centre()(visit(2))) == 4


def test_visits_that_come_backwards_are_all_receipted_at_last(store):
    assert [through(store(visit(number))) for number in (3, 2, 1)] == [0, 0, 3]


def test_a_gap_at_the_beginning_gets_no_receipt(store):
    assert store(visit(5)).receipts == []


def test_what_the_door_holds_receipts_for_is_not_waited_for(store, caplog):
    """The centre's database was lost; the door has already pruned what was settled."""
    assert through(store(visit(8, settled=7))) == 8
    assert "put back from a copy" in caplog.text


def test_a_door_cannot_settle_what_it_is_just_sending(store):
    assert through(store(visit(3, settled=9))) == 3


def test_a_mark_never_goes_back(store):
    store(visit(1), visit(2))
    Visit.objects.all().delete()

    assert through(store(visit(3))) == 3
    assert through(Centre()(visit(1))) == 3


def test_a_mark_is_kept_in_the_database(store):
    store(*(visit(number) for number in range(1, 6)))
    store(*(visit(number) for number in range(6, 11)))

    assert [(mark.kiosk, str(mark.epoch), mark.through) for mark in Mark.objects.all()] == [
        ("cong-chinh", ONE, 10)
    ]


def test_a_new_journal_of_the_same_kiosk_counts_for_itself(store):
    store(visit(1), visit(2))

    outcome = store(visit(1, epoch=TWO))

    assert through(outcome, TWO) == 1
    assert Mark.objects.count() == 2


def test_each_kiosk_gets_its_own_receipt(store):
    outcome = store(visit(1), visit(1, kiosk="cong-sau", epoch=TWO))

    assert [kiosk for kiosk, _ in outcome.receipts] == ["cong-chinh", "cong-sau"]


def test_two_collectors_fill_a_journal_together(store):
    """What one has stored, the other finds out; none says more than what is there."""
    other = Centre()

    assert through(store(visit(1))) == 1
    assert through(other(visit(2))) == 2
    assert through(store(visit(3), visit(5))) == 3
    assert through(other(visit(4))) == 5
    assert through(store(visit(6))) == 6


def test_a_collector_does_not_believe_that_it_is_alone(store):
    other = Centre()
    store(visit(1))
    other(visit(2), visit(3))

    repeated = store(visit(2, id=str(Visit.objects.get(sequence=2).id)))

    assert through(repeated) >= 2
    assert Mark.objects.get().through == 3


def test_a_collector_that_is_behind_never_lowers_a_mark(store):
    messages = [visit(number) for number in range(1, 6)]
    store(messages[0])
    Centre()(*messages)

    store(messages[1])

    assert Mark.objects.get().through == 5


def test_a_trouble_lets_all_be_asked_anew(store, monkeypatch):
    """The database that comes after a trouble may be an older copy."""
    store(visit(1), visit(2), visit(3))

    with failing(monkeypatch, OperationalError), pytest.raises(OperationalError):
        store(visit(4))
    Visit.objects.filter(sequence__gt=1).delete()
    Mark.objects.update(through=1)

    assert through(store(visit(4))) == 1


def test_the_same_id_with_another_content_is_set_aside_and_blocks_nothing(store):
    first = visit(1)
    store(first)

    outcome = store(visit(2, id=str(first.id), direction=Direction.OUT), visit(3))

    assert Visit.objects.count() == 2
    assert SetAside.objects.get().reason == "id: already stored with another content"
    assert through(outcome) == 3


def test_the_same_place_with_another_id_is_set_aside_and_blocks_nothing(store):
    outcome = store(visit(1), visit(1), visit(2))

    assert Visit.objects.count() == 2
    assert SetAside.objects.get().reason == "sequence: already stored with another id"
    assert through(outcome) == 2
    assert (outcome.stored, outcome.repeated, outcome.set_aside) == (2, 0, 1)


def test_a_contradiction_is_kept_whole(store):
    first = visit(1)

    store(
        first, visit(1, id=str(first.id), direction=Direction.OUT, person=SealedPerson("2026-1", b"another"))
    )

    kept = json.loads(bytes(SetAside.objects.get().payload))
    assert kept["data"]["person"]["box"] == "YW5vdGhlcg=="


def test_the_same_contradiction_again_is_kept_once(store):
    first = visit(1)
    other = visit(1)
    store(first, other)

    assert store(other).set_aside == 0
    assert SetAside.objects.count() == 1


def test_the_same_bad_message_again_is_kept_once(store):
    bad = receive(b"doors/v1/cong-chinh/visit", b"no json")

    outcomes = [store.take(bad), store.take(bad, bad)]

    assert SetAside.objects.count() == 1
    assert [outcome.set_aside for outcome in outcomes] == [1, 0]


def test_a_topic_that_no_text_can_hold_is_kept_all_the_same(store):
    store.take(receive(b"doors/v1/\0\xff/visit", b"\0"))

    assert "�" in SetAside.objects.get().topic


def test_a_bad_event_in_the_middle_does_not_hold_the_receipt_up(store):
    events = [json.loads(wire.encode([visit(number)])) for number in (1, 2, 3)]
    events[1]["data"]["direction"] = "sideways"

    outcome = store.take(receive(b"doors/v1/cong-chinh/visits", json.dumps(events).encode()))

    assert Visit.objects.count() == 2
    assert through(outcome) == 3


def test_clocks_and_gaps_fill_their_places(store):
    outcome = store(visit(1), clock(2, NOW), gap(3, 7), visit(8))

    assert through(outcome) == 8
    assert (Clock.objects.count(), Gap.objects.get().through, Visit.objects.count()) == (1, 7, 2)
    assert through(Centre()(visit(9))) == 9


def test_clocks_and_gaps_sent_again_are_kept_once(store):
    facts = [clock(1, NOW), gap(2, 4)]

    store(*facts)

    assert through(store(*facts)) == 4
    assert (Clock.objects.count(), Gap.objects.count()) == (1, 1)


@pytest.mark.parametrize("clock_first", [True, False])
def test_a_clock_puts_the_visits_of_its_boot_right_whenever_it_comes(store, clock_first):
    wrong = visit(1, at=datetime(1970, 1, 1, tzinfo=UTC), clock_trusted=False, monotonic_s=60.5)
    of_another_boot = visit(3, clock_trusted=False, boot=ONE)
    for event in (
        (clock(2, NOW), wrong, of_another_boot) if clock_first else (wrong, of_another_boot, clock(2, NOW))
    ):
        store(event)

    right, untold = Visit.objects.order_by("sequence")
    assert (right.at, right.clock_trusted) == (NOW + timedelta(seconds=60.5), True)
    assert (untold.at, untold.clock_trusted) == (of_another_boot.time, False)


def test_a_boot_that_lasts_for_ever_stops_nothing(store):
    outcome = store(visit(1, clock_trusted=False, monotonic_s=1e300), clock(2, NOW))

    assert through(outcome) == 2
    assert Visit.objects.get().clock_trusted is False


def test_a_backlog_of_many_messages_is_one_batch(store):
    messages = [visit(number) for number in range(1, 2501)]
    batch = [Received("cong-chinh", messages[start : start + 50]) for start in range(0, 2500, 50)]

    outcome = store.take(*batch)

    assert (outcome.stored, through(outcome), Visit.objects.count()) == (2500, 2500, 2500)


def test_a_whole_backlog_sent_again_is_recognised(store):
    messages = [visit(number) for number in range(1, 2501)]
    store(*messages)

    outcome = store(*messages)

    assert (outcome.stored, outcome.repeated, outcome.set_aside, through(outcome)) == (0, 2500, 0, 2500)


def test_a_batch_that_fails_leaves_nothing_behind(store, monkeypatch):
    with failing(monkeypatch, RuntimeError), pytest.raises(RuntimeError):
        store(visit(1))

    assert Visit.objects.count() == 0


def test_a_batch_after_one_that_failed_is_stored(store, monkeypatch):
    with failing(monkeypatch, RuntimeError), pytest.raises(RuntimeError):
        store(visit(1))

    assert through(store(visit(1))) == 1


def test_collectors_that_store_the_same_at_once_store_it_once(database):
    """Whoever comes second waits, or is told to try again; nothing is there twice, and no mark is too high."""
    messages = [visit(number) for number in range(1, 301)]
    ended = []

    def work(part):
        store = Centre()
        try:
            for start in range(0, 300, 30):
                chosen = messages[start : start + 30]
                while True:
                    try:
                        store(*(reversed(chosen) if part else chosen))
                        break
                    except OperationalError:
                        connections.close_all()
            ended.append(part)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=(part,)) for part in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sorted(ended) == [0, 1]
    assert (Visit.objects.count(), SetAside.objects.count(), Mark.objects.get().through) == (300, 0, 300)


def test_a_commit_is_on_the_disk_before_anybody_is_told(store, database):
    """What is acknowledged survives a power cut."""
    if database.kind == POSTGRESQL:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
    store(visit(1))
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit" if database.kind == POSTGRESQL else "PRAGMA synchronous")

        assert cursor.fetchone() == (("on",) if database.kind == POSTGRESQL else (2,))


def test_rows_do_not_show_the_person(store):
    store(visit(1), visit(2, id=str(uuid.uuid4())))

    assert "sealed" not in repr(list(Visit.objects.all()))
