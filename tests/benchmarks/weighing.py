"""
Weighs one reader, in a process that has loaded nothing else: `python -m tests.benchmarks.weighing READER FRAMES`.

FRAMES is a file of raw frames of 1280 x 720. Prints, in MB, what the process took at most since before the
reader was loaded, and since before it read the first frame.
"""

import sys
from pathlib import Path

import numpy as np

from tests.benchmarks.readers import READERS

WIDTH_PX, HEIGHT_PX = 1280, 720
_ROUNDS = 3


def main() -> None:
    """Read all frames three times with one reader, as a door does that runs for a while."""
    name, frames = sys.argv[1], Path(sys.argv[2])
    frame_bytes = WIDTH_PX * HEIGHT_PX
    count = frames.stat().st_size // frame_bytes
    # One frame is loaded before: it belongs to neither reader.
    np.fromfile(frames, np.uint8, frame_bytes)
    before_mb = _memory_mb("VmRSS")
    reader = READERS[name]()
    ready_mb = _memory_mb("VmRSS")
    for number in range(count * _ROUNDS):
        pixels = np.fromfile(frames, np.uint8, frame_bytes, offset=number % count * frame_bytes)
        reader.read(pixels.reshape(HEIGHT_PX, WIDTH_PX))
    most_mb = _memory_mb("VmHWM")
    print(most_mb - before_mb, most_mb - ready_mb)


def _memory_mb(line: str) -> float:
    for fact in Path("/proc/self/status").read_text("ascii").splitlines():
        if fact.startswith(line):
            return int(fact.split()[1]) / 1024
    raise RuntimeError(f"/proc/self/status has no {line}")


if __name__ == "__main__":
    main()
