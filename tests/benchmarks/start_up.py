"""
From `kiosk run --simulated` until the door is ready, beside a bare Python that only imports the libraries.

Ready is the first line on its output: screen painted, journal open, workers started.
"""

import subprocess
import sys
import tempfile
import time

from tests.benchmarks.row import Row
from tests.programs import BIN

STARTS = 15
LIBRARIES = (
    "numpy, pygame, zxingcpp, pyzbar.pyzbar, gpiozero, sqlite_utils, pydantic, phonenumbers, click, tenacity, "
    "cryptography.hazmat.primitives.hpke"
)


def measure() -> Row:
    """Start the door and the bare Python in turn."""
    ours_s, bare_s = [], []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as data:
            ours_s.append(_until_a_line([str(BIN / "kiosk"), "run", "--simulated", "--data", data]))
        bare_s.append(
            _until_a_line([sys.executable, "-c", f"import {LIBRARIES}; print('ready', flush=True)"])
        )
    return Row("start to ready", ours_s, "bare Python importing the same libraries", bare_s)


def _until_a_line(command: list[str]) -> float:
    began_s = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as program:
        program.stdout.readline()
        took_s = time.perf_counter() - began_s
        program.stdin.close()
        program.wait(20)
    return took_s
