"""All of it: a broker of three nodes, a database, collectors side by side, and doors everywhere."""

import os
import subprocess
from pathlib import Path

from kiosk.credentials import CENTRE
from tests.cluster.databases import Database
from tests.cluster.network import Loopback, Namespaces
from tests.cluster.nodes import DIES_WITH_US, Node, start
from tests.cluster.securing import ByCertificates, InClear
from tests.faults.checks import of_program
from tests.faults.keeping import Kept
from tests.programs import BIN

COLLECTORS = 3
PLACE = "Ủy ban nhân dân phường Chiềng An"


class Nation:
    """
    Everything, in one folder.

    Args:
        folder: Where it lies.
        database: Where the centre stores.
        network: The machines that the nodes run on; all prove themselves by certificates, save on loopback.
        doors: How many there will be.

    Attributes:
        nodes: The broker's.
        collectors: Those that take visits in.
        attend: The one that does the rest.
    """

    def __init__(self, folder: Path, database: Database, network: Loopback | Namespaces, doors: int) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True)
        self.centre = folder / "centre"
        self._spare = folder / "spare"
        self._database = database
        self._centres: list[Kept] = []
        self.network = network
        machines = network.machines
        self._security = ByCertificates(folder, self.centre) if network.can_break else InClear(folder)
        self._security.prepare(machines, doors)
        self.nodes = [
            Node(machine, self._security.settings(machine), self._security.store(machine), self.logs)
            for machine in machines
        ]
        self._nats = [
            f"--nats={self._security.scheme}://{machine.address}:{machine.ports.centre}"
            for machine in machines
        ]
        self.collectors = [self.collector(number) for number in range(1, COLLECTORS + 1)]
        self.attend = self._kept(
            "attend",
            # On loopback they have one address and several ports: there, it knows the first only.
            *("attend", "--mqtt-host", " ".join(dict.fromkeys(machine.address for machine in machines))),
            *("--mqtt-port", str(machines[0].ports.doors)),
            *("--protocol", "3.1.1", *self._security.as_centre),
        )

    @property
    def doors_at(self) -> list[str]:
        """Where doors knock."""
        return [f"{node.machine.address}:{node.machine.ports.doors}" for node in self.nodes]

    @property
    def security(self) -> list[str | Path]:
        """How doors prove themselves, and whom they believe, as options of the fleet."""
        return [*self._security.as_doors(), "--trust", self._spare / CENTRE]

    def start(self) -> None:
        """Start all but the doors, the broker first: what collectors have not asked for, it does not keep."""
        start(self.nodes)
        self._collector("migrate")
        # A box that is never used: by what it is given, doors know the centre's signature.
        self._collector("enrol", "spare", "--place", PLACE, "--folder", str(self._spare))
        for program in (*self.collectors, self.attend):
            program.start()

    def collector(self, number: int) -> Kept:
        """One more that takes visits in; it is not started."""
        return self._kept(f"ingest-{number}", "ingest", "--from", "jetstream", *self._nats)

    def stop(self) -> None:
        """End all programs, the centre's first."""
        programs = [*self._centres, *(node.program for node in self.nodes)]
        for program in programs:
            program.ask_to_end()
        for program in programs:
            program.stop()

    def wrong(self) -> list[str]:
        """What no program of the centre may do, whatever happens around it: end by itself, with a bug's word."""
        return [problem for program in self._centres for problem in of_program(program, self.logs)]

    def _kept(self, name: str, *command: str) -> Kept:
        whole = [*DIES_WITH_US, BIN / "collector", *command, "--data", self.centre]
        self._centres.append(Kept(name, whole, self.logs, COLLECTOR_DATABASE=self._database.url))
        return self._centres[-1]

    def _collector(self, *command: str) -> None:
        done = subprocess.run(
            [BIN / "collector", *command, "--data", self.centre],
            env={**os.environ, "COLLECTOR_DATABASE": self._database.url},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
