"""The journal's file, while those who write to it are killed, and while its disk is full, or refuses."""

import contextlib
import random
import sqlite3
import threading
from contextlib import closing

import pytest

from kiosk.errors import JournalFailed
from kiosk.store.opening import FILE_NAME
from kiosk.store.outbox import Outbox
from tests.faults.disk import Disk, needs_mounting
from tests.faults.writing import (
    Nursery,
    append,
    append_without_disk,
    carry,
    door_journal,
    open_as_bridge,
    open_as_door,
    processes,
    visit,
)
from tests.programs import eventually

KILLS = 200
LONGEST_LIFE_S = 0.04
SHARE_OF_STILLBORN = 0.2
FRESH_JOURNALS = 40


@pytest.fixture(scope="module")
def nursery():
    with closing(Nursery()) as nursery:
        yield nursery


def look(folder, statement):
    with closing(sqlite3.connect(folder / FILE_NAME, timeout=10)) as journal:
        return journal.execute(statement).fetchall()


def sequences(folder):
    return [row[0] for row in look(folder, "SELECT sequence FROM entries ORDER BY sequence")]


def is_sound(folder):
    return look(folder, "PRAGMA integrity_check") == [("ok",)]


def test_whatever_was_written_is_there_and_whole_however_often_door_and_bridge_are_killed(tmp_path, nursery):
    folder = tmp_path / "door"
    chance = random.Random(1)
    door = nursery.begin(append, folder, tmp_path / "written")
    bridge = nursery.begin(carry, folder, tmp_path / "settled")
    pause = threading.Event()
    killed = 0
    eventually(lambda: door.told() and bridge.told())
    while killed < KILLS:
        if chance.random() > SHARE_OF_STILLBORN:
            eventually(door.has_told)
        pause.wait(chance.uniform(0, LONGEST_LIFE_S))
        victims = chance.choice((("door",), ("door",), ("bridge",), ("door", "bridge")))
        killed += len(victims)
        if "door" in victims:
            door.kill()
        if "bridge" in victims:
            bridge.kill()
        written, settled = door.told(), bridge.told()
        there = sequences(folder)
        assert there == list(range(1, len(there) + 1)), "no gaps"
        assert len(there) >= max(written, default=0), "what append() returned is there"
        stored = look(folder, "SELECT count(*) FROM entries WHERE state = 'stored'")[0][0]
        assert stored >= max(settled, default=0), "what was settled stays settled"
        if "door" in victims:
            door = nursery.begin(append, folder, tmp_path / "written")
        if "bridge" in victims:
            bridge = nursery.begin(carry, folder, tmp_path / "settled")
    door.kill()
    eventually(lambda: look(folder, "SELECT count(*) FROM entries WHERE state != 'stored'") == [(0,)])
    bridge.kill()

    assert is_sound(folder)
    written = door.told()
    assert len(written) == len(set(written)) > KILLS / 2
    ids = [row[0] for row in look(folder, "SELECT id FROM entries")]
    assert len(ids) == len(set(ids)) == len(sequences(folder))
    taken_back = [row[0] for row in look(folder, "SELECT corrects FROM entries WHERE corrects IS NOT NULL")]
    assert len(taken_back) == len(set(taken_back)) > KILLS / 20
    assert set(taken_back) <= set(ids)


def test_a_journal_whose_making_was_cut_short_is_made_all_the_same(tmp_path, nursery):
    chance = random.Random(2)
    for number in range(FRESH_JOURNALS):
        folder = tmp_path / str(number)
        both = [nursery.begin(work, folder, tmp_path / "told") for work in (open_as_door, open_as_bridge)]
        threading.Event().wait(chance.uniform(0, 0.03))
        for player in both:
            player.kill()

        with closing(door_journal(folder)) as journal:
            assert journal.append(visit()) == 1
        assert is_sound(folder)


@pytest.fixture
def disk(tmp_path):
    disk = Disk(tmp_path / "disk", size="2m")
    yield disk
    disk.close()


@needs_mounting
def test_a_full_disk_refuses_the_visit_whole_and_takes_it_when_there_is_room(disk):
    with closing(door_journal(disk.folder)) as journal, closing(Outbox(disk.folder)) as outbox:
        assert journal.append(visit()) == 1
        with disk.full():
            for _ in range(3):
                with pytest.raises(JournalFailed, match="disk"):
                    journal.append(visit())
            with pytest.raises(JournalFailed):
                outbox.mark_sent([1])
            assert journal.waiting() == 1
        assert [journal.append(visit()) for _ in range(3)] == [2, 3, 4]
        outbox.mark_sent([1])
        assert outbox.mark_stored(1) == 1

    assert sequences(disk.folder) == [1, 2, 3, 4]
    assert is_sound(disk.folder)


@needs_mounting
def test_a_disk_that_fills_up_by_visits_alone_keeps_all_that_was_said_to_be_kept(disk):
    kept = []
    with closing(door_journal(disk.folder)) as journal, contextlib.suppress(JournalFailed):
        while True:
            kept.append(journal.append(visit()))

    assert len(kept) > 50
    assert sequences(disk.folder) == kept
    assert is_sound(disk.folder)


def takes(journal):
    with contextlib.suppress(JournalFailed):
        return journal.append(visit())


@needs_mounting
@pytest.mark.parametrize("ill", [Disk.full, Disk.read_only])
def test_a_door_that_starts_on_a_disk_that_refuses_says_so_and_works_as_soon_as_the_disk_does(disk, ill):
    with closing(door_journal(disk.folder)) as journal:
        assert journal.append(visit()) == 1
    with contextlib.ExitStack() as illness:
        illness.enter_context(ill(disk))
        journal = door_journal(disk.folder)
        with pytest.raises(JournalFailed, match="look at the disk's space and health"):
            journal.append(visit())
        illness.close()
        eventually(lambda: takes(journal) == 2)
    journal.close()

    assert sequences(disk.folder) == [1, 2]
    assert is_sound(disk.folder)


def test_a_disk_that_refuses_every_byte_of_an_open_journal_breaks_nothing(tmp_path):
    ours, theirs = processes.Pipe()
    door = processes.Process(target=append_without_disk, args=(tmp_path / "door", theirs))
    door.start()
    first, refused, next_ = ours.recv(), ours.recv(), ours.recv()
    door.join()
    for end in (ours, theirs, door):
        end.close()

    assert (first, next_) == (1, 2)
    assert "cannot write a visit" in refused
    assert sequences(tmp_path / "door") == [1, 2]
    assert is_sound(tmp_path / "door")
