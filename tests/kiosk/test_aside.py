"""What cannot be sent: set aside with a reason, a gap in its place, and another try when somebody asks for it."""

import json
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from kiosk.health import Health
from kiosk.model import Answer, Counts
from kiosk.store.journal import SqliteJournal
from kiosk.store.opening import FILE_NAME
from kiosk.store.outbox import Outbox
from mqtt_bridge import topics, wire
from mqtt_bridge.bridge import Bridge
from mqtt_bridge.client import Acknowledged, Heard, Refused, Up
from mqtt_bridge.wire import GapEvent, Receipt, Sender, VisitEvent
from tests.fakes import MORNING
from tests.kiosk import books
from tests.programs import BIN

DAMAGE = {
    "no direction": "direction = NULL",
    "a third direction": "direction = 'sideways'",
    "an unknown format": "format = 'clay tablet'",
    "an unknown source": "source = 'hearsay'",
    "an operator with control characters": "operator = 'a' || char(10) || 'b'",
    "an operator without a name": "operator = ''",
    "a time that is none": "at = 'noon'",
    "a time of no zone": "at = '2026-11-23T08:05:00'",
    "no time since the boot": "monotonic_s = NULL",
    "a time before the boot": "monotonic_s = -1",
    "a boot that is none": "boot = 'never'",
    "no boot": "boot = NULL",
    "half a pseudonym": "document = x'00ff'",
    "a sealed person without a box": "person = NULL",
    "an empty box": "person = zeroblob(0)",
    "a key that is none": "sealing_key = 'not a key!'",
    "answers that are none": "answers = 'yes'",
    "answers of another form": "answers = '[\"yes\"]'",
    "an answer that is no text": "answers = '{\"fever\": true}'",
    "an answer of no id": 'answers = \'{"fever": "Có"}\'',
    "more answers than there are questions": "answers = json_object('a','b','c','d','e','f','g','h','i','j','k','l')",
    "a correction of nothing": "corrects = ''",
    "a correction of no visit": "corrects = 'the last one'",
    "an id that is none": "id = 'somebody'",
    "text that is none": "operator = CAST(x'ff00ff' AS TEXT)",
    "a kind that is none": "kind = 'rumour'",
    "a gap that was none": "kind = 'gap'",
    "a clock that was none": "kind = 'clock'",
}


class Centre:
    """A line with a centre at its end that keeps its rule: it confirms as far as it knows every place."""

    def __init__(self, refuses=frozenset()):
        self.visits, self.gaps = {}, {}
        self.through = 0
        self._refuses = refuses
        self._messages = 0

    def dial(self, happen):
        self._happen = happen
        return self

    def connect(self):
        self._happen(Up())

    def post(self, _channel, payload, **_more):
        self._messages += 1
        events = wire.decode(payload)
        if self._refuses & {event.number for event in events if isinstance(event, VisitEvent)}:
            self._happen(Refused(self._messages, "too large"))
            return self._messages
        for event in events:
            if isinstance(event, GapEvent):
                self.gaps[event.number] = event.data.through
            else:
                self.visits[event.number] = event
        self._happen(Acknowledged(self._messages))
        while self.through + 1 in self.visits or self.through + 1 in self.gaps:
            self.through = self.gaps.get(self.through + 1, self.through + 1)
        topic = topics.Topic("kiosk-1", topics.Channel.RECEIPT)
        self._happen(Heard(topic, wire.encode_receipt(Receipt(events[0].epoch, self.through))))
        return self._messages

    def close(self):
        pass


@pytest.fixture
def journal(tmp_path):
    with closing(SqliteJournal(tmp_path, boot=books.BOOT, sealer=books.SEALER)) as book:
        yield book


def carry(folder, centre):
    """Let a bridge work until all is stored."""
    with closing(Outbox(folder)) as outbox:
        bridge = Bridge(
            sender=lambda: Sender("kiosk-1"), outbox=outbox, dial=centre.dial, health=Health(None)
        )
        for _ in range(200):
            bridge._turn()
            if not outbox.after(0, 1):
                return
        raise AssertionError(f"not all was stored: {centre.through}")


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_an_impossible_value_is_set_aside_and_all_others_are_stored(damage, sequence, journal, tmp_path):
    for number in range(5):
        journal.append(books.visit(number))
    books.alter(tmp_path, f"UPDATE entries SET {DAMAGE[damage]} WHERE sequence = {sequence}")
    centre = Centre()

    carry(tmp_path, centre)

    assert centre.visits.keys() == {1, 2, 3, 4, 5} - {sequence}
    assert centre.gaps == {sequence: sequence}
    assert journal.counts() == Counts(stored=4, aside=journal.counts().aside)
    if "gap" not in damage:
        (entry,) = journal.aside()
        assert entry.sequence == sequence
        assert entry.reason
        assert "noon" not in entry.reason


def test_what_was_mended_is_sent_when_it_is_tried_again(journal, tmp_path):
    for number in range(3):
        journal.append(books.visit(number))
    (identity,) = journal._db.execute("SELECT id FROM entries WHERE sequence = 2").fetchone()
    books.alter(tmp_path, "UPDATE entries SET direction = NULL WHERE sequence = 2")
    centre = Centre()
    carry(tmp_path, centre)
    books.alter(tmp_path, "UPDATE aside SET direction = 'out'")

    assert journal.retry() == 1
    carry(tmp_path, centre)

    assert centre.visits[4].id == UUID(identity)
    assert centre.visits[4].time == MORNING + timedelta(minutes=1)
    assert (journal.counts(), journal.aside()) == (Counts(stored=3), [])


def test_answers_and_what_a_visit_corrects_come_back_from_aside(journal, tmp_path):
    answered = replace(books.visit(), answers=(Answer("purpose", "papers"),))
    journal.append(answered)
    journal.take_back(1, answered.at, "Lò Thị Gác")
    with closing(Outbox(tmp_path)) as outbox:
        before = outbox.after(0, 2)
        for sequence in (1, 2):
            outbox.set_aside(sequence, "a reason")
    journal.retry()

    with closing(Outbox(tmp_path)) as outbox:
        after = outbox.after(2, 9)
    assert [(one.answers, one.corrects) for one in after] == [(one.answers, one.corrects) for one in before]
    assert after[1].corrects == after[0].id


def test_nobody_writes_while_what_was_set_aside_is_put_back(set_aside, journal):
    """What is read first is not to be another when it is moved."""
    refused = []

    def write(_statement):
        with closing(sqlite3.connect(set_aside / FILE_NAME, timeout=0)) as another:
            try:
                another.execute("DELETE FROM aside")
            except sqlite3.OperationalError as error:
                refused.append(str(error))

    journal._db.conn.set_trace_callback(lambda sql: write(sql) if "FROM aside" in sql else None)

    assert journal.retry() == 1
    assert set(refused) == {"database is locked"}


def test_what_was_not_mended_is_set_aside_again(journal, tmp_path):
    journal.append(books.visit())
    books.alter(tmp_path, "UPDATE entries SET format = 'clay tablet'")
    centre = Centre()
    for _ in range(3):
        carry(tmp_path, centre)
        assert journal.retry() == 1
    carry(tmp_path, centre)

    assert [entry.sequence for entry in journal.aside()] == [4]
    assert centre.gaps == {1: 1, 2: 2, 3: 3, 4: 4}


def test_what_the_journal_does_not_take_stays_aside_and_the_others_are_put_back(journal, tmp_path):
    for number in range(3):
        journal.append(books.visit(number))
    with closing(Outbox(tmp_path)) as outbox:
        for sequence in (1, 2, 3):
            outbox.set_aside(sequence, "a reason")
    books.alter(tmp_path, "UPDATE aside SET direction = 'sideways' WHERE sequence = 2")

    assert journal.retry() == 2
    assert [entry.sequence for entry in journal.aside()] == [2]


def test_a_gap_that_is_unreadable_leaves_no_hole(journal, tmp_path):
    """It took more than one place: what takes its place must too, or the centre would wait for ever."""
    journal.append(books.visit())
    books.alter(
        tmp_path,
        "INSERT INTO entries (sequence, id, kind, at, through, why)"
        " VALUES (2, '0b7c58a9-8ed0-7000-8000-000000000000', 'gap', 'noon', 50, 'damaged')",
        "UPDATE sqlite_sequence SET seq = 50",
    )
    journal.append(books.visit(1))
    centre = Centre()

    carry(tmp_path, centre)

    assert (centre.through, centre.gaps, centre.visits.keys()) == (51, {2: 50}, {1, 51})


def test_of_a_batch_that_the_broker_refuses_only_the_one_is_set_aside(journal, tmp_path):
    for number in range(6):
        journal.append(books.visit(number))
    centre = Centre(refuses={4})

    carry(tmp_path, centre)

    assert (centre.visits.keys(), centre.gaps) == ({1, 2, 3, 5, 6}, {4: 4})
    assert [entry.reason for entry in journal.aside()] == ["the broker refuses it: too large"]


def test_a_journal_put_back_from_a_copy_uses_no_number_twice(journal, tmp_path):
    """The centre knows of more than this journal does: what it tells next goes behind that."""
    for number in range(3):
        journal.append(books.visit(number))
    centre = Centre()
    centre.visits = dict.fromkeys(range(1, 21))
    carry(tmp_path, centre)

    assert journal.append(books.visit(4)) == 21
    carry(tmp_path, centre)
    assert centre.through == 21
    assert books.read(tmp_path / FILE_NAME).holes == []


def kiosk(*arguments, **more):
    return subprocess.run([BIN / "kiosk", *arguments], capture_output=True, text=True, check=False, **more)


@pytest.fixture
def set_aside(journal, tmp_path):
    for number in range(2):
        journal.append(books.visit(number))
    with closing(Outbox(tmp_path)) as outbox:
        outbox.set_aside(2, "the broker refuses it: too large")
    return tmp_path


def test_the_command_tells_what_is_set_aside_and_why(set_aside):
    first, second = kiosk("journal", "--data", set_aside).stdout.splitlines()

    assert first == "2 visits: 1 waiting, 0 sent, 0 stored, 1 set aside"
    assert second.startswith("entry 2 set aside 20")
    assert second.endswith(": the broker refuses it: too large")


def test_the_command_tells_it_to_scripts(set_aside):
    told = json.loads(kiosk("journal", "--json", "--data", set_aside).stdout)

    (entry,) = told.pop("aside")
    assert told == {"waiting": 1, "sent": 0, "stored": 0, "set_aside": 1, "total": 2}
    assert (entry["sequence"], entry["reason"]) == (2, "the broker refuses it: too large")


@pytest.mark.parametrize("after", [False, True])
def test_the_options_stand_before_or_after_the_word_retry(after, set_aside, journal):
    options = ["--data", str(set_aside)]
    done = kiosk(
        "journal",
        *([] if after else options),
        "retry",
        *(options if after else []),
        env={"KIOSK_DATA": "/none"},
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "1 put back\n", "")
    assert journal.counts() == Counts(waiting=2)


def test_what_stays_aside_is_told(set_aside):
    books.alter(set_aside, "UPDATE aside SET direction = 'sideways'")

    assert (
        kiosk("journal", "retry", "--data", set_aside).stdout
        == "0 put back, 1 left aside: the journal does not take them\n"
    )


@pytest.mark.parametrize("words", [["journal"], ["journal", "retry"]])
def test_without_a_journal_the_command_says_what_to_do(words, tmp_path):
    done = kiosk(*words, "--data", tmp_path / "none")

    assert done.returncode == 2
    assert "name the door's folder with --data" in done.stderr


def test_a_list_that_was_damaged_itself_can_still_be_read(set_aside, journal):
    books.alter(set_aside, "UPDATE aside SET sequence = 'second', set_aside_at = 'once', reason = NULL")

    assert [(entry.sequence, entry.at.year) for entry in journal.aside()] == [(0, 1970)]
