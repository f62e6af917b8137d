"""
The door at which boxes are enrolled: TLS on a port of its own, with a certificate of the centre's authority.

Strangers reach it. So nobody gets a worker's thread before the handshake, and a connection ends after one
answer, or after some seconds whatever was said. Where it is full, the last takes the place of the first.
"""

import errno
import ipaddress
import logging
import socket
import ssl
import sys
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

from cheroot.errors import FatalSSLAlert
from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from collector import networks
from collector.broker.authority import Authority
from collector.enrolling.admitting import Admitting
from collector.enrolling.answering import Answering
from collector.enrolling.crowd import Crowd
from collector.enrolling.greeting import Greeting
from collector.errors import AddressUnusable, CollectorError
from mqtt_bridge.wire.enrolment import MAX_APPLICATION_BYTES, SERVER_NAME, Refusal, Why, encode

log = logging.getLogger(__name__)

THREADS, WAITING = 16, 64
HANDSHAKE_S, SILENCE_S, WHOLE_S = 3.0, 5, 10.0
"""So long may a handshake take, may a stranger say nothing after it, and may all that is said take."""
GREETED_OF_ONE, GREETED_IN_ALL = 32, 256
AT_A_TIME = 6
"""Connections of a stranger after the handshake: fewer than threads, so that one alone keeps no box out."""
LOOK_S, RENEW_S = 0.5, 12 * 3600.0
_HEADER_BYTES = 4096
_MALFORMED = encode(Refusal(Why.MALFORMED)).decode()
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
        silence_s: So long may a stranger say nothing.
        whole_s: So long may all that is said take, once hands are shaken.

    Raises:
        AddressUnusable: If nobody can listen there.
        BrokerUnusable: If the centre has no authority, or its files cannot be read or written.
    """

    def __init__(
        self, host: str, port: int, data: Path, *, silence_s: int = SILENCE_S, whole_s: float = WHOLE_S
    ) -> None:
        self._authority = Authority(data)
        self._door = _Door(*self._authority.prepare_enrolment(SERVER_NAME))
        self._stopped = Event()
        own = host if _is_loopback(host) else _ANYWHERE[":" in host]
        _require(own, port)
        self._server = _Server(
            (own, port),
            Answering(Admitting(data)),
            numthreads=THREADS,
            request_queue_size=WAITING,
            timeout=silence_s,
            shutdown_timeout=1,
            accepted_queue_size=WAITING,
            server_name="entrance",
        )
        self._talking = self._server.talking = Crowd(AT_A_TIME, THREADS, whole_s, time.monotonic)
        coming = Crowd(GREETED_OF_ONE, GREETED_IN_ALL, min(HANDSHAKE_S, whole_s), time.monotonic)
        self._greeting = self._server.greeting = Greeting(coming, self._server.process_conn, silence_s)
        self._server.ssl_adapter = self._door
        self._server.max_request_header_size = _HEADER_BYTES
        self._server.max_request_body_size = MAX_APPLICATION_BYTES
        self._server.software = "entrance"
        self._server.prepare()

    def run(self) -> None:
        """Serve until `stop()`."""
        Thread(target=self._look_after, name="enrolment upkeep", daemon=True).start()
        Thread(target=self._greeting.run, name="enrolment greeting", daemon=True).start()
        self._server.serve()

    def stop(self) -> None:
        """Let `run()` end soon. Any thread may call this."""
        self._stopped.set()
        self._greeting.stop()
        self._server.stop()

    def _look_after(self) -> None:
        """End what takes too long, and renew the certificate in good time."""
        pause_s = 0.0
        while not self._stopped.wait(LOOK_S):
            self._talking.end_old()
            pause_s += LOOK_S
            if pause_s >= RENEW_S:
                pause_s = 0.0
                self._renew()

    def _renew(self) -> None:
        try:
            self._door.renew(*self._authority.prepare_enrolment(SERVER_NAME))
        except (CollectorError, OSError) as error:
            log.error("the certificate for enrolling: %s; trying again", error)  # noqa: TRY400 - known


class _Request(HTTPRequest):
    """One request of a connection, whose length is told in advance."""

    close_connection = True

    def read_request_headers(self) -> bool:
        """Read the heads; whether there is anything to answer."""
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        if self.chunked_read or int(self.inheaders.get(b"Content-Length", 0)) < 0:
            self.simple_response("400 Bad Request", _MALFORMED)
            return False
        return True


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request
    is_greeted = False


class _Server(Server):
    """cheroot, whose workers wait for no handshake, and which says what it has to say in our log."""

    ConnectionClass = _Connection
    greeting: Greeting
    talking: Crowd

    def process_conn(self, conn: _Connection) -> None:
        """Have a connection greeted first, and then answered."""
        if conn.is_greeted:
            self.talking.enter(conn.socket, networks.neighbour(conn.remote_addr))
            super().process_conn(conn)
        else:
            conn.is_greeted = True
            self.greeting.take(conn)

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Mistakes of ours are told; strangers who break off or dawdle, only when all is logged."""
        is_ours = level >= logging.ERROR and not isinstance(sys.exc_info()[1], _BROKEN_OFF)
        log.log(level if is_ours else logging.DEBUG, "%s", msg.strip(), exc_info=traceback)


class _Door(BuiltinSSLAdapter):
    """TLS whose handshake comes later."""

    def __init__(self, certificate: Path, key: Path) -> None:
        super().__init__(str(certificate), str(key))
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2

    def renew(self, certificate: Path, key: Path) -> None:
        """Whoever comes from now on sees this certificate."""
        self.context.load_cert_chain(certificate, key)

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        """Take a connection, without a handshake yet."""
        try:
            taken = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        except OSError as error:
            raise FatalSSLAlert(*error.args) from error
        return taken, {"wsgi.url_scheme": "https", "HTTPS": "on"}


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
