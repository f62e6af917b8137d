"""The journal, from both of its sides, on a real disk."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import JournalFailed
from kiosk.formats import recognise
from kiosk.model import Counts, Direction, LastVisit, Source, Visit
from kiosk.store.holding import BRIDGE, DOOR, Hold
from kiosk.store.journal import SqliteJournal
from kiosk.store.opening import FILE_NAME, open_journal
from kiosk.store.outbox import Outbox
from tests import people
from tests.fakes import MORNING, FakeClock


@pytest.fixture
def journal(tmp_path):
    book = SqliteJournal(tmp_path)
    yield book
    book.close()


@pytest.fixture
def outbox(tmp_path, journal):
    box = Outbox(tmp_path)
    yield box
    box.close()


def visit(text=people.CCCD, direction=Direction.IN, clock=None):
    return Visit(recognise(text), direction, Source.CAMERA, (clock or FakeClock()).now())


def test_visits_are_numbered_without_gaps(journal):
    assert [journal.append(visit()) for _ in range(3)] == [1, 2, 3]


def test_a_visit_is_on_disk_when_append_returns(journal, tmp_path):
    journal.append(visit())

    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as another:
        assert another.execute("SELECT count(*) FROM visits").fetchone() == (1,)


def test_the_file_is_written_so_that_a_power_cut_loses_nothing(journal):
    assert journal._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert journal._db.execute("PRAGMA synchronous").fetchone() == (2,), "2 is FULL"


def test_somebody_is_known_again(journal):
    journal.append(visit())

    assert journal.last_visit(recognise(people.CCCD), MORNING) == LastVisit(Direction.IN, MORNING)


def test_somebody_else_is_not(journal):
    journal.append(visit())

    assert journal.last_visit(recognise(people.CAN_CUOC), MORNING) is None


def test_the_latest_visit_is_the_one_written_last_whatever_the_clock_says(journal):
    clock = FakeClock()
    journal.append(visit(direction=Direction.IN, clock=clock))
    clock.move(-3600)
    journal.append(visit(direction=Direction.OUT, clock=clock))

    assert journal.last_visit(recognise(people.CCCD), MORNING - timedelta(days=1)).direction is Direction.OUT


def test_a_visit_from_before_counts_for_nothing(journal):
    journal.append(visit())

    assert journal.last_visit(recognise(people.CCCD), MORNING + timedelta(seconds=1)) is None


def test_the_same_person_has_another_pseudonym_in_another_journal(tmp_path):
    rows = set()
    for name in ("a", "b"):
        book = SqliteJournal(tmp_path / name)
        book.append(visit())
        rows.add(book._db.execute("SELECT pseudonym FROM visits").fetchone())
        book.close()

    assert len(rows) == 2


def test_what_was_written_goes_out_as_it_was(journal, outbox):
    journal.append(visit())

    (entry,) = outbox.after(0, 10)

    assert (entry.sequence, entry.direction, entry.at, entry.clock_trusted) == (
        1,
        Direction.IN,
        MORNING,
        True,
    )
    assert entry.id[14] == "7", "a UUID of version 7"
    assert "014099000001" not in repr(entry)


def test_the_oldest_goes_first_and_no_more_than_asked(journal, outbox):
    for _ in range(5):
        journal.append(visit())

    assert [entry.sequence for entry in outbox.after(1, 3)] == [2, 3, 4]


def test_a_visit_goes_from_waiting_to_sent_to_stored(journal, outbox):
    for _ in range(3):
        journal.append(visit())
    outbox.mark_sent([1, 2])
    outbox.mark_stored(1)

    assert journal.counts() == Counts(waiting=1, sent=1, stored=1)
    assert (outbox.settled(), journal.waiting()) == (1, 2)


def test_a_receipt_for_what_was_never_sent_is_not_believed(journal, outbox):
    journal.append(visit())

    assert outbox.mark_stored(1_000_000) == 0
    assert outbox.settled() == 0


def test_what_is_stored_does_not_become_sent_again(journal, outbox):
    journal.append(visit())
    outbox.mark_sent([1])
    outbox.mark_stored(1)
    outbox.mark_sent([1])

    assert journal.counts() == Counts(stored=1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["append", "sent", "stored"]), st.integers(1, 8)), max_size=25))
def test_settled_is_always_the_highest_number_below_which_all_are_stored(tmp_path_factory, acts):
    folder = tmp_path_factory.mktemp("journal")
    book, box = SqliteJournal(folder), Outbox(folder)
    states: list[str] = []
    for act, number in acts:
        if act == "append":
            book.append(visit())
            states.append("waiting")
        elif act == "sent":
            box.mark_sent([number])
            if number <= len(states) and states[number - 1] == "waiting":
                states[number - 1] = "sent"
        else:
            box.mark_stored(number)
            states = ["stored" if s == "sent" and i < number else s for i, s in enumerate(states)]
    unstored = [index for index, state in enumerate(states) if state != "stored"]

    assert box.settled() == (unstored[0] if unstored else len(states))
    book.close()
    box.close()


def test_the_bridge_hears_of_news_without_reading_it(journal, outbox):
    before = outbox.version()
    journal.append(visit())

    assert outbox.version() != before


def test_the_door_knows_whether_the_line_is_up(journal, outbox, tmp_path):
    bridge = Hold(tmp_path, BRIDGE)
    outbox.tell_line(up=True)
    assert journal.line_up()

    outbox.tell_line(up=False)
    assert not journal.line_up()
    bridge.release()


def test_a_line_does_not_outlive_the_bridge_that_held_it(journal, outbox, tmp_path):
    bridge = Hold(tmp_path, BRIDGE)
    outbox.tell_line(up=True)
    bridge.release()

    assert not journal.line_up()


def test_a_second_door_on_the_same_journal_is_refused(tmp_path):
    first = Hold(tmp_path, DOOR)
    with pytest.raises(JournalFailed, match="another door uses it"):
        Hold(tmp_path, DOOR)

    first.release()
    Hold(tmp_path, DOOR).release()


def test_a_missing_journal_is_an_error_where_none_is_to_be_made(tmp_path):
    with pytest.raises(JournalFailed, match="holds no journal; name the door's folder with --data"):
        SqliteJournal(tmp_path / "none", make=False)


def test_a_file_that_is_no_journal_is_named(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"this is no database, but long enough to look like one" * 20)

    with pytest.raises(JournalFailed, match="not a database"):
        open_journal(tmp_path)


def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(JournalFailed, match="choose another folder with --data"):
        open_journal(tmp_path / "file" / "folder")


def test_others_cannot_read_the_file(journal, tmp_path):
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o007 == 0


def test_door_and_bridge_may_start_at_the_same_moment(tmp_path):
    """Both find no journal and want to make it: one does, the other waits."""
    code = "import sys; from pathlib import Path; from kiosk.store.outbox import Outbox; Outbox(Path(sys.argv[1])).close()"

    starts = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]

    assert [start.wait(30) for start in starts] == [0, 0, 0, 0]


def test_a_disk_error_says_what_could_not_be_done(journal):
    journal._db.execute("DROP TABLE visits")

    with pytest.raises(JournalFailed, match="cannot write a visit"):
        journal.append(visit())
