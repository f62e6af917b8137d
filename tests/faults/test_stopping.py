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
    port = steady_port()
    commands = {
        "bridge": [BIN / "mqtt-bridge", "run", "--data", tmp_path / "door", f"--set=mqtt.port={port}"],
        "door": [BIN / "kiosk", "run", "--simulated", "--data", tmp_path / "door"],
        "centre": [
            BIN / "collector",
            "serve",
            "--data",
            tmp_path / "centre",
            "--mqtt-port",
            str(port),
            "--web-port=0",
        ],
    }
    kept = {name: Kept(name, command, tmp_path) for name, command in commands.items()}
    for program in kept.values():
        program.start()
    yield kept
    for program in kept.values():
        program.stop()


def works(name, folder):
    """Whether it is past its beginning: it says so in its own way."""
    said = "".join(file.read_text() for file in folder.glob(f"{name}.*"))
    return {"bridge": "line down", "door": '"waiting"', "centre": "collector ready"}[name] in said


def test_a_program_that_is_told_to_end_while_it_is_frozen_ends_when_it_goes_on(programs, tmp_path):
    for name, program in programs.items():
        eventually(lambda name=name: works(name, tmp_path))
        life = program.life()
        life.signal(signal.SIGSTOP)
        threading.Event().wait(FROZEN_S)
        life.signal(signal.SIGTERM)
        program.stop()

    assert {name: program.stopped_with for name, program in programs.items()} == dict.fromkeys(programs, 0)
