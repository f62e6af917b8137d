"""Who is here, what came last, and visits that are taken back."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.errors import JournalFailed
from kiosk.model import (
    Answer,
    Counts,
    Direction,
    Format,
    LastVisit,
    Moment,
    PastVisit,
    Source,
    Visit,
    Visitor,
)
from kiosk.store import presence
from kiosk.store.inbox import Inbox, NeighbourRow
from kiosk.store.journal import SqliteJournal
from kiosk.store.outbox import Outbox
from tests.fakes import MORNING, FakeJournal, is_same_person
from tests.kiosk import books

IN, OUT = Direction.IN, Direction.OUT
CARD = Visitor(Format.CCCD, document="014099000001", name="Nguyễn Văn Thử", birth="1999-02-01")
ANOTHERS = replace(CARD, document="014099000002")
PHONE = Visitor(Format.PHONE, phone="+84912345678")
INSURANCE = Visitor(Format.BHYT, name="Lò Thị Thử", reference="7916123456")


@pytest.fixture
def journal(tmp_path):
    with closing(SqliteJournal(tmp_path, boot=books.BOOT, sealer=books.SEALER)) as book:
        yield book


@pytest.fixture
def outbox(journal, tmp_path):
    with closing(Outbox(tmp_path)) as box:
        yield box


def at(minute=0, trusted=True):
    return Moment(MORNING + timedelta(minutes=minute), 60.0 * minute, trusted)


def came(book, visitor=CARD, direction=IN, minute=0, **more):
    return book.append(Visit(visitor, direction, Source.CAMERA, at(minute), **more))


def passed_elsewhere(folder, visitor=CARD, direction=IN, minute=0, number=1):
    row = NeighbourRow(
        id=str(UUID(int=number)),
        direction=direction,
        at=at(minute).utc,
        pseudonyms=books.SEALER.pseudonyms(visitor),
    )
    with closing(Inbox(folder)) as inbox:
        inbox.keep_neighbours(number, [row])


def row(book, sequence):
    cursor = book._db.execute("SELECT * FROM entries WHERE sequence = ?", [sequence])
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def test_who_came_in_is_inside(journal):
    came(journal)

    assert journal.inside(MORNING) == [PastVisit(1, IN, MORNING, Format.CCCD)]


def test_who_left_is_not(journal):
    came(journal)
    came(journal, direction=OUT, minute=1)

    assert journal.inside(MORNING) == []


def test_who_left_and_came_again_is_inside_since_then(journal):
    for minute, direction in enumerate([IN, OUT, IN]):
        came(journal, direction=direction, minute=minute)

    assert [visit.sequence for visit in journal.inside(MORNING)] == [3]


def test_who_came_in_twice_without_leaving_is_inside_once(journal):
    came(journal)
    came(journal, minute=1)

    assert [visit.sequence for visit in journal.inside(MORNING)] == [2]


def test_those_that_came_first_stand_first(journal):
    came(journal, CARD, minute=9)
    came(journal, ANOTHERS, minute=3)

    assert [visit.sequence for visit in journal.inside(MORNING)] == [2, 1]


def test_yesterdays_visitors_are_not_inside_today(journal):
    came(journal, minute=-10)

    assert journal.inside(MORNING) == []


def test_who_came_in_by_another_door_is_inside_as_far_as_this_door_has_heard(journal, tmp_path):
    passed_elsewhere(tmp_path, minute=1)

    assert journal.inside(MORNING) == [PastVisit(0, IN, at(1).utc, None)]


def test_who_came_in_here_and_left_by_another_door_is_not_inside(journal, tmp_path):
    came(journal)
    passed_elsewhere(tmp_path, direction=OUT, minute=1)

    assert journal.inside(MORNING) == []


def test_who_came_in_by_another_door_and_left_here_is_not_inside(journal, tmp_path):
    passed_elsewhere(tmp_path)
    came(journal, direction=OUT, minute=1)

    assert journal.inside(MORNING) == []


def test_the_latest_visits_come_newest_first_and_no_more_than_asked(journal):
    for minute in range(5):
        came(journal, minute=minute)

    assert [visit.sequence for visit in journal.recent(MORNING, 3)] == [5, 4, 3]
    assert [visit.sequence for visit in journal.recent(at(3).utc, 9)] == [5, 4]


def test_visits_at_other_doors_are_none_of_this_one(journal, tmp_path):
    passed_elsewhere(tmp_path)

    assert journal.recent(MORNING, 9) == []


def test_a_visit_is_taken_back_by_one_the_other_way(journal):
    came(journal, CARD, IN, answers=(Answer("fever", "no"),))

    assert journal.take_back(1, at(1, trusted=False), "Lò Thị Gác") == 2

    first, second = row(journal, 1), row(journal, 2)
    alike = {"kind", "format", "document", "phone", "other", "started", "through", "why", "boot", "state"}
    assert {name for name in first if first[name] == second[name]} == alike
    assert {name: second[name] for name in ("direction", "source", "operator", "corrects")} == {
        "direction": "out",
        "source": "keypad",
        "operator": "Lò Thị Gác",
        "corrects": first["id"],
    }
    assert (second["person"], second["sealing_key"], second["answers"]) == (None, None, None)
    assert (second["monotonic_s"], second["clock_trusted"]) == (60.0, 0)


def test_who_left_by_mistake_comes_back_in(journal):
    came(journal, direction=OUT)
    journal.take_back(1, at(1), "g")

    assert row(journal, 2)["direction"] == "in"


def test_a_visit_is_taken_back_once(journal):
    came(journal)

    assert [journal.take_back(1, at(minute), "g") for minute in (1, 2)] == [2, None]
    assert journal.counts() == Counts(waiting=2)


def test_a_correction_is_not_taken_back(journal):
    came(journal)
    journal.take_back(1, at(1), "g")

    assert journal.take_back(2, at(2), "g") is None


@pytest.mark.parametrize("sequence", [-1, 0, 2, 2**62])
def test_a_visit_that_is_none_is_not_taken_back(sequence, journal):
    came(journal)

    assert journal.take_back(sequence, at(1), "g") is None


def test_a_gap_is_not_taken_back(journal, outbox):
    came(journal)
    outbox.set_aside(1, "a reason")

    assert journal.take_back(1, at(1), "g") is None


def test_a_visit_of_another_door_is_not_taken_back(journal, tmp_path):
    passed_elsewhere(tmp_path)
    (there,) = journal.inside(MORNING)

    assert journal.take_back(there.sequence, at(1), "g") is None


def test_of_several_who_take_a_visit_back_at_the_same_moment_one_does(journal, tmp_path):
    for minute in range(20):
        came(journal, minute=minute)
    done = []
    together = threading.Barrier(2)

    def take_all_back():
        with closing(SqliteJournal(tmp_path, boot=books.BOOT, sealer=books.SEALER)) as book:
            together.wait(30)
            done.append([book.take_back(sequence, at(60), "g") for sequence in range(1, 21)])

    others = [threading.Thread(target=take_all_back) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join(60)

    assert all((one is None) != (another is None) for one, another in zip(*done, strict=True))
    assert journal.counts() == Counts(waiting=40)


def test_the_disk_itself_takes_no_second_correction(journal):
    came(journal)
    came(journal)
    journal.take_back(1, at(1), "g")

    with pytest.raises(sqlite3.IntegrityError):
        journal._db.execute(
            "UPDATE entries SET corrects = (SELECT id FROM entries WHERE sequence = 1) WHERE sequence = 2"
        )


def test_after_a_visit_was_taken_back_the_one_before_counts_again(journal):
    for minute, direction in enumerate([IN, OUT, IN]):
        came(journal, direction=direction, minute=minute)
    journal.take_back(3, at(9), "g")

    assert journal.last_visit(CARD, MORNING) == LastVisit(OUT, at(1).utc)
    assert journal.inside(MORNING) == []


def test_when_the_only_visit_was_taken_back_nobody_came(journal):
    came(journal)
    journal.take_back(1, at(1), "g")

    assert journal.last_visit(CARD, MORNING) is None
    assert journal.inside(MORNING) == []


def test_who_comes_after_a_visit_was_taken_back_is_inside(journal):
    came(journal)
    journal.take_back(1, at(1), "g")
    came(journal, minute=2)

    assert journal.last_visit(CARD, MORNING) == LastVisit(IN, at(2).utc)
    assert [visit.sequence for visit in journal.inside(MORNING)] == [3]


def test_a_visit_that_was_taken_back_is_told_so_and_its_correction_not_at_all(journal):
    came(journal)
    came(journal, minute=1)
    journal.take_back(1, at(2), "g")

    assert [(visit.sequence, visit.taken_back) for visit in journal.recent(MORNING, 9)] == [
        (2, False),
        (1, True),
    ]


def test_a_correction_waits_for_the_centre_like_a_visit(journal, outbox):
    came(journal)
    journal.take_back(1, at(1), "Lò Thị Gác")

    visit, correction = outbox.after(0, 9)

    assert (journal.waiting(), journal.counts()) == (2, Counts(waiting=2))
    assert (visit.corrects, correction.corrects) == (None, visit.id)
    assert (correction.verified, correction.person, dict(correction.answers)) == (True, None, {})


def test_a_disk_that_refuses_a_correction_says_so(journal, tmp_path):
    came(journal)
    journal._db.execute("PRAGMA query_only = ON")

    with pytest.raises(JournalFailed, match="cannot take a visit back"):
        journal.take_back(1, at(1), "g")
    assert journal.recent(MORNING, 1)[0].taken_back is False


@pytest.mark.parametrize(
    "alteration",
    [
        "direction = NULL",
        "direction = 'sideways'",
        "at = 'noon'",
        "format = 'clay tablet'",
        "document = NULL",
    ],
)
def test_what_no_door_writes_is_on_no_list_and_hides_nobody_else(alteration, journal, tmp_path):
    came(journal, CARD)
    came(journal, ANOTHERS)
    books.alter(tmp_path, f"UPDATE entries SET {alteration} WHERE sequence = 1")

    assert [visit.sequence for visit in journal.inside(MORNING)] == [2]
    assert journal.recent(MORNING, 9)[0].sequence == 2


def test_who_added_a_phone_to_a_card_is_known_by_the_card_alone(journal):
    """When leaving, nobody is asked for a phone again."""
    came(journal, replace(INSURANCE, phone="+84912345678"))

    assert journal.last_visit(INSURANCE, MORNING) is not None
    assert journal.last_visit(PHONE, MORNING) is not None


def test_who_leaves_with_the_card_alone_is_not_inside(journal):
    came(journal, replace(INSURANCE, phone="+84912345678"))
    came(journal, INSURANCE, OUT, minute=1)

    assert journal.inside(MORNING) == []


def test_two_of_one_name_and_different_phones_are_two(journal):
    """The card tells a name and a year, and no number."""
    name = Visitor(Format.PERSONAL_QR, name="TRAN THI THU", birth="1990")
    came(journal, replace(name, phone="+84912345678"))

    assert journal.last_visit(replace(name, phone="+84912345679"), MORNING) is None
    assert journal.last_visit(name, MORNING) is not None


def test_what_a_visitor_answered_is_written_down(journal, outbox):
    came(journal, answers=(Answer("purpose", "papers"), Answer("fever", "no", personal=True)))

    (entry,) = outbox.after(0, 1)

    assert dict(entry.answers) == {"purpose": "papers"}
    assert "papers" not in repr(entry)


def test_nothing_on_the_disk_tells_a_personal_answer(journal, tmp_path):
    came(journal, answers=(Answer("illness", "pneumonia", personal=True),))
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert not [word for word in (b"pneumonia", b"illness") if word in written]


@pytest.mark.parametrize("answers", [(), (Answer("fever", "no", personal=True),)])
def test_who_answered_nothing_or_only_what_is_personal_has_no_answers(answers, journal):
    came(journal, answers=answers)

    assert row(journal, 1)["answers"] is None


def uses(book, query, **values):
    """The indices by which SQLite looks something up, and the tables that it reads whole."""
    names = {"since": "", "most": 9, "document": None, "phone": None, "other": None}
    plan = book._db.execute(f"EXPLAIN QUERY PLAN {query}", names | values).fetchall()
    return [step[-1] for step in plan]


@pytest.mark.parametrize("name", ["_LATEST_OWN", "_LATEST_OTHER", "_RECENT", "_INSIDE_OWN", "_INSIDE_OTHERS"])
def test_no_question_reads_all_days(name, journal):
    """A journal has hundreds of thousands of visits; those of the day are found by their time."""
    steps = uses(journal, getattr(presence, name))

    assert not [
        step for step in steps if step.startswith("SCAN") and "subquery" not in step and "visit" not in step
    ]
    assert not [step for step in steps if "(rowid>" in step]


VISITORS = [
    CARD,
    ANOTHERS,
    PHONE,
    replace(PHONE, phone="+84912345679"),
    replace(CARD, phone=PHONE.phone),
    replace(ANOTHERS, phone=PHONE.phone),
    INSURANCE,
    replace(INSURANCE, phone=PHONE.phone),
    replace(INSURANCE, phone="+84912345679"),
]
minutes = st.integers(0, 5)


class Morning(RuleBasedStateMachine):
    """A door with a neighbour and a guard, against a journal in memory; its clock jumps about."""

    @initialize()
    def begin(self):
        self.folder = TemporaryDirectory()
        self.journal = SqliteJournal(Path(self.folder.name), boot=books.BOOT, sealer=books.SEALER)
        self.model = FakeJournal()
        self.elsewhere = []

    def teardown(self):
        self.journal.close()
        self.folder.cleanup()

    @rule(visitor=st.sampled_from(VISITORS), direction=st.sampled_from(Direction), minute=minutes)
    def somebody_passes(self, visitor, direction, minute):
        assert came(self.journal, visitor, direction, minute) == came(self.model, visitor, direction, minute)

    @rule(visitor=st.sampled_from(VISITORS), direction=st.sampled_from(Direction), minute=minutes)
    def somebody_passes_another_door(self, visitor, direction, minute):
        self.elsewhere.append((at(minute).utc, len(self.elsewhere) + 1, visitor, direction))
        passed_elsewhere(Path(self.folder.name), visitor, direction, minute, len(self.elsewhere))

    @rule(back=st.integers(-1, 9), minute=minutes)
    def a_guard_takes_back(self, back, minute):
        """One of the last, or one that is not there yet."""
        sequence = len(self.model.visits) - back
        theirs = self.model.take_back(sequence, at(minute), "g")

        assert self.journal.take_back(sequence, at(minute), "g") == theirs

    @rule(since=minutes)
    def somebody_looks(self, since):
        self._compare(at(since).utc)

    @invariant()
    def all_is_as_in_memory(self):
        self._compare(MORNING)

    def _compare(self, since):
        assert self.journal.recent(since, 5) == self.model.recent(since, 5)
        assert self.journal.waiting() == len(self.model.visits)
        for visitor in VISITORS:
            assert self.journal.last_visit(visitor, since) == self._last(visitor, since)
        found = [(visit.sequence, visit.at) for visit in self.journal.inside(since)]
        assert sorted(found) == sorted(self._inside(since))

    def _last(self, visitor, since):
        own = self.model.last_visit(visitor, since)
        others = [one for one in self.elsewhere if one[0] >= since and is_same_person(one[2], visitor)]
        if not others:
            return own
        there, _, _, direction = max(others, key=lambda one: one[:2])
        return LastVisit(direction, there) if own is None or there > own.at else own

    def _inside(self, since):
        """Whoever is in by their latest visit: that of their own pseudonyms."""
        void = {*self.model.corrections, *self.model.corrections.values()}
        for sequence, visit in enumerate(self.model.visits, 1):
            later = [
                one
                for number, one in enumerate(self.model.visits, 1)
                if number > sequence and number not in void and one.at.utc >= since
            ]
            if (
                sequence not in void
                and visit.at.utc >= since
                and visit.direction is IN
                and not any(is_same_person(visit.visitor, one.visitor) for one in later)
                and self._last(visit.visitor, since) == LastVisit(IN, visit.at.utc)
            ):
                yield sequence, visit.at.utc
        for there, number, visitor, direction in self.elsewhere:
            later = [one for one in self.elsewhere if one[:2] > (there, number)]
            own = self.model.last_visit(visitor, since)
            if (
                there >= since
                and direction is IN
                and not any(is_same_person(visitor, one[2]) for one in later)
                and (own is None or there > own.at)
            ):
                yield 0, there


TestMorning = Morning.TestCase
TestMorning.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
