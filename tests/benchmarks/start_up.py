"""
From the command until the door is ready to read, beside a bare Python with the same libraries.

Ready to read: the screen is painted, the journal open, and the first frame was looked at. Files are in the
system's cache, as on the second start; a Raspberry Pi 4 takes four to five times as long.
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
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.order import Order
from tests.benchmarks.row import Row, Share
from tests.benchmarks.starting import STEPS

STARTS = 15
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


def measure(_order: Order) -> Iterator[Row | Share]:
    """Start both in turn, and tell each step; then tell whose modules the imports were."""
    starts = {"ours": [], "bare": []}
    for _ in range(STARTS):
        for who, taken in starts.items():
            taken.append(_start(who))
    totals = {who: [sum(one.values()) for one in taken] for who, taken in starts.items()}
    yield Row("start to ready to read", totals["ours"], BESIDE, totals["bare"])
    for step in STEPS:
        ours_s, bare_s = ([one[step] for one in starts[who]] for who in ("ours", "bare"))
        yield Row(f"  {step}", ours_s, "the same step" if any(bare_s) else "-", bare_s)
    packages = [_packages() for _ in range(5)]
    middle = {name: sorted(one[name] for one in packages)[2] for name in packages[0]}
    whole_ms = sum(middle.values())
    for name, spent_ms in sorted(middle.items(), key=lambda one: -one[1]):
        if spent_ms >= _FEWEST_MS:
            yield Share(f"imports of the door: {name}", spent_ms, whole_ms)


def _start(who: str) -> dict[str, float]:
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
