"""The handshakes of strangers, all on one thread: who dawdles over one keeps no worker."""

import logging
import selectors
import socket
import ssl
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from cheroot.server import HTTPConnection

from collector import networks
from collector.enrolling.crowd import Crowd

log = logging.getLogger(__name__)

LOOK_S = 0.5
_WANTS = {ssl.SSLWantReadError: selectors.EVENT_READ, ssl.SSLWantWriteError: selectors.EVENT_WRITE}


class Greeting:
    """
    Shakes hands, and hands on who has done so.

    Args:
        crowd: Where connections wait for that.
        greeted: Called with each that is ready.
        silence_s: So long may those say nothing.
    """

    def __init__(self, crowd: Crowd, greeted: Callable[[Any], None], silence_s: float) -> None:
        self._crowd = crowd
        self._greeted = greeted
        self._silence_s = silence_s
        self._come: SimpleQueue[HTTPConnection | None] = SimpleQueue()
        self._ear, self._bell = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(self._ear, selectors.EVENT_READ)

    def take(self, connection: HTTPConnection) -> None:
        """Greet a connection soon. Any thread may call this."""
        connection.socket.setblocking(False)
        self._crowd.enter(connection.socket, networks.neighbour(connection.remote_addr))
        self._put(connection)

    def stop(self) -> None:
        """Let `run()` end soon. Any thread may call this."""
        self._put(None)

    def run(self) -> None:
        """Greet until `stop()`."""
        try:
            while self._turn():
                self._crowd.end_old()
        finally:
            for key in list(self._waiting.get_map().values()):
                if key.data is not None:
                    key.data.close()
            self._waiting.close()
            self._ear.close()
            self._bell.close()

    def _put(self, connection: HTTPConnection | None) -> None:
        self._come.put(connection)
        try:
            self._bell.send(b"!")
        except OSError:  # rung already, or nobody listens any more
            pass

    def _turn(self) -> bool:
        """Whether there is to be another."""
        for key, _ in self._waiting.select(LOOK_S):
            if key.data is None:
                self._ear.recv(4096)
            else:
                self._waiting.unregister(key.fileobj)
                self._shake(key.data)
        while not self._come.empty():
            connection = self._come.get()
            if connection is None:
                return False
            self._shake(connection)
        return True

    def _shake(self, connection: Any) -> None:
        line = connection.socket
        try:
            line.do_handshake()
        except tuple(_WANTS) as wanted:
            self._waiting.register(line, _WANTS[type(wanted)], connection)
            return
        except (OSError, ValueError) as error:
            log.debug("no handshake: %s", error)
            connection.close()
            return
        self._crowd.leave(line)
        line.settimeout(self._silence_s)
        self._greeted(connection)
