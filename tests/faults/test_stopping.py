"""Programs told to end while the machine is too busy to let them run."""

import signal
import threading

import pytest

from tests.faults.keeping import Kept
from tests.faults.ports import steady_port
from tests.programs import BIN, eventually

FROZEN_S = 0.3
"""Longer than any program waits for something to happen before it looks around."""


@pytest.fixture
def programs(tmp_path):
    """A bridge, a door and a centre, without a broker: nothing happens that could wake them."""
    port = steady_port()
    told = ["--data", tmp_path / "box", f"--set=mqtt.port={port}", "--set=kiosk.sets_up=false"]
    bridge = [BIN / "mqtt-bridge", "run", *told]
    door = [BIN / "kiosk", "run", "--simulated", "--data", tmp_path / "box"]
    centre = [
        BIN / "collector",
        "serve",
        "--data",
        tmp_path / "centre",
        f"--mqtt-port={port}",
        "--web-port=0",
    ]
    commands = {"bridge": bridge, "door": door, "centre": centre}
    # Without threads of numpy, which could take the signal in the main thread's stead.
    kept = [Kept(name, command, tmp_path, OPENBLAS_NUM_THREADS="1") for name, command in commands.items()]
    for program in kept:
        program.start()
    yield kept
    for program in kept:
        program.stop()


def works(program, folder):
    """Whether it is past its beginning: it says so in its own way."""
    said = "".join(file.read_text() for file in folder.glob(f"{program.name}.*"))
    return any(sign in said for sign in ("line down", '"waiting"', "collector ready"))


def test_a_program_that_is_told_to_end_when_it_cannot_run_ends_when_it_can(programs, tmp_path):
    for program in programs:
        eventually(lambda program=program: works(program, tmp_path))
        # While it stands still, all its waits become overdue; then the signal comes before it can notice.
        program.life().signal(signal.SIGSTOP)
    threading.Event().wait(FROZEN_S)
    for program in programs:
        program.stop()

    assert {program.name: program.stopped_with for program in programs if program.stopped_with} == {}
