"""
The two answers that a stranger gets at the door where boxes are enrolled, and none of the pages.

What is refused says why in one word, and nothing else depends on what was sent. Who asks too often waits.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Protocol

from django.db import DatabaseError, connections
from django.http import HttpRequest
from django.utils import timezone
from django_ratelimit.core import get_usage

from collector import networks
from collector.errors import CollectorError
from mqtt_bridge.wire import BadMessage
from mqtt_bridge.wire.enrolment import (
    AUTHORITY_PATH,
    ENROL_PATH,
    MAX_APPLICATION_BYTES,
    Admission,
    Application,
    Refusal,
    Why,
    decode_application,
    encode,
)

log = logging.getLogger(__name__)

FROM_NETWORK = "30/m"
"""A box asks twice or three times; a token has 128 bits."""
_STATUS = {
    Why.FORGED: HTTPStatus.FORBIDDEN,
    Why.EXPIRED: HTTPStatus.GONE,
    Why.USED: HTTPStatus.CONFLICT,
    Why.WITHDRAWN: HTTPStatus.GONE,
    Why.MALFORMED: HTTPStatus.BAD_REQUEST,
    Why.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}
_JSON, _PEM = "application/json", "application/x-pem-file"
Start = Callable[[str, list[tuple[str, str]]], Any]


class Admits(Protocol):
    """Who takes boxes."""

    def authority(self) -> bytes:
        """The authority's certificate in PEM."""
        ...

    def admit(self, asked: Application, address: str, now: dt.datetime) -> Admission | Why:
        """Take a box, or say why not."""
        ...


class Answering:
    """
    A WSGI application (PEP 3333). Any thread may call it.

    Args:
        admitting: Who decides.
    """

    def __init__(self, admitting: Admits) -> None:
        self._admitting = admitting

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        try:
            status, kind, body = self._answer(environ)
        finally:
            connections.close_all()
        heads = [("Content-Length", str(len(body))), ("Cache-Control", "no-store"), ("Connection", "close")]
        start(f"{status.value} {status.phrase}", [*heads, *([("Content-Type", kind)] if body else [])])
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[HTTPStatus, str, bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        wanted = {AUTHORITY_PATH: "GET", ENROL_PATH: "POST"}.get(path)
        if wanted is None:
            return HTTPStatus.NOT_FOUND, "", b""
        if method != wanted:
            return HTTPStatus.METHOD_NOT_ALLOWED, "", b""
        address = str(environ.get("REMOTE_ADDR", ""))
        if _asks_too_often(address, path):
            return _refused(Why.BUSY, HTTPStatus.TOO_MANY_REQUESTS)
        try:
            if path == AUTHORITY_PATH:
                return HTTPStatus.OK, _PEM, self._admitting.authority()
            return self._enrol(environ["wsgi.input"].read(MAX_APPLICATION_BYTES + 1), address)
        except (CollectorError, DatabaseError) as error:
            log.error("a box that asks to be taken: %s", error)  # noqa: TRY400 - known
            return _refused(Why.BUSY)

    def _enrol(self, body: bytes, address: str) -> tuple[HTTPStatus, str, bytes]:
        try:
            asked = decode_application(body)
        except BadMessage:
            found: Admission | Why = Why.MALFORMED
        else:
            found = self._admitting.admit(asked, address, timezone.now())
        if isinstance(found, Why):
            log.warning("a box that asks to be taken, from %s: refused: %s", address, found)
            return _refused(found)
        return HTTPStatus.OK, _JSON, encode(found)


def _refused(why: Why, status: HTTPStatus | None = None) -> tuple[HTTPStatus, str, bytes]:
    return status or _STATUS[why], _JSON, encode(Refusal(why))


def _asks_too_often(address: str, path: str) -> bool:
    """Count a request of this address; whether it has asked for this too often."""
    whose = networks.neighbour(address)
    usage = get_usage(
        HttpRequest(), group=f"enrolment {path}", key=lambda *_: whose, rate=FROM_NETWORK, increment=True
    )
    return bool(usage and usage["should_limit"])
