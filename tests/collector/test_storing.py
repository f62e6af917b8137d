"""Batches in the database: once each, receipts up to the first gap, contradictions aside."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection

from collector.ingest import storing
from collector.ingest.receiving import Received, receive
from collector.models import Mark, SetAside, Visit
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender, VisitMessage
from tests.collector.conftest import entry, person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 14, 2, tzinfo=UTC)
ONE, TWO = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))


def visit(sequence, *, kiosk="cong-chinh", settled=0, **change):
    return VisitMessage(Sender(kiosk), entry(sequence=sequence, **change), settled)


def store(*messages):
    return storing.store([Received(visits=messages)], NOW)


def through(outcome, epoch=ONE):
    return {receipt.epoch: receipt.through for _, receipt in outcome.receipts}.get(epoch, 0)


def test_a_visit_is_stored_with_all_its_facts():
    message = visit(1, source=wire.Source.KEYPAD, operator="bao-ve-1", clock_trusted=False)

    store(message)

    row = Visit.objects.get()
    assert (str(row.id), row.kiosk, str(row.epoch), row.sequence) == (message.entry.id, "cong-chinh", ONE, 1)
    assert (row.direction, row.via, row.operator, row.format) == ("in", "keypad", "bao-ve-1", "cccd")
    assert (row.at, row.clock_trusted, row.received_at) == (message.entry.at, False, NOW)
    assert row.person == person()


def test_a_visit_sent_three_times_is_stored_once():
    message = visit(1)

    outcomes = [store(message), store(message, message)]

    assert Visit.objects.count() == 1
    assert [(outcome.stored, outcome.repeated) for outcome in outcomes] == [(1, 0), (0, 2)]


def test_a_pure_repetition_gets_its_receipt_again():
    message = visit(1)

    assert store(message).receipts == store(message).receipts
    assert through(store(message)) == 1


def test_a_receipt_stops_at_the_first_gap():
    assert through(store(visit(1), visit(2), visit(4))) == 2


def test_a_gap_that_closes_lets_the_receipt_jump():
    store(visit(1), visit(3), visit(4))

    assert through(store(visit(2))) == 4


def test_visits_that_come_backwards_are_all_receipted_at_last():
    assert [through(store(visit(number))) for number in (3, 2, 1)] == [0, 0, 3]


def test_a_gap_at_the_beginning_gets_no_receipt():
    assert store(visit(5)).receipts == ()


def test_what_the_door_holds_receipts_for_is_not_waited_for():
    """The centre's database was lost; the door has already pruned what was settled."""
    assert through(store(visit(8, settled=7))) == 8


def test_a_door_cannot_settle_what_it_is_just_sending():
    assert through(store(visit(3, settled=9))) == 3


def test_a_mark_never_goes_back():
    store(visit(1), visit(2))
    Visit.objects.all().delete()

    assert through(store(visit(3))) == 3


def test_a_new_journal_of_the_same_kiosk_counts_for_itself():
    store(visit(1), visit(2))

    outcome = store(visit(1, epoch=TWO))

    assert through(outcome, TWO) == 1
    assert Mark.objects.count() == 2


def test_each_kiosk_gets_its_own_receipt():
    outcome = store(visit(1), visit(1, kiosk="cong-sau", epoch=TWO))

    assert [kiosk for kiosk, _ in outcome.receipts] == ["cong-chinh", "cong-sau"]


def test_the_same_id_with_another_content_is_set_aside_and_blocks_nothing():
    first = visit(1)
    store(first)

    outcome = store(visit(2, id=first.entry.id, direction=wire.Direction.OUT), visit(3))

    assert Visit.objects.count() == 2
    assert SetAside.objects.get().reason == "id: already stored with another content"
    assert through(outcome) == 3


def test_the_same_place_with_another_id_is_set_aside_and_blocks_nothing():
    outcome = store(visit(1), visit(1), visit(2))

    assert Visit.objects.count() == 2
    assert SetAside.objects.get().reason == "sequence: already stored with another id"
    assert through(outcome) == 2


def test_a_contradiction_is_kept_whole():
    first = visit(1)

    store(first, visit(1, id=first.entry.id, person=person(name="Lò Thị Thử")))

    assert "Lò Thị Thử" in json.loads(SetAside.objects.get().payload)["data"]["person"]


def test_the_same_bad_message_again_is_kept_once():
    bad = receive("doors/v1/cong-chinh/visit", b"no json")

    outcomes = [storing.store([bad], NOW), storing.store([bad, bad], NOW)]

    assert SetAside.objects.count() == 1
    assert [outcome.set_aside for outcome in outcomes] == [1, 0]


def test_a_bad_event_in_the_middle_does_not_hold_the_receipt_up():
    events = [json.loads(wire.encode_visit(visit(number))) for number in (1, 2, 3)]
    events[1]["data"]["direction"] = "sideways"

    outcome = storing.store([receive("doors/v1/cong-chinh/visits", json.dumps(events).encode())], NOW)

    assert Visit.objects.count() == 2
    assert through(outcome) == 3


def test_a_backlog_of_many_messages_is_one_batch():
    messages = [visit(number) for number in range(1, 2501)]
    batch = [Received(visits=tuple(messages[start : start + 50])) for start in range(0, 2500, 50)]

    outcome = storing.store(batch, NOW)

    assert (outcome.stored, through(outcome), Visit.objects.count()) == (2500, 2500, 2500)


def test_a_batch_that_fails_leaves_nothing_behind(monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(storing, "_advance", fail)
    with pytest.raises(RuntimeError):
        store(visit(1))

    assert Visit.objects.count() == 0


def test_a_commit_is_on_the_disk_before_anybody_is_told():
    """`synchronous=FULL`: what is acknowledged survives a power cut."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")

        assert cursor.fetchone() == (2,)


def test_rows_do_not_show_the_person():
    store(visit(1), visit(2, id=str(uuid.uuid4())))

    assert "Thử" not in repr(list(Visit.objects.all()))
