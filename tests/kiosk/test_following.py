"""`kiosk journal --follow`: how visits fare, line by line, while nobody else notices that somebody looks."""

import json
import shutil
import signal
import subprocess
import time
from contextlib import closing

import pytest

from kiosk.errors import JournalFailed
from kiosk.model import Counts
from kiosk.store import counting
from kiosk.store.journal import SqliteJournal
from kiosk.store.opening import FILE_NAME
from kiosk.store.outbox import Outbox
from kiosk.store.trouble import MARK
from tests.kiosk import books
from tests.programs import BIN, Program


def written(folder):
    return closing(SqliteJournal(folder, boot=books.BOOT, sealer=books.SEALER))


@pytest.fixture
def following():
    """Looks at journals, and never lets time pass: what is to happen in a pause is done in it."""
    begun = []

    def follow(folder, *happens):
        todo = list(happens)

        def pause(_seconds):
            if not todo:
                return False
            todo.pop(0)()
            return True

        begun.append(one := counting.follow(folder, pause))
        return [standing.counts for standing in one]

    return follow


def nothing():
    """A pause in which nothing happens."""


def test_counts_are_told_once_and_again_when_they_change(tmp_path, following):
    with written(tmp_path) as book:
        book.append(books.visit())

        told = following(tmp_path, nothing, lambda: book.append(books.visit(1)), nothing, nothing)

    assert told == [Counts(waiting=1), Counts(waiting=2)]


def test_what_changes_no_count_is_not_told(tmp_path, following):
    with written(tmp_path) as book:
        told = following(tmp_path, lambda: book.tell_door(serving=True, camera=True, keypad=True), nothing)

    assert told == [Counts()]


def test_what_the_bridge_does_is_told(tmp_path, following):
    with written(tmp_path) as book:
        book.append(books.visit())
        book.append(books.visit(1))
        with closing(Outbox(tmp_path)) as outbox:
            told = following(tmp_path, lambda: outbox.set_aside(2, "too large"), nothing)

    assert told == [Counts(waiting=2), Counts(waiting=1, aside=1)]


def test_a_journal_that_is_not_there_yet_is_waited_for(tmp_path, following):
    folder = tmp_path / "later"

    def make():
        written(folder).thing.close()

    assert following(folder, nothing, make, nothing) == [Counts()]
    assert not (tmp_path / "never").exists()
    assert following(tmp_path / "never", nothing) == []
    assert not (tmp_path / "never").exists()


def test_a_journal_that_is_wiped_and_made_anew_is_told_anew(tmp_path, following):
    folder = tmp_path / "door"
    with written(folder) as book:
        book.append(books.visit())

    def anew():
        with written(folder) as book:
            book.append(books.visit())

    told = following(folder, lambda: shutil.rmtree(folder), nothing, anew, nothing)

    assert told == [Counts(waiting=1), Counts(waiting=1)]


def test_letting_go_of_a_wiped_journal_leaves_the_new_one_whole(tmp_path, following):
    """SQLite finds a journal's log by its name, which is the new journal's by then."""
    folder = tmp_path / "door"
    with written(folder):
        pass

    with written(tmp_path / "new") as book:
        book.append(books.visit())

        def exchange():
            shutil.rmtree(folder)
            (tmp_path / "new").rename(folder)

        told = following(folder, exchange, nothing, nothing)
        assert (folder / f"{FILE_NAME}-wal").stat().st_size > 0
    assert told == [Counts(), Counts(waiting=1)]
    assert len(books.read(folder / FILE_NAME).visits) == 1


def test_a_journal_that_is_to_be_mended_is_let_go_of_and_waited_for(tmp_path, following):
    with written(tmp_path) as book:
        mark = tmp_path / MARK

        def damaged():
            mark.touch()
            book.append(books.visit())

        told = following(tmp_path, damaged, nothing, nothing, mark.unlink, nothing)

    assert told == [Counts(), Counts(waiting=1)]


def test_whoever_follows_holds_nothing_between_two_looks(tmp_path, following):
    """The log is written back as if nobody looked."""
    with written(tmp_path) as book:

        def written_back():
            book.append(books.visit())
            busy, *_ = book._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            assert not busy

        assert following(tmp_path, written_back, nothing) == [Counts(), Counts(waiting=1)]


def test_a_journal_of_a_newer_version_is_refused(tmp_path, following):
    with written(tmp_path):
        pass
    books.alter(
        tmp_path,
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('journal', 'next', '2030')",
    )

    with pytest.raises(JournalFailed, match="a newer version has written it"):
        following(tmp_path, nothing)


def test_a_folder_that_cannot_be_looked_into_is_refused_with_the_remedy(tmp_path, following):
    with pytest.raises(JournalFailed, match="choose another folder with --data"):
        following(tmp_path / ("a" * 300), nothing)


def test_the_command_tells_scripts_each_change_until_it_is_ended(tmp_path):
    command = Program(BIN / "kiosk", "journal", "--follow", "--json", "--data", tmp_path / "door")
    with written(tmp_path / "door") as book:
        assert json.loads(command.lines.get(timeout=30))["total"] == 0
        book.append(books.visit())
        assert json.loads(command.lines.get(timeout=30)) == {
            "waiting": 1,
            "sent": 0,
            "stored": 0,
            "set_aside": 0,
            "total": 1,
            "aside": [],
        }

    command.process.send_signal(signal.SIGINT)
    assert command.stop() == 0
    assert command.errors == []


def test_the_command_ends_when_nobody_reads_it_any_more(tmp_path):
    with written(tmp_path):
        pass
    command = subprocess.Popen(
        [BIN / "kiosk", "journal", "--follow", "--data", tmp_path], stdout=subprocess.PIPE, text=True
    )
    with command.stdout as told:
        assert told.readline() == "0 visits: 0 waiting, 0 sent, 0 stored, 0 set aside\n"
    began_s = time.monotonic()

    assert command.wait(30) == 0
    assert time.monotonic() - began_s < 5
