"""A centre that enrols boxes, as small as it can be: real TLS on loopback, and whatever a test wants answered."""

import datetime as dt
import hashlib
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate, load_pem_x509_csr

from kiosk.setup_codes import SetupCode, sign
from mqtt_bridge.wire.enrolment import (
    AUTHORITY_PATH,
    SERVER_NAME,
    Admission,
    Application,
    Broker,
    Centre,
    decode_application,
    encode,
)
from tests.kiosk import admissions
from tests.kiosk.admissions import Authority

KEY = bytes(range(32))
PUBLIC_KEY = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
TOKEN = "invented-token-of-22-l"
Answer = tuple[int, bytes]


class EnrolmentCentre:
    """
    Listens until `close()`.

    Args:
        folder: For its certificate.
        authority: Whose certificate it shows at `/authority`.
        by: Whose certificate it has for TLS; the same, if not told.
        name: Whom that names.
        dates: Of that certificate: `begins`, `ends`.
    """

    def __init__(
        self,
        folder: Path,
        authority: Authority | None = None,
        *,
        by: Authority | None = None,
        name: str = SERVER_NAME,
        **dates: dt.datetime,
    ) -> None:
        self.authority = authority or Authority()
        self.by = by or self.authority
        self.asked: list[Application] = []
        self.answer: Callable[[Application], Answer] = self.grant
        self.at_authority: Answer | None = None
        self.cuts_short = False
        key = ec.generate_private_key(ec.SECP256R1())
        pem = folder / "centre.pem"
        issued = self.by.issue(name, key.public_key(), named=name, **dates)
        pem.write_text(admissions.key_pem(key) + issued)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self._server.server_port}"

    @property
    def fingerprint(self) -> bytes:
        """Of its authority."""
        return hashlib.sha256(
            load_pem_x509_certificate(self.authority.pem.encode()).public_bytes(Encoding.DER)
        ).digest()

    def code(self, **changes: object) -> SetupCode:
        """A set-up code of this centre, for an hour."""
        expires = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(hours=1)
        facts = {"url": self.url, "authority": self.fingerprint, "token": TOKEN, "expires": expires}
        return SetupCode(**{**facts, **changes})

    def text(self, **changes: object) -> str:
        """Its text."""
        return sign(self.code(**changes), KEY)

    def grant(self, application: Application) -> Answer:
        """Take the box."""
        request = load_pem_x509_csr(application.request.encode())
        centre = admissions.centre(signing=PUBLIC_KEY)
        admitted = Admission(
            Centre(centre["kiosk"], centre["place_key"], [], centre["signing_keys"]),
            Broker("127.0.0.1", 8883, tls=True),
            authority=self.by.pem,
            certificate=self.by.issue("front", request.public_key()),
            place="UBND phường Chiềng An",
        )
        return 200, encode(admitted)

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        centre = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path == AUTHORITY_PATH
                self.reply(
                    *(centre.at_authority or ((200, centre.authority.pem.encode()) if known else (404, b"")))
                )

            def do_POST(self) -> None:
                asked = decode_application(self.rfile.read(int(self.headers["Content-Length"])))
                centre.asked.append(asked)
                status, body = centre.answer(asked)
                self.reply(status, body, len(body) + (1 if centre.cuts_short else 0))

            def reply(self, status: int, body: bytes, told: int | None = None) -> None:
                self.send_response(status)
                if status in range(300, 400):
                    self.send_header("Location", f"{centre.url}/elsewhere")
                self.send_header("Content-Length", str(len(body) if told is None else told))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler
