"""
What Mosquitto is told: how to listen, and who may say and hear what.

TLS is the only way in. A client's name is its certificate's, and so is its client id: a box that asks for the
id of another, or of the centre, gets its own, and can neither take over a session nor push anybody out. Each
name therefore has one connection at a time; a second one ends the first.

A revoked box has `topic deny #`, which Mosquitto heeds before any pattern.
"""

from collections.abc import Iterable

from collector.broker import shelf
from collector.broker.settings import Settings
from collector.broker.shelf import STATE, Shelf
from mqtt_bridge import topics
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire import MAX_SIGNED_BYTES

CENTRE = "collector"
"""The centre's name to the broker. No kiosk may have it."""
UP = (
    Channel.VISIT,
    Channel.VISITS,
    Channel.AVAILABILITY,
    Channel.HEALTH,
    Channel.RENEWAL,
    Channel.REPLY,
    Channel.SUPPORT,
)
"""What a kiosk says and the centre hears."""
DOWN = (
    Channel.RECEIPT,
    Channel.CONFIG,
    Channel.NEIGHBOURS,
    Channel.COMMAND,
    Channel.CERTIFICATE,
)
"""What the centre says and a kiosk hears."""
HEARD_BESIDE = (Channel.VISIT, Channel.VISITS)
SAID_BESIDE = (Channel.RECEIPT, Channel.NEIGHBOURS)
"""What a collector beside the centre hears and says."""
PACKET_BYTES = MAX_SIGNED_BYTES + 8 * 1024
"""The longest configuration, with its topic and properties."""


def configuration(folder: Shelf, settings: Settings) -> bytes:
    """
    `mosquitto.conf`.

    What waits for a centre that is away is bounded: doors send again what was dropped. More than 20 messages
    on the way at once matter to a centre on MQTT 3.1.1, which cannot ask for them itself. Nothing is logged
    of what messages hold.
    """
    state = folder.folder / STATE
    return f"""\
# Written by `collector broker`, which writes it anew: change it with its options.
user {settings.user}
pid_file {folder.pid}

allow_anonymous false
acl_file {folder.path(shelf.ACCESS)}

set_tcp_nodelay true
max_packet_size {PACKET_BYTES}
max_inflight_messages 500
max_queued_messages 100000
persistent_client_expiration 30d
persistence true
persistence_location {state}/
autosave_interval 300

log_dest stderr
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S

listener {settings.port}{f" {settings.address}" if settings.address else ""}
tls_version tlsv1.2
cafile {folder.path(shelf.CA_CERTIFICATE)}
certfile {folder.path(shelf.SERVER_CERTIFICATE)}
keyfile {folder.path(shelf.SERVER_KEY)}
crlfile {folder.path(shelf.REVOKED_LIST)}
require_certificate true
use_identity_as_username true
use_username_as_clientid true
""".encode()


def access(revoked: Iterable[str], collectors: int = 0) -> bytes:
    """
    `access.acl`.

    Args:
        revoked: Names of kiosks that may say and hear nothing.
        collectors: How many stand beside the centre; they hear visits only.
    """
    lines = ["# Written by `collector broker` and `collector revoke`."]
    for kiosk in revoked:
        lines += [f"user {kiosk}", "topic deny #"]
    lines += [f"user {CENTRE}"]
    lines += [f"topic read {topics.everyone(channel)}" for channel in UP]
    lines += [f"topic write {topics.everyone(channel)}" for channel in DOWN]
    for number in range(1, collectors + 1):
        lines += [f"user {shelf.collector_name(number)}"]
        lines += [f"topic read {topics.everyone(channel)}" for channel in HEARD_BESIDE]
        lines += [f"topic write {topics.everyone(channel)}" for channel in SAID_BESIDE]
    lines += [f"pattern write {topics.own('%u', channel)}" for channel in UP]
    lines += [f"pattern read {topics.own('%u', channel)}" for channel in DOWN]
    return ("\n".join(lines) + "\n").encode()
