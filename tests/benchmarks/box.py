"""
What a box takes that stands for years: memory, processor and wear of its disk, at rest and with visitors.

The door is a simulated one (`tests.benchmarks.serving`) with its camera on an empty room; its bridge sends to a
real broker and a real centre. The box's folder is a disk of its own, so that what its file system writes is counted, and needs root.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from kiosk.store.journal import SqliteJournal
from tests.benchmarks import consumers, journals
from tests.benchmarks.disk import Disk, disk, written_bytes
from tests.benchmarks.order import Order
from tests.benchmarks.road import PATIENCE_S, broker, cpu_s, running, wait_for_subscription, wait_until
from tests.benchmarks.row import Rates
from tests.benchmarks.starting import pss_mb
from tests.programs import Bridge, Program

REST_S = 120
COMING = (
    # What, how many, how many at once, seconds until the next. Seven are longer than ext4 keeps what it has still to
    # write (five): so it is in an office.
    ("a visit each 7 s", 15, 1, 7.0),
    ("a visit after the other", 985, 1, 0.0),
    ("visits in a rush", 9_000, 50, 0.0),
)
WRITTEN = ("files", "with file system")
_MOST_BARE = 1_000
_DAY_S = 86_400
_PROGRAMS = ("kiosk", "bridge")


def measure(_order: Order) -> Iterator[Rates]:
    """Let a box rest, then a few visitors come, a thousand one after the other, and nine thousand in a rush."""
    with tempfile.TemporaryDirectory(prefix="box-") as name, ExitStack() as ending:
        folder = Path(name)
        ours = ending.enter_context(disk(folder))
        mosquitto = ending.enter_context(broker())
        (folder / "centre").mkdir()
        ending.enter_context(consumers.ours_sqlite(folder / "centre", mosquitto.port))
        wait_for_subscription(mosquitto, consumers.VISITS)
        door = ending.enter_context(
            running(Program(sys.executable, "-m", "tests.benchmarks.serving", ours.folder / "door"))
        )
        bridge = ending.enter_context(running(Bridge(ours.folder / "door", mosquitto.port)))
        wait_for_subscription(mosquitto, "doors/v1/kiosk-1/receipt")
        box = _Box(ours, door, dict(zip(_PROGRAMS, (door, bridge), strict=True)))
        box.come(1, at_once=1)
        yield from box.rest()
        for what, visitors, at_once, pause_s in COMING:
            written = box.wear(visitors, at_once, pause_s)
            bare = _bare(box.journal, min(visitors, _MOST_BARE), pause_s)
            for of_what, ours_kb, bare_kb in zip(WRITTEN, written, bare, strict=True):
                yield Rates(f"{what}, {of_what}", visitors, "kB", ours_kb, "bare INSERTs, so often", bare_kb)
        for program, now_mb in box.memory_mb().items():
            visits = sum(visitors for _, visitors, _, _ in COMING)
            at_rest_mb = box.at_rest_mb[program]
            yield Rates(f"memory of the {program} (PSS)", visits, "MB", now_mb, "itself, at rest", at_rest_mb)


class _Box:
    def __init__(self, ours: Disk, door: Program, programs: dict[str, Program]) -> None:
        self._disk, self._door, self._programs = ours, door, programs
        self._came = 0
        self.at_rest_mb: dict[str, float] = {}

    @property
    def journal(self) -> Path:
        """The file of the visits."""
        return self._disk.folder / "door" / "journal.sqlite3"

    def rest(self) -> Iterator[Rates]:
        """Nobody comes for two minutes."""
        pids = {name: program.process.pid for name, program in self._programs.items()}
        spent_s = {name: cpu_s(pid) for name, pid in pids.items()}
        files, filed = self._written_bytes(), self._disk.written_bytes()
        said = _said("tests.benchmarks.watching", str(REST_S))
        spent_s = {name: cpu_s(pid) - spent_s[name] for name, pid in pids.items()}
        self.at_rest_mb = self.memory_mb()
        bare = 100 * float(said)
        for name in _PROGRAMS:
            share = 100 * spent_s[name] / REST_S
            yield Rates(
                f"processor of the {name}, at rest", REST_S, "%", share, "zxing-cpp on the same frames", bare
            )
        days = _DAY_S / REST_S
        ours = (self._written_bytes() - files, self._disk.written_bytes() - filed)
        for what, written in zip(WRITTEN, ours, strict=True):
            yield Rates(f"written in a day at rest, {what}", REST_S, "MB", written * days / 1e6, "-", 0.0)

    def wear(self, visitors: int, at_once: int, pause_s: float) -> tuple[float, float]:
        """What is written while so many come: kilobytes for each, of the files and of all."""
        files, filed = self._written_bytes(), self._disk.written_bytes()
        self.come(visitors, at_once, pause_s)
        ours = (self._written_bytes() - files, self._disk.written_bytes() - filed)
        return ours[0] / visitors / 1e3, ours[1] / visitors / 1e3

    def come(self, visitors: int, at_once: int, pause_s: float = 0) -> None:
        """So many come, so many at a time, and the centre has each lot so long before the next comes."""
        with closing(SqliteJournal(self._disk.folder / "door", boot=journals.BOOT, make=False)) as journal:
            for _ in range(0, visitors, at_once):
                for _ in range(at_once):
                    self._came += 1
                    code = f"0140{self._came:08}||Nguyễn Văn Thử|01021999|Nam|Chiềng An, Sơn La|15042021\n"
                    self._door.process.stdin.write(code)
                self._door.process.stdin.flush()
                wait_until(lambda: journal.counts().stored >= self._came, 0.005, PATIENCE_S)
                time.sleep(pause_s)

    def memory_mb(self) -> dict[str, float]:
        """What each takes of the memory, with its share of what others have too."""
        return {name: pss_mb(program.process.pid) for name, program in self._programs.items()}

    def _written_bytes(self) -> int:
        return sum(written_bytes(program.process.pid) for program in self._programs.values())


def _bare(journal: Path, visits: int, pause_s: float) -> tuple[float, float]:
    """The same of bare INSERTs of the same rows, each by itself."""
    with tempfile.TemporaryDirectory(prefix="bare-") as name, disk(Path(name)) as bare:
        before = bare.written_bytes()
        file = bare.folder / "bare.sqlite3"
        said = _said("tests.benchmarks.writing", str(journal), str(file), str(visits), str(pause_s))
        rows, written = map(int, said.split())
        return written / rows / 1e3, (bare.written_bytes() - before) / rows / 1e3


def _said(module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
