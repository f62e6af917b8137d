"""The broker: three nodes of NATS that replicate to each other, each on a machine of its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.network import Machine
from tests.faults.keeping import Kept
from tests.programs import BIN, eventually

DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")
"""However the tests end, their programs end too."""
START_S = 60.0
"""Until the nodes have found each other, and chosen who leads."""
ASK_S = 2.0


class Node:
    """
    One node, started anew whenever it ends.

    Args:
        machine: Where it runs.
        settings: Its nats-server.conf.
        store: Where it keeps what it keeps.
        logs: Where what it says is kept.

    Attributes:
        program: Its process.
    """

    def __init__(self, machine: Machine, settings: Path, store: Path, logs: Path) -> None:
        self.machine = machine
        self.name = machine.name
        self._store = store
        command = [*DIES_WITH_US, *machine.prefix, BIN / "nats-server", "-c", settings]
        self.program = Kept(self.name, command, logs)

    def ask(self, path: str) -> dict:
        """What its monitoring tells, such as `/jsz`; nothing while it does not answer."""
        # It answers its own machine only.
        question = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{self.machine.ports.monitor}{path}', timeout={ASK_S}).read().decode())"
        command = [*self.machine.prefix, sys.executable, "-c", question]
        answer = subprocess.run(command, check=False, capture_output=True, text=True).stdout
        return json.loads(answer) if answer else {}

    def is_ready(self) -> bool:
        """Whether it says so itself: it knows who leads, and holds what the others hold."""
        return self.ask("/healthz").get("status") == "ok"

    def wipe(self) -> None:
        """Lose all that it keeps, as with its disk; it must not run."""
        shutil.rmtree(self._store / "jetstream")


def start(nodes: Sequence[Node]) -> None:
    """Start all, and wait until they are ready."""
    for node in nodes:
        node.program.start()
    for node in nodes:
        eventually(node.is_ready, START_S)
