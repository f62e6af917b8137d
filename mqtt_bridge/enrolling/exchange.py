"""One question over HTTPS and its answer, which ends in time, whoever is at the other end."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread

from mqtt_bridge.wire.enrolment import SERVER_NAME

SILENCE_S, WHOLE_S = 10.0, 30.0
"""How long the other may say nothing, and how long all of it may take: names, TLS, question and answer."""
LOOK_S = 0.1
Answer = tuple[int, bytes]
"""Status and body."""


class GivenUp(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """
    A question.

    Attributes:
        method: Of HTTP.
        path: Of what is asked for.
        most: Of the answer's body, in bytes.
        body: JSON that is sent; None for nothing.
    """

    method: str
    path: str
    most: int
    body: bytes | None = None

    def held(self, host: str, port: int, context: ssl.SSLContext, is_over: Callable[[], bool]) -> Answer:
        """
        Ask, and wait for the answer for `WHOLE_S` at most.

        A thread of its own asks, and its line is cut when the time is up: whoever sends a letter now and then
        would keep each single wait short enough for ever.

        Args:
            host: Whom to ask.
            port: Likewise.
            context: Who is believed.
            is_over: Whether nobody waits any more; asked each `LOOK_S`.

        Raises:
            GivenUp: If `is_over`.
            OSError, ValueError, http.client.HTTPException: If there is no answer, or none that is one.
        """
        line = _Line(host, port, context)
        told: list[Answer | Exception] = []
        thread = Thread(target=self._ask, args=(line, told.append), name="asking", daemon=True)
        end_s = time.monotonic() + WHOLE_S
        thread.start()
        while not told:
            thread.join(LOOK_S)
            is_late = time.monotonic() > end_s
            if not told and (is_late or is_over()):
                line.cut()
                raise TimeoutError("no whole answer in time") if is_late else GivenUp("given up")
        if isinstance(told[0], Exception):
            raise told[0]
        return told[0]

    def _ask(self, line: "_Line", tell: Callable[[Answer | Exception], None]) -> None:
        kind = {"Content-Type": "application/json"} if self.body is not None else {}
        try:
            line.request(self.method, self.path, self.body, kind)
            with line.getresponse() as answer:
                tell((answer.status, _read(answer, self.most)))
        except Exception as error:  # noqa: BLE001 (raised where it is waited for)
            tell(error)
        finally:
            line.close()


class _Line(http.client.HTTPSConnection):
    """To an address, by TLS with `SERVER_NAME`, wherever that address is."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=SILENCE_S, context=context)
        self._pinned = context
        self._is_cut = False
        self._wire: ssl.SSLSocket | None = None

    def connect(self) -> None:
        """Connect, and prove who is there."""
        bare = socket.create_connection((self.host, self.port), self.timeout)
        try:
            wire = self._pinned.wrap_socket(bare, server_hostname=SERVER_NAME, do_handshake_on_connect=False)
        except BaseException:
            bare.close()
            raise
        self.sock = self._wire = wire
        if self._is_cut:
            raise TimeoutError("connected too late")
        wire.do_handshake()

    def cut(self) -> None:
        """End it under whoever waits on it, from another thread; nothing more is sent."""
        self._is_cut = True
        if self._wire is not None:
            with suppress(OSError):
                # Not its own `shutdown`, which takes TLS away first: the rest would be sent in clear.
                socket.socket.shutdown(self._wire, socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse, most: int) -> bytes:
    """An answer of at most so many bytes."""
    content = bytearray()
    while piece := answer.read1(most + 1 - len(content)):
        content += piece
        if len(content) > most:
            raise http.client.HTTPException(f"an answer of more than {most} bytes")
    if answer.length:
        raise http.client.HTTPException(f"an answer without its last {answer.length} bytes")
    return bytes(content)
