"""What plays door and bridge on one journal, to be killed in the middle of it. Each runs in a process of its own."""

import os
import resource
import signal
import threading
import time
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

processes = get_context("forkserver")
"""Processes begin in some milliseconds: what they need is imported once, and forked."""
processes.set_forkserver_preload(["__main__", __name__])


class Player:
    """
    A process at work on a journal.

    Args:
        work: What it does: takes the journal's folder, and a callable that keeps a number.
        folder: The journal's.
        told: The file where it keeps numbers; they survive it.
    """

    def __init__(self, work: Callable[[Path, Callable[[int], None]], None], folder: Path, told: Path) -> None:
        self._told = told
        self._before = self._size()
        self._process = processes.Process(target=_play, args=(work, folder, told), daemon=True)
        self._process.start()

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._process.close()
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
    """Be the door: write one visit after the other, and tell each once it is written."""
    journal = door_journal(folder)
    pause = threading.Event()
    while not pause.wait(DOOR_PAUSE_S):
        tell(journal.append(visit()))


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


def _play(work: Callable[[Path, Callable[[int], None]], None], folder: Path, told: Path) -> None:
    file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    work(folder, lambda number: os.write(file, b"%d\n" % number))
