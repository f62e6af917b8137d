"""The journal, from both of its sides, on a real disk."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import JournalDamaged, JournalFailed
from kiosk.formats import recognise
from kiosk.model import Anchor, Counts, Direction, LastVisit, Source, Visit
from kiosk.store.holding import BRIDGE, DOOR, Hold
from kiosk.store.journal import PRUNED_AT_ONCE, SqliteJournal
from kiosk.store.opening import FILE_NAME, LOG_BYTES, open_journal, stamp
from kiosk.store.outbox import Outbox
from kiosk.store.trouble import is_marked, mark
from tests import people
from tests.fakes import MORNING, FakeClock
from tests.kiosk import books


@pytest.fixture
def journal(tmp_path):
    book = SqliteJournal(tmp_path, boot=books.BOOT)
    yield book
    book.close()


@pytest.fixture
def outbox(tmp_path, journal):
    box = Outbox(tmp_path)
    yield box
    box.close()


def visit(text=people.CCCD, direction=Direction.IN, clock=None):
    return Visit(recognise(text), direction, Source.CAMERA, (clock or FakeClock()).now())


def store(outbox, through):
    """The centre has all of them up to this."""
    outbox.mark_sent(range(1, through + 1))
    outbox.mark_stored(through)


def test_visits_are_numbered_without_gaps(journal):
    assert [journal.append(visit()) for _ in range(3)] == [1, 2, 3]


def test_a_visit_is_on_disk_when_append_returns(journal, tmp_path):
    journal.append(visit())

    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as another:
        assert another.execute("SELECT count(*) FROM entries").fetchone() == (1,)


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


def test_who_shows_a_phone_is_known_by_it_where_not_both_showed_a_document(journal):
    journal.append(visit(people.PHONE))

    assert journal.last_visit(recognise(people.PERSONAL_QR), MORNING) is not None


def test_the_same_person_has_another_pseudonym_in_another_journal(tmp_path):
    rows = set()
    for name in ("a", "b"):
        with closing(SqliteJournal(tmp_path / name, boot=books.BOOT)) as book:
            book.append(visit())
            rows.add(book._db.execute("SELECT document FROM entries").fetchone())

    assert len(rows) == 2


def test_nothing_on_the_disk_tells_who_came(tmp_path):
    with closing(SqliteJournal(tmp_path, boot=books.BOOT, sealer=books.SEALER)) as book:
        book.append(visit())
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert not [word for word in (b"014099000001", "Nguyễn".encode(), b"1999") if word in written]


def test_what_was_forgotten_is_nowhere_on_the_disk(journal, outbox, tmp_path):
    journal.append(visit())
    (identity,) = journal._db.execute("SELECT id FROM entries").fetchone()
    store(outbox, 1)
    journal.prune(MORNING + timedelta(days=1))
    journal._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert identity.encode() not in (tmp_path / FILE_NAME).read_bytes()


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
    book, box = SqliteJournal(folder, boot=books.BOOT), Outbox(folder)
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
            # A centre that has more than was ever written knows of places that must not be used again.
            states += ["stored"] * (number - len(states) if states else 0)
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
        SqliteJournal(tmp_path / "none", boot=books.BOOT, make=False)


def test_a_file_that_is_no_journal_is_left_to_the_door(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"this is no database, but long enough to look like one" * 20)

    with pytest.raises(JournalDamaged, match="not a database; the door mends it"):
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
    journal._db.execute("DROP TABLE entries")

    with pytest.raises(JournalFailed, match="cannot write a visit"):
        journal.append(visit())


def test_a_damaged_file_ends_whoever_meets_it_and_is_marked_for_the_door(journal, tmp_path):
    books.fill(tmp_path, 200)
    journal.close()
    books.spoil(tmp_path / FILE_NAME, range(35, 60))

    with closing(Outbox(tmp_path)) as box, pytest.raises(JournalDamaged, match="the door mends it"):
        box.after(0, 1000)
    assert is_marked(tmp_path)


def test_a_running_door_that_finds_the_mark_ends(journal, tmp_path):
    journal.line_up()
    mark(tmp_path)

    with pytest.raises(JournalDamaged):
        journal.line_up()


@pytest.mark.parametrize("side", ["journal", "outbox"])
def test_a_file_that_another_has_taken_the_place_of_is_noticed(side, journal, outbox, tmp_path):
    look = {"journal": journal.line_up, "outbox": outbox.assure}[side]
    look()
    (tmp_path / FILE_NAME).rename(tmp_path / "elsewhere")
    open_journal(tmp_path / "other").close()
    (tmp_path / "other" / FILE_NAME).rename(tmp_path / FILE_NAME)

    with pytest.raises(JournalDamaged, match="another file has taken its place"):
        look()


def test_another_connection_of_the_same_process_takes_no_locks_away(journal, tmp_path):
    """SQLite's locks are the process's: closing any file of that name would let them go, and lose the log."""
    journal.append(visit())
    open_journal(tmp_path).close()
    code = "import sys; from pathlib import Path; from kiosk.store.outbox import Outbox; Outbox(Path(sys.argv[1])).close()"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)

    assert (tmp_path / f"{FILE_NAME}-wal").exists(), "the last one to close takes the log away"


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE entries SET direction = NULL",
        "UPDATE entries SET direction = 'sideways'",
        "UPDATE entries SET at = 'noon'",
        "UPDATE entries SET monotonic_s = NULL",
        "UPDATE entries SET monotonic_s = 1e300",
        "UPDATE entries SET boot = char(0)",
        "UPDATE clock SET started = 'at dawn'",
    ],
)
def test_what_no_door_writes_cannot_stop_the_door(alteration, tmp_path):
    with closing(SqliteJournal(tmp_path, boot=books.BOOT)) as book:
        book.append(visit())
        book.keep_time(Anchor(MORNING - timedelta(seconds=5), None))
        books.alter(tmp_path, "UPDATE entries SET clock_trusted = 0", alteration)

        assert book.last_visit(recognise(people.CCCD), MORNING) in {None, LastVisit(Direction.IN, MORNING)}
        assert book.latest() is None
        book.anchor()
        book.keep_time(Anchor(MORNING, 1))
        assert book.append(visit()) > 1


def test_old_visits_that_the_centre_has_are_forgotten_and_others_never(journal, outbox):
    for number in range(3):
        journal.append(books.visit(number))
    store(outbox, 1)

    assert journal.prune(MORNING + timedelta(days=400)) == 1
    assert journal.counts() == Counts(waiting=2)


def test_a_visit_is_kept_as_long_as_it_is_to_be(journal, outbox):
    for number in (0, 10):
        journal.append(books.visit(number))
    store(outbox, 2)

    assert journal.prune(MORNING + timedelta(minutes=10)) == 1
    assert journal.counts() == Counts(stored=1)


def test_forgetting_goes_in_small_lots_and_looks_at_nothing_else(journal, outbox, tmp_path):
    books.fill(tmp_path, PRUNED_AT_ONCE + 1)
    store(outbox, PRUNED_AT_ONCE + 1)

    assert [journal.prune(MORNING + timedelta(days=9)) for _ in range(3)] == [PRUNED_AT_ONCE, 1, 0]
    plan = journal._db.execute(
        "EXPLAIN QUERY PLAN SELECT sequence FROM entries WHERE state = 'stored' AND at < 'x' ORDER BY at"
    ).fetchall()
    assert "entries_by_time" in plan[0][-1]


def test_counting_what_waits_reads_no_visit(journal):
    """It is asked for every second, and a week without a line is a long list."""
    plan = journal._db.execute(
        "EXPLAIN QUERY PLAN SELECT count(*) FROM entries WHERE state != 'stored' AND kind = 'visit'"
    ).fetchall()

    assert "COVERING INDEX entries_under_way" in plan[0][-1]


def test_visits_at_other_doors_are_forgotten_too(journal):
    journal._db.execute("INSERT INTO neighbours (id, direction, at) VALUES ('x', 'in', ?)", [stamp(MORNING)])
    journal.prune(MORNING + timedelta(days=1))

    assert journal._db.execute("SELECT count(*) FROM neighbours").fetchone() == (0,)


def test_a_file_does_not_grow_when_visits_come_and_go(journal, outbox, tmp_path):
    """The room of those that are forgotten is taken by those that come."""
    sizes = []
    for day in range(12):
        books.fill(tmp_path, 400, start=day * 24 * 60)
        store(outbox, 400 * (day + 1))
        while journal.prune(MORNING + timedelta(days=day - 4)):
            pass
        journal._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes.append((tmp_path / FILE_NAME).stat().st_size)

    assert max(sizes[6:]) <= 1.02 * sizes[5], sizes


def test_the_log_is_cut_back_after_a_rush(journal, tmp_path):
    rows = [(str(number), stamp(MORNING), bytes(4000)) for number in range(3000)]
    with journal._db.atomic():
        journal._db.conn.executemany(
            "INSERT INTO neighbours (id, direction, at, document) VALUES (?, 'in', ?, ?)", rows
        )
    log = tmp_path / f"{FILE_NAME}-wal"
    grown = log.stat().st_size
    for _ in range(3):
        journal.append(visit())

    assert grown > 2 * LOG_BYTES
    assert log.stat().st_size <= LOG_BYTES


def test_a_schema_that_is_changed_is_whole_or_not_there(tmp_path):
    """Killed at each statement in turn: of the first schema, and of a later one."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    kills = json.loads(done.stdout)
    assert {signal for signal, _ in kills} == {0, 9}
    assert len(kills) > 50


KILLED = """
import json, os, signal, sys
from itertools import count
from pathlib import Path
from sqlite_utils import Database
from kiosk.store import opening
from kiosk.store.opening import Migrations, open_journal

first, later = opening.migrations, Migrations("journal")
later._migrations = [*first._migrations]

@later()
def second(db):
    db.execute("ALTER TABLE entries ADD COLUMN extra TEXT")
    db.execute("CREATE TABLE more (name TEXT) STRICT")
    db.execute("INSERT INTO more VALUES ('whole')")
    db.execute("CREATE INDEX more_by_name ON more (name)")

def killed_at(number, folder):
    # How a process ends that dies at this statement.
    child = os.fork()
    if not child:
        calls, execute = count(1), Database.execute
        def counted(self, *values):
            if next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(self, *values)
        Database.execute = counted
        open_journal(folder).close()
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])

ends = []
for name in ("first", "later"):
    for number in count(1):
        folder = Path(sys.argv[1]) / f"{name}-{number}"
        opening.migrations = first
        if name == "later":
            open_journal(folder).close()
            opening.migrations = later
            opening._KNOWN.add("second")
        end = killed_at(number, folder)
        db = open_journal(folder)
        assert db.execute("SELECT count(*) FROM journal").fetchone() == (1,)
        assert name == "first" or db.execute("SELECT name FROM more").fetchall() == [("whole",)]
        db.close()
        ends.append((end, number))
        if not end:
            break
print(json.dumps(ends))
"""
