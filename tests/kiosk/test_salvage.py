"""A damaged journal: the door opens all the same, keeps what can be read, and says where something is lost."""

import errno
import logging
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.errors import DiskRefuses, JournalDamaged
from kiosk.model import Anchor, Answer, Direction, LastVisit
from kiosk.store import salvage
from kiosk.store.journal import SqliteJournal
from kiosk.store.leaves import PAGE_BYTES
from kiosk.store.opening import FILE_NAME, SALVAGED_NAME, open_journal
from kiosk.store.outbox import Outbox
from kiosk.store.rescue import FAR, SPARE
from kiosk.store.trouble import MARK, is_marked, mark
from tests import people
from tests.fakes import MORNING
from tests.kiosk import books

VISITS = 2000
LOG = f"{FILE_NAME}-wal"
MOST_ON_A_PAGE = 12


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A journal in the middle of its life: stored, sent, waiting, set aside, with a hundred visits in the log."""
    folder = tmp_path_factory.mktemp("sample")
    books.fill(folder / "closed", VISITS - 100)
    with closing(Outbox(folder / "closed")) as outbox:
        outbox.mark_sent(range(1, 1500))
        outbox.mark_stored(1400)
        outbox.set_aside(700, "a reason")
        outbox.set_aside(1450, "another")
    with closing(SqliteJournal(folder / "closed", boot=books.BOOT)) as book:
        book.keep_time(Anchor(MORNING, 7))
    with closing(SqliteJournal(folder / "closed", boot=books.BOOT)):
        books.fill(folder / "closed", 100, start=VISITS - 100)
        # As the power cut leaves it: the log is still there.
        shutil.copytree(folder / "closed", folder / "cut")
    return folder / "cut"


@pytest.fixture
def folder(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "data")


@pytest.fixture
def closed(sample, tmp_path):
    """The same, closed in peace: all of it is in the file, and nothing in a log."""
    return shutil.copytree(sample.with_name("closed"), tmp_path / "closed")


def door(folder, **more):
    return SqliteJournal(folder, boot=books.BOOT, sealer=books.SEALER, door=True, **more)


def opened(folder):
    """What stands in a journal after the door has opened it, and the damaged files beside it."""
    door(folder).close()
    return books.read(folder / FILE_NAME), salvage.put_aside(folder)


def random_bytes(chance):
    return lambda _page: chance.randbytes(PAGE_BYTES)


def zeros(_chance):
    return lambda _page: bytes(PAGE_BYTES)


def other_pages(chance):
    """A disk that wrote the right thing to the wrong place."""
    return lambda page: (chance.getrandbits(8) or 1).to_bytes(1, "big") * (page % 7) + chance.randbytes(4089)


@pytest.mark.parametrize("seed", range(100))
def test_pages_lost_at_random_cost_their_own_visits_and_nothing_else(seed, sample, folder):
    chance = random.Random(seed)
    before = books.read(sample / FILE_NAME)
    path = folder / FILE_NAME
    pages = path.stat().st_size // PAGE_BYTES
    hit = {chance.randrange(pages) for _ in range(chance.choice([1, 1, 2, 5, 20]))}
    if seed % 10 == 0:
        hit.add(0)
    books.spoil(path, hit, chance.choice([random_bytes, zeros, other_pages])(chance))

    after, aside = opened(folder)
    with closing(door(folder)) as book:
        number = book.append(books.visit(VISITS))

    assert len(aside) <= 1
    assert aside or not hit & {0}
    assert after.holes == []
    assert all(after.visits[known] == row for known, row in before.visits.items() if known in after.visits)
    assert len(before.visits.keys() - after.visits.keys()) <= MOST_ON_A_PAGE * len(hit)
    if aside and after.epoch == before.epoch:
        assert number > before.last + SPARE, "a number that was perhaps sent is used again"
    assert salvage.put_aside(folder) == aside, "what was mended is sound"


@pytest.mark.parametrize("seed", range(30))
def test_single_bits_that_are_turned_keep_nobody_out(seed, sample, folder):
    """Within a visit nobody can tell; the others are as they were."""
    chance = random.Random(seed)
    before = books.read(sample / FILE_NAME)
    path = folder / (FILE_NAME if seed % 3 else LOG)
    content = bytearray(path.read_bytes())
    turned = chance.choice([1, 4, 16])
    for _ in range(turned):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)

    after, _aside = opened(folder)

    assert after.holes == []
    same = sum(after.visits.get(number) == row for number, row in before.visits.items())
    assert same >= len(before.visits) - MOST_ON_A_PAGE * turned


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.99])
def test_a_file_that_is_cut_off_keeps_its_beginning(part, sample, folder):
    before = books.read(sample / FILE_NAME)
    size = int((folder / FILE_NAME).stat().st_size * part) // PAGE_BYTES * PAGE_BYTES
    os.truncate(folder / FILE_NAME, size)

    after, (aside,) = opened(folder)

    assert aside.stat().st_size == size
    assert after.holes == []
    assert all(before.visits[number] == row for number, row in after.visits.items())
    assert len(after.visits) >= 0.6 * part * len(before.visits)
    assert after.epoch != before.epoch or after.last > before.last


def test_without_its_first_page_nothing_else_is_lost(closed):
    """It is the page that is written most often, and without it SQLite reads nothing."""
    before = books.read(closed / FILE_NAME)
    books.spoil(closed / FILE_NAME, [0])

    after, _ = opened(closed)

    assert after.visits == before.visits
    assert (after.epoch, after.last) == (before.epoch, before.last + SPARE)


def test_what_was_taken_back_stays_so_and_answers_stay_where_they_were(tmp_path):
    with closing(door(tmp_path)) as book:
        for number in range(3):
            book.append(replace(books.visit(number), answers=(Answer("purpose", "papers"),)))
        book.take_back(3, books.visit(4).at, "Lò Thị Gác")
    before = books.read(tmp_path / FILE_NAME)
    books.spoil(tmp_path / FILE_NAME, [0])

    assert opened(tmp_path)[0].visits == before.visits
    with closing(door(tmp_path)) as book:
        assert [visit.taken_back for visit in book.recent(MORNING, 9)] == [True, False, False]
        assert book.take_back(3, books.visit(5).at, "Lò Thị Gác") is None


def test_without_the_page_that_leads_to_all_visits_none_is_lost(sample, folder):
    before = books.read(sample / FILE_NAME)
    with closing(sqlite3.connect(sample.with_name("closed") / FILE_NAME)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'").fetchone()
    books.spoil(folder / FILE_NAME, [root - 1])

    assert opened(folder)[0].visits == before.visits


def test_a_log_that_is_damaged_in_its_middle_does_not_hide_what_is_behind(sample, folder):
    """SQLite takes it for the end of the log, and says nothing."""
    before = books.read(sample / FILE_NAME)
    with (folder / LOG).open("r+b") as log:
        log.seek(32 + 3 * (24 + PAGE_BYTES) + 2000)
        log.write(b"damage")
    with closing(sqlite3.connect(shutil.copytree(folder, folder / "look") / FILE_NAME)) as db:
        assert db.execute("SELECT max(sequence) FROM entries").fetchone()[0] < VISITS

    after, aside = opened(folder)

    assert len(aside) == 1
    assert len(before.visits.keys() - after.visits.keys()) <= MOST_ON_A_PAGE
    assert VISITS in after.visits


def test_a_log_without_its_file_is_read(sample, folder):
    before = books.read(sample / FILE_NAME)
    (folder / FILE_NAME).unlink()
    with pytest.raises(JournalDamaged, match="start the door"):
        open_journal(folder)

    after, _ = opened(folder)

    assert len(after.visits) >= 90
    assert all(before.visits[number] == row for number, row in after.visits.items())


def test_the_last_visit_under_way_when_the_power_failed_is_no_damage(tmp_path):
    with closing(door(tmp_path / "door")) as book:
        for number in range(3):
            book.append(books.visit(number))
        shutil.copytree(tmp_path / "door", tmp_path / "cut")
    os.truncate(tmp_path / "cut" / LOG, (tmp_path / "cut" / LOG).stat().st_size - 100)

    after, aside = opened(tmp_path / "cut")

    assert (len(after.visits), aside) == (2, [])


def test_a_journal_with_nothing_readable_is_put_aside_and_begun_anew(folder):
    size = (folder / FILE_NAME).stat().st_size
    (folder / LOG).unlink()
    (folder / FILE_NAME).write_bytes(random.Random(0).randbytes(size))

    with closing(door(folder)) as book:
        assert book.append(books.visit()) == 1
    assert [path.stat().st_size for path in salvage.put_aside(folder)] == [size]


def test_places_before_between_and_behind_are_told_to_be_empty(tmp_path):
    books.fill(tmp_path, 30)
    books.alter(tmp_path, "DELETE FROM entries WHERE sequence < 5 OR sequence IN (11, 12, 20)")
    mark(tmp_path)

    after, _ = opened(tmp_path)

    gaps = [
        (number, row["through"], row["why"]) for number, row in after.entries.items() if row["kind"] == "gap"
    ]
    assert gaps == [(1, 4, "damaged"), (11, 12, "damaged"), (20, 20, "damaged"), (31, 1030, "damaged")]
    with closing(door(tmp_path)) as book:
        assert book.append(books.visit()) == 1031


def test_what_was_found_empty_before_stays_so(tmp_path):
    books.fill(tmp_path, 3)
    for _ in range(2):
        mark(tmp_path)
        after, _ = opened(tmp_path)

    gaps = {number: row["through"] for number, row in after.entries.items() if row["kind"] == "gap"}
    assert gaps == {4: 1003, 1004: 2003}


def test_a_number_that_was_misread_does_not_carry_all_others_away(tmp_path):
    books.fill(tmp_path, 30)
    books.alter(tmp_path, f"UPDATE entries SET sequence = {2**62} WHERE sequence = 17")
    mark(tmp_path)

    after, _ = opened(tmp_path)

    assert after.last < FAR
    assert (after.entries[17]["kind"], len(after.visits)) == ("gap", 29)


def test_a_visit_that_can_be_read_but_not_be_right_is_set_aside(tmp_path):
    """A new journal does not take it; somebody may still make sense of it."""
    books.fill(tmp_path, 30)
    (identity,) = {
        row["id"] for number, row in books.read(tmp_path / FILE_NAME).entries.items() if number == 9
    }
    books.alter(tmp_path, "UPDATE entries SET direction = 'im' WHERE sequence = 9")
    assert opened(tmp_path)[1] == [], "one bad visit is for the bridge to set aside"
    mark(tmp_path)

    after, _ = opened(tmp_path)

    assert (after.aside, after.entries[9]["kind"], len(after.visits)) == ({identity}, "gap", 29)
    books.alter(tmp_path, "UPDATE aside SET direction = 'in'")
    with closing(door(tmp_path)) as book:
        assert (book.retry(), book.aside()) == (1, [])


def test_all_that_the_box_knows_beside_visits_is_kept(folder):
    with closing(door(folder)) as book:
        for statement in (
            "INSERT INTO config VALUES (4, '{}', 1, NULL)",
            "INSERT INTO counters VALUES ('command', 12)",
            "INSERT INTO commands VALUES (12, 'c', 'restart', '{}', 'noon', NULL, '', 0)",
            "INSERT INTO neighbours (id, direction, at) VALUES ('n', 'in', 'noon')",
            "UPDATE road SET last_receipt_at = 'then'",
        ):
            book._db.execute(statement)
        tables = ("journal", "config", "counters", "commands", "neighbours", "clock", "road", "door", "aside")
        before = {table: book._db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    mark(folder)

    with closing(door(folder)) as book:
        after = {table: book._db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}

    assert before == after
    assert all(after[table] for table in tables if table != "door")


def test_somebody_is_known_again_after_mending(tmp_path):
    with closing(SqliteJournal(tmp_path, boot=books.BOOT)) as book:
        book.append(books.visit())
    mark(tmp_path)

    with closing(SqliteJournal(tmp_path, boot=books.BOOT, door=True)) as book:
        known = book.last_visit(books.visit().visitor, MORNING)
    assert known == LastVisit(Direction.IN, MORNING)


def test_the_bridge_goes_on_after_mending_and_the_centre_misses_nothing(sample, folder):
    """The rule of the centre: it goes from place to place, and waits at one that is not told to it."""
    books.spoil(folder / FILE_NAME, [0, 40, 41, 200])
    before, (after, _) = books.read(sample / FILE_NAME), opened(folder)
    through = 0
    with closing(Outbox(folder)) as outbox:
        while entries := outbox.after(through, 50):
            stored = [number for number, row in after.entries.items() if row["state"] == "stored"]
            for entry in entries:
                assert set(range(through + 1, entry.sequence)) <= set(stored)
                through = getattr(entry, "through", entry.sequence)
            outbox.mark_sent(entry.sequence for entry in entries)
            outbox.mark_stored(through)
        assert outbox.settled() == through == before.last + SPARE


def test_what_happened_is_told_in_one_line_without_anybody(folder, caplog):
    books.spoil(folder / FILE_NAME, [60, 61])
    with caplog.at_level(logging.INFO):
        _, (aside,) = opened(folder)

    (said,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "entries are saved" in said.getMessage()
    assert str(aside) in said.getMessage()
    assert not [word for word in (people.ID_NUMBER, "Nguyễn", books.BOOT) if word in caplog.text]


def test_damaged_files_never_take_each_others_place(tmp_path):
    for _ in range(4):
        books.fill(tmp_path, 1)
        mark(tmp_path)
        door(tmp_path).close()

    names = [path.name for path in salvage.put_aside(tmp_path)]
    assert len(set(names)) == 4
    assert all(len(name) == len("journal-20261123T010500Z.damaged.sqlite3") for name in names)


def test_damaged_files_are_forgotten_like_the_visits_in_them(folder):
    mark(folder)
    with closing(door(folder)) as book:
        (aside,) = salvage.put_aside(folder)
        log = aside.with_name(f"{aside.name}-wal")
        assert log.exists(), "what belongs to it is beside it"
        book.prune(MORNING - timedelta(days=1))
        assert aside.exists()
        book.prune(MORNING + timedelta(days=36500))

    assert not aside.exists()
    assert not log.exists()


def test_a_damaged_file_bears_a_time_no_earlier_than_its_last_visit(tmp_path, monkeypatch):
    """A box without a clock wakes in the past: its files must not be forgotten for that."""
    books.fill(tmp_path, 3)
    mark(tmp_path)
    monkeypatch.setattr(salvage.time, "time", lambda: 1000.0)
    _, (aside,) = opened(tmp_path)

    assert aside.name == "journal-20261123T010700Z.damaged.sqlite3"


class Cut(BaseException):
    """The power fails."""


@pytest.mark.parametrize("after", range(1, 26))
def test_a_power_cut_in_the_middle_of_mending_loses_nothing(after, sample, folder, monkeypatch):
    before = books.read(sample / FILE_NAME)
    mark(folder)
    left = [after]

    def failing(act):
        def until_then(*args, **more):
            left[0] -= 1
            if left[0] <= 0:
                raise Cut
            return act(*args, **more)

        return until_then

    with monkeypatch.context() as patched:
        for name in ("rename", "replace", "unlink", "touch"):
            patched.setattr(Path, name, failing(getattr(Path, name)))
        for name in ("fsync", "utime"):
            patched.setattr(os, name, failing(getattr(os, name)))
        try:
            salvage.look_after(folder)
        except Cut:
            pass
    after_all, aside = opened(folder)

    assert after_all.visits == before.visits
    assert after_all.epoch == before.epoch
    assert len(aside) == 1
    assert sorted(path.name for path in folder.iterdir() if "damaged" not in path.name) == sorted(
        {"door.lock", "journal.lock", FILE_NAME}
    )


def test_a_journal_is_not_begun_anew_while_a_mended_one_waits(folder):
    (folder / FILE_NAME).rename(folder / SALVAGED_NAME)

    for opens in (lambda: Outbox(folder), lambda: SqliteJournal(folder, boot=books.BOOT)):
        with pytest.raises(JournalDamaged, match="not mended yet; start the door"):
            opens()


def test_the_bridge_that_has_the_old_file_lets_go_before_anything_is_read(folder):
    """What it wrote until then is in the new file."""
    bridge = subprocess.Popen([sys.executable, "-c", LETS_GO, str(folder)], stdout=subprocess.PIPE, text=True)
    assert bridge.stdout.readline() == "open\n"
    mark(folder)

    with closing(door(folder)) as book:
        assert book._db.execute("SELECT last_receipt_at FROM road").fetchone() == ("at last",)
    assert bridge.wait(10) == 0
    bridge.stdout.close()


LETS_GO = """
import sys
from pathlib import Path
from threading import Event
from kiosk.errors import JournalDamaged
from kiosk.store.holding import BRIDGE, Hold
from kiosk.store.outbox import Outbox
outbox, hold = Outbox(Path(sys.argv[1])), Hold(Path(sys.argv[1]), BRIDGE)
print("open", flush=True)
try:
    while True:
        outbox.assure()
        Event().wait(0.01)
except JournalDamaged:
    outbox._db.execute("UPDATE road SET last_receipt_at = 'at last'")
"""


def test_a_bridge_that_does_not_let_go_is_cut_off_and_its_end_harms_nothing(folder, monkeypatch):
    monkeypatch.setattr(salvage, "PATIENCE_S", 0.1)
    code = """
import sys
from pathlib import Path
from kiosk.errors import JournalDamaged
from kiosk.store.holding import BRIDGE, Hold
from kiosk.store.outbox import Outbox
outbox, hold = Outbox(Path(sys.argv[1])), Hold(Path(sys.argv[1]), BRIDGE)
print("open", flush=True)
input()
outbox.tell_line(up=True)
try:
    outbox.assure()
except JournalDamaged as error:
    print(error)
"""
    bridge = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert bridge.stdout.readline() == "open\n"
    mark(folder)
    with closing(door(folder)) as book:
        numbers = [book.append(books.visit(number)) for number in range(3)]
        said, _ = bridge.communicate("\n", timeout=30)
        assert "another file has taken its place" in said
        numbers.append(book.append(books.visit()))
        assert (folder / LOG).exists(), "the old one's end took the new one's log away"

    assert set(numbers) <= books.read(folder / FILE_NAME).visits.keys()


def test_a_spot_that_the_disk_cannot_read_costs_what_is_on_it(closed, monkeypatch):
    """SQLite's own reads cannot be made to fail here; what it cannot reach is read page by page."""
    before = books.read(closed / FILE_NAME)
    books.spoil(closed / FILE_NAME, [0])
    read = os.pread

    def failing(file, count, offset):
        if 50 * PAGE_BYTES <= offset < 52 * PAGE_BYTES and os.fstat(file).st_ino == bad:
            raise OSError(errno.EIO, "Input/output error")
        return read(file, count, offset)

    bad = (closed / FILE_NAME).stat().st_ino
    monkeypatch.setattr(os, "pread", failing)
    after, _ = opened(closed)

    assert after.holes == []
    assert 0 < len(before.visits) - len(after.visits) <= 2 * MOST_ON_A_PAGE


@pytest.mark.parametrize(
    "alteration",
    [
        "DROP TABLE clock",
        "DROP TABLE entries",
        "DELETE FROM journal",
        "UPDATE journal SET epoch = 'none'",
        "DELETE FROM _sqlite_migrations",
    ],
)
def test_a_schema_that_is_not_whole_is_mended(alteration, tmp_path):
    books.fill(tmp_path, 20)
    books.alter(tmp_path, alteration)
    with pytest.raises(JournalDamaged):
        Outbox(tmp_path)

    with closing(door(tmp_path)) as book:
        assert book.append(books.visit()) >= 1
    assert len(salvage.put_aside(tmp_path)) == 1


@pytest.mark.parametrize("place", [16, 18, 19, 20, 21, 44, 52, 56])
def test_a_turned_byte_in_the_head_of_the_file_is_survived(place, closed):
    before = books.read(closed / FILE_NAME)
    content = bytearray((closed / FILE_NAME).read_bytes())
    content[place] ^= 0x07
    (closed / FILE_NAME).write_bytes(content)

    after, _ = opened(closed)

    assert after.visits == before.visits
    assert after.holes == []


@pytest.mark.parametrize("seed", range(40))
def test_a_schema_whose_text_has_changed_keeps_nobody_out(seed, closed):
    """Other columns, other tables, no sense at all: what it says is not what stands on the pages."""
    chance = random.Random(seed)
    before = books.read(closed / FILE_NAME)
    content = bytearray((closed / FILE_NAME).read_bytes())
    places = [
        found.start() for found in re.finditer(b"CREATE TABLE (entries|journal|aside|config|clock)", content)
    ]
    for _ in range(chance.choice([1, 1, 3])):
        content[chance.choice(places) + chance.randrange(300)] = chance.choice(b"abcdefgz_ ,()'")
    (closed / FILE_NAME).write_bytes(content)

    after, _ = opened(closed)

    assert after.holes == []
    assert after.visits == before.visits


def test_an_empty_file_or_a_first_start_that_was_cut_short_is_no_damage(tmp_path):
    (tmp_path / FILE_NAME).touch()
    door(tmp_path).close()
    (tmp_path / FILE_NAME).unlink()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    door(tmp_path).close()

    assert salvage.put_aside(tmp_path) == []


def test_a_disk_without_room_for_a_new_file_is_waited_for(closed, monkeypatch):
    books.spoil(closed / FILE_NAME, [0])

    def full(*_):
        raise sqlite3_full()

    with monkeypatch.context() as patched:
        patched.setattr(salvage, "rescue", full)
        book = door(closed)
        with pytest.raises(DiskRefuses, match="is full"):
            book.append(books.visit())
    assert not [path for path in closed.iterdir() if "salvag" in path.name], "the draft takes no room"
    assert (closed / MARK).exists()

    book.file._again_s = 0.0
    assert book.append(books.visit()) > VISITS
    book.close()


def sqlite3_full():
    """The error of a full disk, as SQLite raises it."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("PRAGMA max_page_count = 1")
        try:
            db.execute("CREATE TABLE x (y)")
        except sqlite3.OperationalError as error:
            return error
    raise AssertionError


def test_readers_leave_a_damaged_journal_alone(closed):
    books.spoil(closed / FILE_NAME, [0])

    with pytest.raises(JournalDamaged, match="the door mends it"):
        SqliteJournal(closed, boot=books.BOOT, make=False)
    assert salvage.put_aside(closed) == []
    assert not is_marked(closed)
