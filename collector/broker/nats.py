"""
What nats-server is told: how to listen, where to keep what came, and who may say and hear what.

TLS is the only way in, for boxes by MQTT, for collectors by NATS's own protocol, and between nodes. NATS
reads no list of revoked certificates: whom it lets in stands in `nats-users.conf`. Each certificate names
itself by its serial number, and one that does not stand there is nobody's. A node takes another for one by
its key, since every box has a certificate of the same authority.

A box may say and hear what is its own, by MQTT at QoS 0 or 1, and nothing of what NATS keeps inside.
"""

from collections.abc import Iterable, Mapping, Sequence

from collector import gateway
from collector.broker import shelf
from collector.broker.mosquitto import CENTRE, DOWN, PACKET_BYTES, UP
from collector.broker.nodes import Node, replicas
from collector.broker.shelf import Shelf
from mqtt_bridge import topics

CLUSTER = "entrance-kiosk"
_HANDSHAKE_S = 10
_FORGET = "24h"
"""After so long without its client, a kept subscription of QoS 1 goes: each costs all nodes a queue."""


def identity(kiosk: str, serial: int) -> str:
    """What a box's certificate calls its holder, and what NATS knows it by."""
    return f"urn:entrance-kiosk:{kiosk}:{serial:x}"


def configuration(folder: Shelf, node: Node, nodes: Sequence[Node], keys: Iterable[str]) -> bytes:
    """
    `nats-server.conf` of a node.

    What is acknowledged is on the disk, of all nodes that keep it: doors wait for that, and it costs little
    where many wait at once. A node that is cut off notices within seconds, and so do the others. Nobody needs
    QoS 2, of which a node keeps what is begun and never ended.

    Args:
        folder: Where its files lie, here or there.
        node: Itself.
        nodes: All of them.
        keys: SHA-256 of the public keys of all nodes, in hexadecimal.
    """
    at = {file.name.rpartition("/")[2]: folder.path(file) for file in shelf.of_node(node.name)}
    state = folder.folder / shelf.node_state(node.name)
    listen = node.address or "0.0.0.0"  # noqa: S104 - as the user wished
    shown = f"[{listen}]" if ":" in listen else listen
    tls = f'cert_file: "{at["server.crt"]}", key_file: "{at["server.key"]}", ca_file: "{at["ca.crt"]}"'
    let_in = f"tls {{ {tls}, verify_and_map: true, timeout: {_HANDSHAKE_S} }}"
    cluster = f"""
cluster {{
  name: {CLUSTER}
  listen: "{shown}:{node.cluster_port}"
  routes: [ {", ".join(f'"{one.route}"' for one in nodes)} ]
  ping_interval: "3s", ping_max: 2
  tls {{
    cert_file: "{at["node.crt"]}", key_file: "{at["node.key"]}", ca_file: "{at["ca.crt"]}"
    verify: true, timeout: {_HANDSHAKE_S}
    pinned_certs: [ {", ".join(f'"{key}"' for key in keys)} ]
  }}
}}
"""
    return f"""\
# Written by `collector broker`, which writes it anew: change it with its options.
server_name: {node.name}
pid_file: "{state}/nats-server.pid"
max_payload: {PACKET_BYTES}
http: "127.0.0.1:{node.monitor_port}"

listen: "{shown}:{node.client_port}"
{let_in}
include "nats-users.conf"

jetstream {{ store_dir: "{state}", sync_interval: always, max_file_store: {node.store_gb}GB }}

mqtt {{
  listen: "{shown}:{node.port}"
  ack_wait: "30s", max_ack_pending: 1000, stream_replicas: {replicas(nodes)}
  reject_qos2_publish: true, downgrade_qos2_subscribe: true, consumer_inactive_threshold: "{_FORGET}"
  {let_in}
}}
{cluster if len(nodes) > 1 else ""}""".encode()


def users(valid: Mapping[str, Iterable[int]]) -> bytes:
    """
    `nats-users.conf`.

    Args:
        valid: The serial numbers of the certificates that hold, by kiosk.
    """
    hears = [*(gateway.subject(topics.everyone(channel)) for channel in UP), "$MQTT.sub.>", "_INBOX.>"]
    says = [*(gateway.subject(topics.everyone(channel)) for channel in DOWN), *gateway.ASKED]
    lines = [_user(f"CN={CENTRE}", ("STANDARD", "MQTT"), says, hears)]
    for kiosk, serials in sorted(valid.items()):
        says, hears = (
            [gateway.subject(topics.own(kiosk, one)) for one in channels] for channels in (UP, DOWN)
        )
        lines += [_user(identity(kiosk, serial), ("MQTT",), says, hears) for serial in sorted(serials)]
    head = "# Written by `collector broker`, and by all that lets boxes in and out."
    return "\n".join([head, "authorization { users: [", *lines, "] }", ""]).encode()


def _user(name: str, ways: Iterable[str], says: Iterable[str], hears: Iterable[str]) -> str:
    publish, subscribe, types = (", ".join(f'"{one}"' for one in those) for those in (says, hears, ways))
    return (
        f'{{ user: "{name}", allowed_connection_types: [{types}], permissions: '
        f"{{ publish: {{ allow: [{publish}] }}, subscribe: {{ allow: [{subscribe}] }} }} }}"
    )
