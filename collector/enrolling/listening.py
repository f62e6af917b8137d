"""
The door at which boxes are enrolled: TLS on a port of its own, with a certificate of the centre's authority.

Strangers reach it. So nobody is waited for before the handshake but on a worker's thread, a connection ends
after some seconds whatever was said, and an address has but so many at a time.
"""

import collections
import errno
import ipaddress
import logging
import socket
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from weakref import ref

from cheroot.errors import FatalSSLAlert
from cheroot.server import HTTPConnection
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from collector import networks
from collector.broker.authority import Authority
from collector.enrolling.admitting import Admitting
from collector.enrolling.answering import Answering
from collector.errors import AddressUnusable, CollectorError
from mqtt_bridge.wire.enrolment import MAX_APPLICATION_BYTES, SERVER_NAME

log = logging.getLogger(__name__)

THREADS, WAITING = 16, 64
SILENCE_S, WHOLE_S = 5, 20
"""So long may a stranger say nothing, and so long may all that is said take."""
AT_A_TIME = 8
"""Connections of a network: fewer than threads, so that one stranger keeps no box out."""
LOOK_S, RENEW_S = 1.0, 12 * 3600.0
_HEADER_BYTES = 4096
_BROKEN_OFF = (ssl.SSLError, ConnectionError, TimeoutError)
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - boxes come from anywhere
"""Of IPv4; and of both, where boxes come by IPv6."""
_REMEDIES = {
    errno.EADDRINUSE: "another program listens there; choose another port with --enrolment",
    errno.EACCES: "not allowed; choose a port above 1023 with --enrolment",
}


class Listener:
    """
    Listens for boxes, bound at once, served by `run()`. Implements `collector.serving.Work`.

    Args:
        host: Where boxes reach it; on all addresses of this machine, but for one of loopback.
        port: TCP port.
        data: The data folder, with the authority.
        clock: Seconds that never jump.

    Raises:
        AddressUnusable: If nobody can listen there.
        BrokerUnusable: If the centre has no authority, or its files cannot be read or written.
    """

    def __init__(self, host: str, port: int, data: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._authority = Authority(data)
        self._door = _Door(*self._authority.prepare_enrolment(SERVER_NAME), clock)
        self._stopped = Event()
        own = host if _is_loopback(host) else _ANYWHERE[":" in host]
        _require(own, port)
        self._server = _Server(
            (own, port),
            Answering(Admitting(data)),
            numthreads=THREADS,
            request_queue_size=WAITING,
            timeout=SILENCE_S,
            shutdown_timeout=1,
            accepted_queue_size=WAITING,
        )
        self._server.ssl_adapter = self._door
        self._server.max_request_header_size = _HEADER_BYTES
        self._server.max_request_body_size = MAX_APPLICATION_BYTES
        self._server.software = "entrance"
        self._server.prepare()

    def run(self) -> None:
        """Serve until `stop()`."""
        Thread(target=self._look_after, name="enrolment upkeep", daemon=True).start()
        self._server.serve()

    def stop(self) -> None:
        """Let `run()` end soon. Any thread may call this."""
        self._stopped.set()
        self._server.stop()

    def _look_after(self) -> None:
        """End what takes too long, and renew the certificate in good time."""
        pause_s = 0.0
        while not self._stopped.wait(LOOK_S):
            self._door.end_old()
            pause_s += LOOK_S
            if pause_s >= RENEW_S:
                pause_s = 0.0
                self._renew()

    def _renew(self) -> None:
        try:
            self._door.renew(*self._authority.prepare_enrolment(SERVER_NAME))
        except (CollectorError, OSError) as error:
            log.error("the certificate for enrolling: %s; trying again", error)  # noqa: TRY400 - known


class _Connection(HTTPConnection):
    """A connection whose handshake is a worker's business: who dawdles holds up nobody at the door."""

    def communicate(self) -> bool:
        """Answer a request; whether another may follow. Who cannot shake hands gets no answer."""
        try:
            self.socket.do_handshake()
        except OSError:
            return False
        return bool(super().communicate())  # type: ignore[no-untyped-call]


class _Server(Server):
    """cheroot, which says what it has to say in our log."""

    ConnectionClass = _Connection

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Mistakes of ours are told; strangers who break off or dawdle, only when all is logged."""
        is_ours = level >= logging.ERROR and not isinstance(sys.exc_info()[1], _BROKEN_OFF)
        log.log(level if is_ours else logging.DEBUG, "%s", msg.strip(), exc_info=traceback)


class _Door(BuiltinSSLAdapter):
    """TLS whose handshake comes later, and which knows what is open, and since when."""

    def __init__(self, certificate: Path, key: Path, clock: Callable[[], float]) -> None:
        super().__init__(str(certificate), str(key))
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._clock = clock
        self._lock = Lock()
        self._open: collections.deque[tuple[float, str, ref[socket.socket]]] = collections.deque()

    def renew(self, certificate: Path, key: Path) -> None:
        """Whoever comes from now on sees this certificate."""
        self.context.load_cert_chain(certificate, key)

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        """Take a connection, without a handshake yet."""
        try:
            whose = networks.of(str(sock.getpeername()[0]))
            if self._number(whose) >= AT_A_TIME:
                sock.close()
                raise FatalSSLAlert("too many of one address")
            taken = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        except OSError as error:
            raise FatalSSLAlert(*error.args) from error
        with self._lock:
            self._open.append((self._clock() + WHOLE_S, whose, ref(taken)))
        return taken, {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def end_old(self) -> None:
        """Close what was opened too long ago."""
        with self._lock:
            while self._open and (self._open[0][0] <= self._clock() or not _is_open(self._open[0][2])):
                _, _, old = self._open.popleft()
                _close(old)

    def _number(self, whose: str) -> int:
        with self._lock:
            return sum(network == whose and _is_open(one) for _, network, one in self._open)


def _is_open(one: "ref[socket.socket]") -> bool:
    found = one()
    return found is not None and found.fileno() >= 0


def _close(one: "ref[socket.socket]") -> None:
    found = one()
    if found is None:
        return
    try:
        # Not that of SSLSocket, which forgets the session that a worker is reading from.
        socket.socket.shutdown(found, socket.SHUT_RDWR)
    except OSError:
        pass


def _require(host: str, port: int) -> None:
    """Raise `AddressUnusable` if nobody can listen there; cheroot would not say why."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            remedy = _REMEDIES.get(error.errno or 0, f"{error.strerror}; choose another with --enrolment")
            raise AddressUnusable(f"enrolment at {host}:{port}: {remedy}") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
