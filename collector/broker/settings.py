"""How the broker is reached and as whom it runs; kept, so that the command need not be told again."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Self

from collector.broker import nodes, shelf
from collector.broker.errors import BrokerUnusable
from collector.broker.hosts import LOOPBACK, is_anywhere
from collector.broker.nodes import Node
from collector.broker.shelf import Shelf
from mqtt_bridge.wire.enrolment import MOST_HOSTS

MOSQUITTO, NATS = "mosquitto", "nats"


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What the broker's files are made from.

    Attributes:
        hosts: Names and addresses under which the boxes reach it; at least one.
        port: Its TCP port.
        address: The address that it listens on; empty for all.
        user: The user that it runs as.
        collectors: How many collectors beside the centre have certificates of their own: a Mosquitto lets one
            name in once.
        nodes: Of a NATS cluster; none where a Mosquitto is the broker, of which the rest tells.
    """

    hosts: tuple[str, ...]
    port: int
    address: str
    user: str
    collectors: int = 0
    nodes: tuple[Node, ...] = ()

    @property
    def engine(self) -> str:
        """Which broker that is."""
        return NATS if self.nodes else MOSQUITTO

    def every_host(self) -> tuple[str, ...]:
        """All that its certificate is for, or those of its nodes: this machine reaches it by loopback too."""
        if self.nodes:
            return tuple(dict.fromkeys(host for node in self.nodes for host in node.every_host()))
        return (*self.hosts, *(() if is_anywhere(self.address) else (self.address,)), *LOOPBACK)

    def for_boxes(self) -> tuple[tuple[str, ...], int]:
        """
        Hosts and the port under which boxes reach it.

        Of a NATS, one host of each node, as many as a box takes; a node with another port than the first is
        left out, since a box has one port for all.
        """
        if not self.nodes:
            return self.hosts, self.port
        port = self.nodes[0].port
        hosts = dict.fromkeys(node.hosts[0] for node in self.nodes if node.port == port)
        return tuple(hosts)[:MOST_HOSTS], port

    def port_of(self, host: str) -> int:
        """The port at which a host is reached that may be one of its names."""
        return next((node.port for node in self.nodes if host in node.every_host()), self.for_boxes()[1])

    @property
    def protocol(self) -> Literal["5", "3.1.1"]:
        """The newest MQTT that it speaks."""
        return "3.1.1" if self.nodes else "5"

    def from_here(self) -> list[tuple[str, int]]:
        """Hosts and ports under which this machine reaches it; of NATS, all nodes."""
        if self.nodes:
            return [node.from_here() for node in self.nodes]
        return [("127.0.0.1" if is_anywhere(self.address) else self.address, self.port)]

    def encode(self) -> bytes:
        """As they are kept."""
        told: dict[str, Any] = {
            "hosts": self.hosts,
            "port": self.port,
            "address": self.address,
            "user": self.user,
        }
        if self.collectors:
            told["collectors"] = self.collectors
        if self.nodes:
            told["nodes"] = nodes.written(self.nodes)
        return f"{json.dumps(told, indent=1)}\n".encode()

    @classmethod
    def read(cls, folder: Shelf) -> Self | None:
        """
        Those of a folder; None where there are none yet.

        Raises:
            BrokerUnusable: If they cannot be read.
        """
        text = folder.read(shelf.SETTINGS)
        if text is None:
            return None
        try:
            found = json.loads(text)
            return cls(
                hosts=tuple(str(host) for host in found["hosts"]),
                port=int(found["port"]),
                address=str(found["address"]),
                user=str(found["user"]),
                collectors=int(found.get("collectors", 0)),
                nodes=tuple(Node.read(one) for one in found.get("nodes", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            path = folder.path(shelf.SETTINGS)
            raise BrokerUnusable(
                f"file {path}: damaged; remove it and run `collector broker` anew"
            ) from error
