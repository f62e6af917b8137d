"""What a reader takes of the memory, each in a process of its own, over some hundred frames at the door."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.films import films
from tests.benchmarks.order import Order
from tests.benchmarks.readers import READERS
from tests.benchmarks.row import Figures

SCENARIOS = ("phone_good", "card_mid", "empty")


def measure(_order: Order) -> Iterator[Figures]:
    """Film a few clips into a file, and have each reader weighed over it."""
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "frames"
        count = 0
        with frames.open("wb") as file:
            for shots in films((name, 1) for name in SCENARIOS):
                count += len(shots)
                for shot in shots:
                    file.write(shot.luma.tobytes())
        weights = {name: _weigh(name, frames) for name in READERS}
    for number, what in enumerate(("memory, with the libraries", "memory, while reading")):
        grown = {name: weight[number] for name, weight in weights.items()}
        yield Figures(what=what, n=count, unit="MB", digits=1, **grown)


def _weigh(name: str, frames: Path) -> list[float]:
    command = [sys.executable, "-m", "tests.benchmarks.weighing", name, str(frames)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(weight_mb) for weight_mb in said.split()]
