"""The nodes of a NATS cluster: how each is reached."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from collector.broker.hosts import LOOPBACK, is_anywhere

MQTT_PORT, CLIENT_PORT, CLUSTER_PORT, MONITOR_PORT = 8883, 4222, 6222, 8222
STORE_GB = 8
FIRST = "n1"


@dataclass(frozen=True, slots=True)
class Node:
    """
    One nats-server.

    Attributes:
        name: Its name among the nodes.
        hosts: Names and addresses under which boxes, collectors and the other nodes reach it; at least one.
        address: The address that it listens on; empty for all.
        port: Its TCP port for boxes, by MQTT.
        client_port: For collectors.
        cluster_port: For the other nodes.
        monitor_port: For whoever watches it, on its own machine only.
        store_gb: So many gigabytes it keeps at most; then nothing is acknowledged.
    """

    name: str
    hosts: tuple[str, ...]
    address: str = ""
    port: int = MQTT_PORT
    client_port: int = CLIENT_PORT
    cluster_port: int = CLUSTER_PORT
    monitor_port: int = MONITOR_PORT
    store_gb: int = STORE_GB

    def every_host(self) -> tuple[str, ...]:
        """All that its certificate is for: its own machine reaches it by loopback too."""
        return (*self.hosts, *(() if is_anywhere(self.address) else (self.address,)), *LOOPBACK)

    def from_here(self) -> tuple[str, int]:
        """Host and port under which the centre's machine reaches it by MQTT."""
        return (self.hosts[0] if is_anywhere(self.address) else self.address), self.port

    @property
    def route(self) -> str:
        """Under which address the other nodes reach it."""
        host = self.hosts[0]
        return f"tls://{f'[{host}]' if ':' in host else host}:{self.cluster_port}"

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """As `asdict` wrote it; raises `KeyError`, `TypeError` or `ValueError`."""
        ports = {name: int(told[name]) for name in ("port", "client_port", "cluster_port", "monitor_port")}
        hosts = tuple(str(host) for host in told["hosts"])
        store_gb = int(told.get("store_gb", STORE_GB))
        return cls(
            name=str(told["name"]), hosts=hosts, address=str(told["address"]), store_gb=store_gb, **ports
        )


def written(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    """Nodes as they are kept."""
    return [asdict(node) for node in nodes]


def replicas(nodes: Sequence[Node]) -> int:
    """On how many nodes each message is kept: on three, where there are so many."""
    return 3 if len(nodes) >= 3 else 1  # noqa: PLR2004 - a majority of two would need both
