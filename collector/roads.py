"""Where visits come from: a broker by MQTT, or the stream of a NATS cluster."""

from collections.abc import Sequence
from dataclasses import dataclass, field

SECURE = "tls://"
"""How addresses of NATS begin that are reached by TLS."""


@dataclass(frozen=True, slots=True)
class Mqtt:
    """
    A broker by MQTT.

    Attributes:
        hosts: Its addresses; of a cluster, those of its nodes, which are tried one after the other.
        port: Its TCP port.
        client_id: The name under which it keeps our session.
        protocol: `5` or `3.1.1`.
        tls: Whether by TLS, with the centre's certificate.
    """

    hosts: Sequence[str]
    port: int
    client_id: str
    protocol: str
    tls: bool = False


@dataclass(frozen=True, slots=True)
class JetStream:
    """
    A NATS cluster.

    Attributes:
        servers: Addresses of nodes; by TLS, with the centre's certificate, where they begin with `tls://`.
        durable: The consumer that all collectors share.
    """

    servers: Sequence[str] = field(repr=False)
    durable: str
