"""
From the command until the door is ready to read, beside a bare Python with the same libraries.

Ready to read: the screen is painted, the journal open, and the first frame was looked at. Its steps are told of
starts whose files are in the system's cache; a cold start reads them from the disk, as after switching on. What
another Python on the machine has in use cannot be taken from the cache. A Raspberry Pi 4 takes four to five times
as long.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.order import Order
from tests.benchmarks.road import median
from tests.benchmarks.row import Rates, Row, Share
from tests.benchmarks.starting import STEPS

STARTS, COLD_STARTS = 15, 5
BESIDE = "bare Python, SQLite, pygame, zxing-cpp"
OURS = ("kiosk", "hardware")
_STANDARD = "Python's own"
_FEWEST_MS = 3.0
_IMPORT = re.compile(r"import time:\s*(\d+) \|\s*\d+ \|\s*([\w.]+)")
_LOADING = (
    "from kiosk import __main__, commands, devices\n"
    "chosen = commands.chosen_settings(None, None, (), simulated=True).devices.model_dump()\n"
    "for kind, names in chosen.items():\n"
    "    for name in [names] if isinstance(names, str) else names:\n"
    "        devices.find(kind, name)\n"
)


def measure(_order: Order) -> Iterator[Row | Rates | Share]:
    """Start both in turn, and tell each step; then tell whose modules the imports were."""
    cold = _starts(COLD_STARTS, _forget)
    totals = {who: [sum(one["steps"].values()) for one in taken] for who, taken in cold.items()}
    yield Row("cold start to ready to read", totals["ours"], BESIDE, totals["bare"])
    warm = _starts(STARTS, lambda: None)
    totals = {who: [sum(one["steps"].values()) for one in taken] for who, taken in warm.items()}
    yield Row("start to ready to read", totals["ours"], BESIDE, totals["bare"])
    for step in STEPS:
        ours_s, bare_s = ([one["steps"][step] for one in warm[who]] for who in ("ours", "bare"))
        yield Row(f"  {step}", ours_s, "the same step" if any(bare_s) else "-", bare_s)
    for what, key in (("read from the disk at a cold start", "read_mb"), ("memory then (PSS)", "memory_mb")):
        ours_mb, bare_mb = (median([one[key] for one in cold[who]]) for who in ("ours", "bare"))
        yield Rates(what, COLD_STARTS, "MB", ours_mb, BESIDE, bare_mb)
    packages = [_packages() for _ in range(5)]
    middle = {name: sorted(one[name] for one in packages)[2] for name in packages[0]}
    whole_ms = sum(middle.values())
    for name, spent_ms in sorted(middle.items(), key=lambda one: -one[1]):
        if spent_ms >= _FEWEST_MS:
            yield Share(f"imports of the door: {name}", spent_ms, whole_ms)


def _starts(times: int, before: Callable[[], None]) -> dict[str, list[dict]]:
    """Start both in turn, so often."""
    starts: dict[str, list[dict]] = {"ours": [], "bare": []}
    for _ in range(times):
        for who, taken in starts.items():
            before()
            taken.append(_start(who))
    return starts


def _forget() -> None:
    """Have the system forget what Python's files hold, and ours."""
    for folder in (Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib")), *map(Path, OURS)):
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_symlink():
                with file.open("rb") as opened:
                    os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _start(who: str) -> dict:
    with tempfile.TemporaryDirectory() as data:
        command = (sys.executable, "-m", "tests.benchmarks.starting", who, str(time.monotonic()), data)
        environment = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def _packages() -> Counter[str]:
    """Milliseconds that the modules of each package took by themselves."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", _LOADING], capture_output=True, text=True, check=True
    )
    spent_ms: Counter[str] = Counter()
    for spent_us, module in _IMPORT.findall(done.stderr):
        spent_ms[_owner(module.partition(".")[0])] += int(spent_us) / 1000
    return spent_ms


def _owner(package: str) -> str:
    standard = package in sys.stdlib_module_names or Path(sysconfig.get_path("stdlib"), package).exists()
    return _STANDARD if standard or package.startswith("_") else package
