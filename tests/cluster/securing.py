"""How all prove to each other who they are: not at all, or by certificates of the centre's own authority."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from collector.broker.authority import Authority
from collector.broker.settings import Settings
from tests.cluster.network import Machine
from tests.fleet import names


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
    def settings(self, machine: Machine, store: Path) -> Path:
        """The nats-server.conf of a node that keeps what it keeps in `store`."""

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

    def settings(self, machine: Machine, store: Path) -> Path:
        here, ports = machine.address, machine.ports
        routes = ", ".join(f'"nats://{other.address}:{other.ports.nodes}"' for other in self._machines)
        file = self._folder / f"{machine.name}.conf"
        file.write_text(
            f"server_name: {machine.name}\nlisten: {here}:{ports.centre}\nhttp: {here}:{ports.monitor}\n"
            f'max_payload: 1MB\njetstream {{ store_dir: "{store}", sync_interval: always }}\n'
            f"cluster {{ name: doors, listen: {here}:{ports.nodes}, routes: [ {routes} ], ping_interval: 3s, ping_max: 2 }}\n"
            f"mqtt {{ listen: {here}:{ports.doors}, ack_wait: 30s, max_ack_pending: 1000, stream_replicas: 3 }}\n"
        )
        return file

    def as_doors(self) -> list[str | Path]:
        return ["--clear"]


class ByCertificates(InClear):
    """
    All prove themselves with certificates that the centre signed.

    Args:
        folder: Where the settings of the nodes are written.
        centre: The centre's data folder.
    """

    scheme = "tls"
    as_centre = ("--mqtt-tls",)

    def __init__(self, folder: Path, centre: Path) -> None:
        super().__init__(folder)
        self._authority = Authority(centre)
        self._doors = folder / "doors"

    def prepare(self, machines: Sequence[Machine], doors: int) -> None:
        super().prepare(machines, doors)
        hosts = tuple(machine.address for machine in machines)
        self._authority.prepare(Settings(hosts=hosts, port=machines[0].ports.doors, address="", user="root"))
        self._doors.mkdir()
        (self._doors / "ca.crt").write_bytes(self._authority.ca_pem())
        for name in names(doors):
            key, certificate = self._authority.issue_kiosk(name)
            (self._doors / f"{name}.pem").write_bytes(certificate + key)

    def settings(self, machine: Machine, store: Path) -> Path:
        file = super().settings(machine, store)
        shelf = self._authority.shelf.folder
        tls = f'tls {{ cert_file: "{shelf}/server.crt", key_file: "{shelf}/server.key", ca_file: "{shelf}/ca.crt", verify: true }}'
        text = file.read_text().replace("stream_replicas: 3 }", f"stream_replicas: 3, {tls} }}")
        file.write_text(f"{tls}\n{text}")
        return file

    def as_doors(self) -> list[str | Path]:
        return ["--certificates", self._doors]
