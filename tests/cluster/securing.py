"""How all prove to each other who they are: not at all, or by certificates of the centre's own authority."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from collector.broker.authority import Authority
from tests.cluster.network import Machine
from tests.fleet import names
from tests.programs import BIN


class Security(ABC):
    """
    What it takes for doors, nodes and collectors to talk.

    Attributes:
        scheme: With what addresses of nodes begin, for collectors.
        as_centre: How the centre proves itself to the broker, as options of `collector attend`.
    """

    scheme: str
    as_centre: Sequence[str] = ()

    @abstractmethod
    def prepare(self, machines: Sequence[Machine], doors: int) -> None:
        """Make whatever is needed, once, for these nodes and so many doors."""

    @abstractmethod
    def settings(self, machine: Machine) -> Path:
        """The nats-server.conf of a node."""

    @abstractmethod
    def store(self, machine: Machine) -> Path:
        """Where a node keeps what it keeps."""

    @abstractmethod
    def as_doors(self) -> list[str | Path]:
        """How doors prove themselves, as options of `mqtt-bridge fleet`."""


class InClear(Security):
    """
    Nobody proves anything: on one machine only, to try things out.

    Args:
        folder: Where the settings of the nodes are written.
    """

    scheme = "nats"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._machines: Sequence[Machine] = ()

    def prepare(self, machines: Sequence[Machine], doors: int) -> None:
        self._machines = machines

    def store(self, machine: Machine) -> Path:
        return self._folder / machine.name

    def settings(self, machine: Machine) -> Path:
        here, ports = machine.address, machine.ports
        routes = ", ".join(f'"nats://{other.address}:{other.ports.nodes}"' for other in self._machines)
        file = self._folder / f"{machine.name}.conf"
        file.write_text(
            f"server_name: {machine.name}\nlisten: {here}:{ports.centre}\nhttp: 127.0.0.1:{ports.monitor}\n"
            f'max_payload: 1MB\njetstream {{ store_dir: "{self.store(machine)}", sync_interval: always }}\n'
            f"cluster {{ name: doors, listen: {here}:{ports.nodes}, routes: [ {routes} ], ping_interval: 3s, ping_max: 2 }}\n"
            f"mqtt {{ listen: {here}:{ports.doors}, ack_wait: 30s, max_ack_pending: 1000, stream_replicas: 3 }}\n"
        )
        return file

    def as_doors(self) -> list[str | Path]:
        return ["--clear"]


class ByCertificates(Security):
    """
    All prove themselves with certificates that the centre signed, by the files that it writes: docs/cluster.md.

    Args:
        folder: Where the doors' certificates are written.
        centre: The centre's data folder.
    """

    scheme = "tls"
    as_centre = ("--mqtt-tls",)

    def __init__(self, folder: Path, centre: Path) -> None:
        self._centre = centre
        self._doors = folder / "doors"

    def prepare(self, machines: Sequence[Machine], doors: int) -> None:
        for machine in machines:
            here = ("--host", machine.address, "--listen", machine.address)
            self._broker("--engine", "nats", "--node", machine.name, *here)
        authority = Authority(self._centre)
        self._doors.mkdir()
        (self._doors / "ca.crt").write_bytes(authority.ca_pem())
        for name in names(doors):
            key, certificate = authority.issue_kiosk(name)
            (self._doors / f"{name}.pem").write_bytes(certificate + key)
        # Whom they let in stands in the nodes' files.
        self._broker()

    def settings(self, machine: Machine) -> Path:
        return self._node(machine) / "nats-server.conf"

    def store(self, machine: Machine) -> Path:
        return self._node(machine) / "state"

    def as_doors(self) -> list[str | Path]:
        return ["--certificates", self._doors]

    def _node(self, machine: Machine) -> Path:
        return self._centre / "broker" / "nodes" / machine.name

    def _broker(self, *options: str) -> None:
        command = [BIN / "collector", "broker", "--data", self._centre, *options]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
