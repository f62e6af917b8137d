"""What plays door and bridge on one journal, to be killed in the middle of it. Each runs in a process of its own."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from kiosk.errors import JournalFailed
from kiosk.formats import recognise
from kiosk.model import Direction, Moment, Source, Visit
from kiosk.sealing import Sealer, SealingKey
from kiosk.store.journal import SqliteJournal
from kiosk.store.outbox import Outbox
from tests import people

BOOT = "0b54cb4f-8d7e-4e8f-a1ff-2b8c26f1ad6c"
DOOR_PAUSE_S, BRIDGE_PAUSE_S = 0.002, 0.02
"""Between two writes: whoever never pauses keeps the file locked for the other, as neither visitors nor receipts do."""
BASE_POINT = (9).to_bytes(32, "little")
"""A public key of X25519 as good as any (RFC 7748): nothing here is opened."""

ROOT = Path(__file__).parents[2]
processes = get_context("spawn")
Work = Callable[[Path, Callable[[int], None]], None]
"""What a process does with a journal: it is given the folder, and a callable that keeps a number."""


class Nursery:
    """A process that has imported whatever is needed, and forks others in some milliseconds."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", __name__]
        self._mother = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def begin(self, work: Work, folder: Path, told: Path) -> "Player":
        """Have a process do this; it keeps its numbers in a file, where they survive it."""
        return Player(self, int(self.ask("begin", work.__name__, str(folder), str(told))), told)

    def ask(self, *words: str) -> str:
        """What is answered to a line of words."""
        self._mother.stdin.write("\t".join(words) + "\n")
        return self._mother.stdout.readline()

    def close(self) -> None:
        """End it. Those it has forked are to be killed before."""
        self._mother.communicate()


class Player:
    """
    A process at work on a journal.

    Args:
        nursery: Where it was forked.
        process: Its id.
        told: The file where it keeps numbers.
    """

    def __init__(self, nursery: Nursery, process: int, told: Path) -> None:
        self._nursery = nursery
        self._process = process
        self._told = told
        self._before = self._size()

    def kill(self) -> None:
        """End it as a power cut does."""
        code = int(self._nursery.ask("kill", str(self._process)))
        assert code == -signal.SIGKILL, f"ended by itself with {code}"

    def has_told(self) -> bool:
        """Whether this one has kept a number."""
        return self._size() > self._before

    def told(self) -> list[int]:
        """All numbers that it, and those before it, have kept; what it wrote of one when it was killed is none."""
        text = self._told.read_text() if self._told.exists() else ""
        return [int(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def _size(self) -> int:
        return self._told.stat().st_size if self._told.exists() else 0


def visit() -> Visit:
    """A visit of somebody invented, now."""
    now = Moment(datetime.now(UTC), time.monotonic(), True)
    return Visit(recognise(people.CCCD), Direction.IN, Source.CAMERA, now)


def door_journal(folder: Path) -> SqliteJournal:
    """The journal as an enrolled door has it."""
    key = SealingKey("1", BASE_POINT, datetime(2026, 1, 1, tzinfo=UTC))
    return SqliteJournal(folder, boot=BOOT, sealer=Sealer("kiosk-1", bytes(32), (key,)), door=True)


def append(folder: Path, tell: Callable[[int], None]) -> None:
    """Be the door: write one visit after the other, take some back, and tell each once it is written."""
    journal = door_journal(folder)
    pause = threading.Event()
    while not pause.wait(DOOR_PAUSE_S):
        number = journal.append(visit())
        tell(number)
        if number % 5 == 0:
            tell(journal.take_back(number, visit().at, "Lò Thị Gác"))


def carry(folder: Path, tell: Callable[[int], None]) -> None:
    """Be the bridge: send and settle whatever there is, and tell how far all is settled."""
    outbox = Outbox(folder)
    pause = threading.Event()
    while not pause.wait(BRIDGE_PAUSE_S):
        entries = outbox.after(outbox.settled(), 20)
        outbox.tell_line(up=bool(entries))
        outbox.mark_sent(entry.sequence for entry in entries)
        if entries and outbox.mark_stored(entries[-1].sequence):
            tell(entries[-1].sequence)


def open_as_door(folder: Path, _tell: Callable[[int], None]) -> None:
    """Open the journal, and do nothing with it."""
    door_journal(folder)
    signal.pause()


def open_as_bridge(folder: Path, _tell: Callable[[int], None]) -> None:
    """Likewise."""
    Outbox(folder)
    signal.pause()


def append_without_disk(folder: Path, answers: Connection) -> None:
    """Open the journal, and find that nothing can be written any more; then that it can."""
    journal = door_journal(folder)
    answers.send(journal.append(visit()))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        answers.send(journal.append(visit()))
    except JournalFailed as refused:
        answers.send(str(refused))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    answers.send(journal.append(visit()))
    journal.close()


def _play(work: Work, folder: Path, told: Path) -> None:
    file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        work(folder, lambda number: os.write(file, b"%d\n" % number))
    except BaseException:  # noqa: BLE001 - a fork must never return to what it was forked from
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def _serve() -> None:
    """Be the nursery: begin and kill what the lines on standard input say."""
    works = {work.__name__: work for work in (append, carry, open_as_door, open_as_bridge)}
    for line in sys.stdin:
        verb, *rest = line.rstrip("\n").split("\t")
        if verb == "begin":
            process = os.fork()
            if not process:
                _play(works[rest[0]], Path(rest[1]), Path(rest[2]))
            print(process, flush=True)
        else:
            os.kill(int(rest[0]), signal.SIGKILL)
            print(os.waitstatus_to_exitcode(os.waitpid(int(rest[0]), 0)[1]), flush=True)


if __name__ == "__main__":
    _serve()
