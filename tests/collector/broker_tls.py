"""A Mosquitto that runs with what the centre's authority wrote, and clients that come with its certificates."""

import datetime as dt
import ipaddress
import re
import signal
import socket
import ssl
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from collector.broker import shelf
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from tests.ports import free_port
from tests.programs import Program, eventually

MOSQUITTO = "/usr/sbin/mosquitto"
SOON_S = 15.0
NOT_AUTHORISED = 0x87
LET = (0x00, 0x10)
"""Taken, and taken though nobody listens."""


class TlsBroker(Program):
    """The real broker on loopback, as `collector broker` would have it."""

    def __init__(self, data: Path, user: str | None = None) -> None:
        self.authority = Authority(data)
        folder = self.authority.shelf
        self.settings = Settings(("localhost",), free_port(), "127.0.0.1", user or folder.owner())
        self.authority.prepare(self.settings)
        found = Path(MOSQUITTO)
        program = found if found.exists() else "mosquitto"
        super().__init__(program, "-c", folder.path(shelf.CONFIGURATION))

    def start(self) -> None:
        self.begin()
        eventually(self._runs)

    def begin(self) -> None:
        """Start it without waiting until it answers."""
        super().start()

    def _runs(self) -> bool:
        """Whether it answers, and would not be killed by a signal that comes too early for it."""
        assert self.process.poll() is None, self.errors
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        is_ready = int(re.search(r"SigCgt:\s*(\S+)", status)[1], 16) >> (signal.SIGHUP - 1) & 1
        with socket.socket() as line:
            return is_ready and line.connect_ex(("127.0.0.1", self.settings.port)) == 0


class Client:
    """One connection that remembers what it was told, and does not come back by itself."""

    def __init__(
        self,
        broker: TlsBroker,
        pair: tuple[bytes, bytes] | None,
        folder: Path,
        *,
        hears: tuple[str, ...] = (),
        qos: int = 1,
        client_id: str = "any",
        will: str | None = None,
        is_v5: bool = True,
        keeps: bool = False,
    ) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.refused: list[str] = []
        self.codes: dict[int, int] = {}
        self.granted: list[int] = []
        self.is_in, self.is_gone, self._listens = (threading.Event() for _ in range(3))
        self._client = client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if is_v5 else not keeps,
            protocol=MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.on_connect = self._connected
        client.on_disconnect = lambda *_: self.is_gone.set()
        client.on_subscribe = self._subscribed
        client.on_message = lambda _c, _d, message: self.heard.append((message.topic, message.payload))
        client.on_publish = lambda _c, _d, number, code, _p: self.codes.update({number: code.value})
        if will is not None:
            client.will_set(will, b"offline", qos=1)
        client.tls_set_context(context(broker, pair, folder))
        try:
            client.connect("127.0.0.1", broker.settings.port)
        except OSError:
            self.is_gone.set()
            return
        client.loop_start()
        eventually(lambda: self.is_in.is_set() or self.is_gone.is_set(), SOON_S)
        if hears and self.is_in.is_set():
            self._asked = hears
            client.subscribe([(topic, qos) for topic in hears])
            assert self._listens.wait(SOON_S)

    @property
    def was_let_in(self) -> bool:
        return self.is_in.is_set()

    def say(self, topic: str, payload: bytes = b"x", *, retain: bool = False) -> int:
        """Publish, and the code with which the broker acknowledged."""
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        eventually(lambda: sent.mid in self.codes, SOON_S)
        return self.codes[sent.mid]

    def publish_qos_2(self, topic: str) -> None:
        """Begin what takes four packets to end."""
        self._client.publish(topic, b"x", qos=2)

    def topics(self) -> list[str]:
        return [topic for topic, _ in self.heard]

    def break_off(self) -> None:
        """End the connection as a power cut does: the broker speaks the last will."""
        self._client.socket().shutdown(socket.SHUT_RDWR)
        assert self.is_gone.wait(SOON_S)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _subscribed(self, _client, _data, _number, reasons, _properties) -> None:
        self.granted += [reason.value for reason in reasons]
        asked = zip(self._asked, reasons, strict=True)
        self.refused += [topic for topic, reason in asked if reason.is_failure]
        self._listens.set()

    def _connected(self, _client, _data, _flags, reason, _properties) -> None:
        (self.is_gone if reason.is_failure else self.is_in).set()


def context(broker: TlsBroker, pair: tuple[bytes, bytes] | None, folder: Path) -> ssl.SSLContext:
    """TLS as a client with this key and certificate."""
    made = ssl.create_default_context(cadata=broker.authority.ca_pem().decode())
    if pair is not None:
        file = folder / "pair.pem"
        file.write_bytes(b"".join(pair))
        made.load_cert_chain(file)
    return made


def pair_of(authority: Authority, key: shelf.File, certificate: shelf.File) -> tuple[bytes, bytes]:
    """A key and a certificate of the folder."""
    pair = authority.shelf.read(key), authority.shelf.read(certificate)
    assert None not in pair
    return pair


def centre_pair(authority: Authority) -> tuple[bytes, bytes]:
    return pair_of(authority, shelf.CENTRE_KEY, shelf.CENTRE_CERTIFICATE)


def request(name: str, key=None, *, breaks: bool = False) -> bytes:
    """A request for a certificate, in PEM; one whose signature is broken if wished."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    algorithm = None if type(key).__name__.startswith("Ed") else hashes.SHA256()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, algorithm)
    encoded = bytearray(made.public_bytes(serialization.Encoding.DER))
    if breaks:
        encoded[-1] ^= 1
        made = x509.load_der_x509_csr(bytes(encoded))
    return made.public_bytes(serialization.Encoding.PEM)


def strangers_pair(name: str) -> tuple[bytes, bytes]:
    """A certificate that its holder has signed for himself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret, certificate.public_bytes(serialization.Encoding.PEM)
