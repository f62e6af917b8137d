"""
A box shut out while it is connected, and the proof of it at the broker's own door.

What Mosquitto 2.0.11 was seen to do on SIGHUP, within half a second:

- The list of revoked certificates is read anew, into a new TLS context: new connections with a listed
  certificate are refused, also those that would resume an older TLS session by its ticket. A list that has
  run out locks everybody out.
- The access list is read anew and holds for clients that are connected: with `topic deny #` every publish of
  theirs is answered with 0x87, their last will is dropped, and nothing is delivered to them.
- The broker's certificate is read anew. The listener's port is not: that takes a restart.
- No client is disconnected, and none that stays connected is held against the list of revoked certificates.

So the access list makes a box mute and deaf at once, and the list of revoked certificates keeps it from
coming back, but its connection would stay, and would speak again once its name is let in again. With
`use_username_as_clientid` a name has one connection: a second ends the first. So we connect under the box's
name ourselves, with a certificate of ten minutes, and leave; that also ends its session and what was queued
for it. Before that we wait until another such certificate, which is on the list, is refused: only then can
the box not slip in again.

A nats-server (2.15.1) that reads its files anew disconnects whom they do not name any more. Whether it has
read them, the certificate shows that they name as a newcomer.
"""

import socket
import ssl
import time
from enum import Enum, auto
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from collector.broker.authority import Authority, Credentials, Knock
from collector.broker.errors import BrokerUnusable, RevocationUnproven
from collector.broker.settings import Settings
from collector.broker.telling import Told, tell

PATIENCE_S = 10.0
"""How long the broker may take to act on what it was told."""
_KNOCK_S = 5.0
_AGAIN_S = 0.1
_WELCOME = b"\x20\x02\x00\x00"
_GOODBYE = b"\xe0\x00"


class Outcome(Enum):
    """What has become of a revoked box."""

    OUT = auto()
    """Its connection is closed and it cannot come back: seen at the broker."""
    AT_START = auto()
    """No broker runs here; one that starts with these files will refuse it."""


class _Answer(Enum):
    IN = auto()
    REFUSED = auto()
    AWAY = auto()


def revoke(
    data: Path,
    kiosk: str,
    *,
    reload_command: str = "",
    broker: tuple[str, int] | None = None,
    patience_s: float = PATIENCE_S,
) -> Outcome:
    """
    Revoke a box, tell the broker, and see that it acts on it. Blocks until then.

    Args:
        data: The data folder.
        kiosk: The box's name.
        reload_command: Tells the broker, where a signal to its process cannot.
        broker: Host and port, where it is not on this machine.
        patience_s: How long the broker may take.

    Raises:
        CertificateRefused: If the name is of no box that has a certificate.
        BrokerUnusable: If the files cannot be written, or the command fails.
        RevocationUnproven: If the files say so, but the broker was not seen to act on them.
    """
    authority = Authority(data)
    settings = Settings.read(authority.shelf)
    if settings is None:
        raise BrokerUnusable(f"folder {authority.shelf.folder}: no broker's; run `collector broker` first")
    knock = authority.revoke(kiosk)
    told = tell(authority.shelf, reload_command)
    addresses = [broker] if broker else settings.from_here()
    if told is Told.NOT_RUNNING and broker is None and not (settings.nodes and any(map(_answers, addresses))):
        return Outcome.AT_START
    staying = [
        address for address in addresses if not _is_out(knock, address, authority.ca_pem(), patience_s)
    ]
    if not staying:
        return Outcome.OUT
    where = ", ".join(f"{host}:{port}" for host, port in staying)
    remedy = "see that it runs with these files, or tell it with --reload"
    if told is Told.NOT_ALLOWED:
        remedy = "run this as root, or tell the broker with --reload"
    raise RevocationUnproven(
        f'kiosk "{kiosk}": revoked in the files, but the broker at {where} was not seen to act on it '
        f"within {patience_s:g} s; {remedy}"
    )


def _is_out(knock: Knock, address: tuple[str, int], ca_pem: bytes, patience_s: float) -> bool:
    """Wait until the listed certificate is refused and the other one was let in after it."""
    listed, valid = (_context(ca_pem, one) for one in (knock.revoked, knock.valid))
    deadline_s = time.monotonic() + patience_s
    pause = Event()
    while True:
        is_refused = _knock(address, listed, knock.name) is _Answer.REFUSED
        if is_refused and _knock(address, valid, knock.name) is _Answer.IN:
            return True
        if time.monotonic() > deadline_s:
            return False
        pause.wait(_AGAIN_S)


def _answers(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, _KNOCK_S).close()
    except OSError:
        return False
    return True


def _context(ca_pem: bytes, credentials: Credentials) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=ca_pem.decode("ascii"))
    # Then every refusal is told after the handshake, when the broker has proved who it is.
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with TemporaryDirectory() as folder:
        file = Path(folder) / "pair.pem"
        file.touch(mode=0o600)
        file.write_bytes(credentials.key + credentials.certificate)
        context.load_cert_chain(file)
    return context


def _knock(address: tuple[str, int], context: ssl.SSLContext, name: str) -> _Answer:
    """Connect under a box's name, in MQTT 3.1.1 with a clean session, and leave again."""
    client = name.encode("ascii")
    body = b"\x00\x04MQTT\x04\x02\x00\x3c" + len(client).to_bytes(2, "big") + client
    try:
        line = socket.create_connection(address, _KNOCK_S)
    except OSError:
        return _Answer.AWAY
    with line:
        try:
            with context.wrap_socket(line, server_hostname=address[0]) as door:
                door.sendall(bytes((0x10, len(body))) + body)
                answer = door.recv(len(_WELCOME))
                if answer == _WELCOME:
                    door.sendall(_GOODBYE)
                    return _Answer.IN
        except (ssl.SSLCertVerificationError, TimeoutError):
            return _Answer.AWAY
        except OSError:
            return _Answer.REFUSED
    return _Answer.REFUSED
