"""A centre with an authority and a door for new boxes, and boxes that come with what they have read."""

import hashlib
import http.client
import socket
import ssl
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from collector import schedule
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.enrolling import codes
from collector.enrolling.codes import Made, Office
from collector.enrolling.listening import Listener
from collector.enrolment import enrol
from collector.keyring import Keyring
from collector.models import Grant, Kiosk
from mqtt_bridge.wire.enrolment import (
    SERVER_NAME,
    Admission,
    Application,
    Refusal,
    decode_admission,
    decode_refusal,
    encode,
)
from tests.collector.broker_tls import request
from tests.ports import free_port

KIOSK, PLACE = "cong-chinh", "UBND phường Thử"
MAKER = "ky-thuat"


@dataclass
class Box:
    """A box that is nobody's yet: it has a key, and pins what the code told it."""

    port: int
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def ask(self, made: Made | str, **change: Any) -> Admission | Refusal:
        """Ask to be taken with a code."""
        text = made if isinstance(made, str) else made.text
        told = {"code": text, "request": request("whoever", self.key).decode(), "version": "1.0", **change}
        status, body = self.send("POST", "/enrol", encode(Application(**told)))
        return decode_admission(body) if status == 200 else decode_refusal(body)

    @cached_property
    def authority(self) -> bytes:
        """The authority's certificate as it was told, believed by nobody yet."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return self._send(context, "GET", "/authority", b"")[1]

    def send(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send anything, by TLS that believes the authority only."""
        context = ssl.create_default_context(cadata=self.authority.decode())
        return self._send(context, method, path, body)

    def _send(self, context: ssl.SSLContext, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        raw = socket.create_connection(("127.0.0.1", self.port), 10)
        line.sock = context.wrap_socket(raw, server_hostname=SERVER_NAME)
        try:
            line.request(method, path, body)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()


@dataclass
class Centre:
    """
    The centre's side.

    Attributes:
        data: Its data folder.
        port: Where boxes are enrolled.
        authority: Signs certificates.
        keyring: Signs codes.
        kiosk: The box that is to be set up.
        listener: The door at which boxes ask.
    """

    data: Path
    port: int
    authority: Authority
    keyring: Keyring
    kiosk: Kiosk
    listener: Listener

    def code(self, **change: Any) -> Made:
        """A code as the page makes it."""
        office = Office(f"https://127.0.0.1:{self.port}", self.authority.fingerprint())
        told = {"now": timezone.now(), "by": MAKER, **change}
        return codes.make(self.kiosk, office, self.keyring, **told)

    def box(self) -> Box:
        """A new box."""
        return Box(self.port)


def common_name(pem: str) -> str:
    """Whom a certificate names."""
    (name,) = x509.load_pem_x509_certificate(pem.encode()).subject
    return str(name.value)


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half of a key."""
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def digest_of(pem: bytes) -> bytes:
    """The fingerprint of a certificate, as codes hold it."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode())).digest()


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(f"{text}=")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of some days ahead only, and strangers of one test hold up nobody in the next."""
    monkeypatch.setattr(schedule, "DAYS_AHEAD", 3)
    monkeypatch.setattr(schedule, "TOPPED_UP_AT", 2)
    cache.clear()


def open_centre(data: Path, settings: Any, **limits: Any) -> Centre:
    """All of it, on loopback."""
    port = free_port()
    settings.DATA, settings.ENROLMENT = data, f"127.0.0.1:{port}"
    authority = Authority(data)
    authority.prepare(Settings(("localhost",), free_port(), "127.0.0.1", authority.shelf.owner()))
    kiosk = enrol(KIOSK, PLACE, "Cửa chính")
    Grant.objects.get_or_create(user=User.objects.get_or_create(username=MAKER)[0], role="technician")
    return Centre(data, port, authority, Keyring(data), kiosk, Listener("127.0.0.1", port, data, **limits))


@contextmanager
def serving(data: Path, settings: Any, **limits: Any) -> Iterator[Centre]:
    """A centre that listens for as long as this lasts."""
    centre = open_centre(data, settings, **limits)
    working = Thread(target=centre.listener.run)
    working.start()
    try:
        yield centre
    finally:
        centre.listener.stop()
        working.join(10)


@pytest.fixture
def centre(database: Any, settings: Any) -> Iterator[Centre]:
    """One that listens, on each kind of database in turn."""
    with serving(database.folder, settings) as centre:
        yield centre


@pytest.fixture
def quick_centre(on_sqlite: Any, settings: Any) -> Iterator[Centre]:
    """The same on a file, for what the database has no part in."""
    with serving(on_sqlite.folder, settings) as centre:
        yield centre
