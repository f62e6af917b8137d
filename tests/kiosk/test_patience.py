"""A disk that is full or read-only when the door opens: the door opens all the same, says so, and recovers."""

import os
import subprocess
from contextlib import closing
from itertools import pairwise

import pytest

from kiosk.devices import Devices
from kiosk.errors import DiskRefuses, JournalDamaged, JournalFailed
from kiosk.health import Health
from kiosk.loop import Loop
from kiosk.model import Source
from kiosk.reports import Reading
from kiosk.store.holding import DOOR, Hold
from kiosk.store.journal import SqliteJournal
from kiosk.store.opening import FILE_NAME
from kiosk.store.patience import FIRST_PAUSE_S, LONGEST_PAUSE_S, Patient
from tests import people
from tests.fakes import FakeClock, FakeLamp, FakeLight, FakeScreen, FakeVoice, FakeWorker
from tests.kiosk import books
from tests.kiosk.doors import manner
from tests.programs import BIN, Program, eventually

SUDO = [] if os.geteuid() == 0 else ["sudo", "-n"]


class Disk:
    """A small one that can be filled up or protected."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self._root("mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", folder)
        self.data = folder / "data"
        self.data.mkdir()

    def fill(self):
        with (self.folder / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def free(self):
        (self.folder / "filler").unlink()

    def protect(self):
        self._root("mount", "-o", "remount,ro", self.folder)

    def unprotect(self):
        self._root("mount", "-o", "remount,rw", self.folder)

    def close(self):
        self._root("umount", "--lazy", self.folder)

    def _root(self, *command):
        subprocess.run([*SUDO, *command], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path):
    with closing(Disk(tmp_path / "disk")) as made:
        yield made


def door(folder):
    return SqliteJournal(folder, boot=books.BOOT, sealer=books.SEALER, door=True)


def ask_again(book):
    """As if the pause were over."""
    book.file._again_s = 0.0


@pytest.mark.parametrize("trouble", ["fill", "protect"])
def test_a_door_opens_on_a_disk_that_refuses_and_writes_as_soon_as_it_can(trouble, disk, caplog):
    getattr(disk, trouble)()
    with closing(door(disk.data)) as book:
        for ask in (lambda: book.append(books.visit()), book.waiting, book.anchor):
            with pytest.raises(DiskRefuses):
                ask()
        getattr(disk, {"fill": "free", "protect": "unprotect"}[trouble])()
        ask_again(book)

        assert book.append(books.visit()) == 1
        assert not book.line_up()
    assert len([record for record in caplog.records if "as long as it takes" in record.getMessage()]) == 1


def test_visits_from_before_are_there_again(disk):
    books.fill(disk.data, 5)
    disk.protect()
    with closing(door(disk.data)) as book:
        disk.unprotect()
        ask_again(book)

        assert book.append(books.visit()) == 6


def test_another_door_is_kept_out_as_soon_as_the_disk_is_well(disk):
    disk.protect()
    with closing(door(disk.data)) as book:
        disk.unprotect()
        ask_again(book)
        book.waiting()
        with pytest.raises(JournalFailed, match="another door uses it"):
            Hold(disk.data, DOOR)

    Hold(disk.data, DOOR).release()


def test_the_disk_is_asked_again_with_growing_pauses(disk):
    now = [0.0]
    disk.protect()
    file = Patient(disk.data, now_s=lambda: now[0])
    asked = []
    file._opened = lambda: asked.append(now[0]) or raising()
    while now[0] < 200:
        with pytest.raises(DiskRefuses):
            file.db  # noqa: B018 (asking is what counts)
        now[0] += 0.5

    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps == sorted(gaps)
    assert (asked[0], gaps[-1]) == (FIRST_PAUSE_S, LONGEST_PAUSE_S)


def raising():
    raise DiskRefuses("journal: still full")


def test_who_only_looks_is_told_at_once(disk):
    books.fill(disk.data, 1)
    disk.protect()

    with pytest.raises(DiskRefuses, match="Read-only file system; look at the disk's space and health"):
        SqliteJournal(disk.data, boot=books.BOOT, make=False)


@pytest.mark.parametrize("name", ["/proc/none", "/sys/none"])
def test_a_folder_that_cannot_be_is_no_matter_of_waiting(name):
    done = subprocess.run(
        [BIN / "kiosk", "run", "--simulated", "--data", name],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )

    assert done.returncode == 2
    assert "choose another folder with --data" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(os.geteuid() != 0, reason="root can be somebody else")
@pytest.mark.parametrize("protected", ["folder", "file"])
def test_a_folder_of_somebody_else_is_no_matter_of_waiting(protected, tmp_path):
    books.fill(tmp_path / "data", 1)
    for path in (tmp_path, *tmp_path.parents[:2], tmp_path / "data"):
        path.chmod(0o777)
    for path in (tmp_path / "data").iterdir():
        path.chmod(0o666)
    {"folder": tmp_path / "data", "file": tmp_path / "data" / FILE_NAME}[protected].chmod(
        0o555 if protected == "folder" else 0o444
    )
    code = "import os, sys; from pathlib import Path; from kiosk.store.journal import SqliteJournal; os.setuid(65534); SqliteJournal(Path(sys.argv[1]), boot='b', door=True)"

    done = subprocess.run(
        [BIN / "python", "-c", f"{code}", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "JournalFailed" in done.stderr
    assert "let the user that runs this write to" in done.stderr


def test_a_closed_journal_stays_closed(tmp_path):
    book = door(tmp_path)
    book.close()
    book.close()

    with pytest.raises(JournalFailed, match="closed"):
        book.append(books.visit())


def test_a_door_says_at_once_that_it_cannot_serve_and_serves_again_by_itself(disk):
    disk.protect()
    book, screen, clock = door(disk.data), FakeScreen(), FakeClock()
    loop = Loop(
        devices=Devices(
            FakeWorker(),
            FakeWorker(),
            screen,
            FakeWorker(),
            FakeLamp(),
            FakeVoice(),
            FakeLight(),
            FakeWorker(),
        ),
        journal=book,
        clock=clock,
        manner=manner(),
        health=Health(None),
    )

    def show_a_card():
        loop.report(Reading((people.CCCD,), Source.CAMERA))
        loop.turn()
        clock.move(10)
        return screen.views[-1].state

    loop.turn()
    assert screen.views[-1].state == "out_of_order"
    assert show_a_card() == "out_of_order"
    disk.unprotect()
    ask_again(book)
    loop.turn()
    assert screen.views[-1].state == "waiting"
    assert show_a_card() == "showing"
    assert book.counts().waiting == 1
    book.close()


def test_the_program_opens_on_a_read_only_disk_and_recovers(disk, tmp_path):
    from hardware.simulated.codes import write_code

    write_code(people.CCCD, tmp_path / "card.png")
    books.fill(disk.data, 1)
    disk.protect()
    program = Program(BIN / "kiosk", "run", "--simulated", "--data", disk.data)
    try:
        eventually(lambda: any("out_of_order" in line for line in list(program.lines.queue)))
        disk.unprotect()
        eventually(lambda: '"waiting"' in list(program.lines.queue)[-1])
        program.process.stdin.write(f"show {tmp_path / 'card.png'}\n")
        program.process.stdin.flush()
        eventually(lambda: any("welcome" in line for line in list(program.lines.queue)))
    finally:
        program.stop()

    assert any("Read-only file system" in line for line in program.errors)


def test_damage_that_is_found_while_the_door_serves_ends_it_and_the_next_one_mends(tmp_path):
    books.fill(tmp_path, 300)
    command = [BIN / "kiosk", "run", "--simulated", "--data", tmp_path]
    program = Program(*command)
    try:
        eventually(lambda: any("waiting" in line for line in list(program.lines.queue)))
        (tmp_path / "journal.damage").touch()
        assert program.process.wait(30) == 2
    finally:
        program.stop()
    assert any("the door mends it when it starts anew" in line for line in program.errors)

    done = subprocess.run(command, input="quit\n", capture_output=True, text=True, check=False)

    assert (done.returncode, "300 entries are saved" in done.stderr) == (0, True)
    assert not (tmp_path / "journal.damage").exists()


def test_a_journal_that_another_has_taken_the_place_of_ends_the_door(tmp_path):
    with closing(door(tmp_path)) as book:
        book.line_up()
        (tmp_path / FILE_NAME).unlink()

        with pytest.raises(JournalDamaged):
            book.line_up()
