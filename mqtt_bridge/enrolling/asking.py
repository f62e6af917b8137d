"""
The centre that a set-up code names, asked over HTTPS.

Nobody's word is taken for who it is but the code's: the certificate of its authority is fetched from whoever
answers, and must have the fingerprint that the code holds; from then on only that authority counts, and only
for `SERVER_NAME`. Nothing secret is said before that.
"""

import hashlib
import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from kiosk.errors import BadMessage
from kiosk.setup_codes import SetupCode
from kiosk.stages import Hitch
from mqtt_bridge.enrolling.hindrance import Hindered
from mqtt_bridge.wire.enrolment import (
    AUTHORITY_PATH,
    ENROL_PATH,
    MAX_ADMISSION_BYTES,
    PORT,
    SERVER_NAME,
    Admission,
    Application,
    decode_admission,
    decode_refusal,
    encode,
)

SILENCE_S, WHOLE_S = 10.0, 30.0
"""How long the centre may say nothing, and how long a whole answer may take."""
_MAX_CERTIFICATE_BYTES = 16 * 1024
_NOT_YET, _OVER = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED (X509_STORE_CTX_get_error(3))."""
_OK, _SERVER_ERRORS = 200, 500


class Centre:
    """
    Whoever answers at the address of a set-up code.

    Args:
        code: The code.

    Raises:
        Hindered: If its address is none.
    """

    def __init__(self, code: SetupCode) -> None:
        try:
            found = urlsplit(code.url)
            self._host, self._port = found.hostname or "", found.port or PORT
            self._host.encode("idna")
        except ValueError:
            self._host = ""
        if not self._host:
            raise Hindered(Hitch.MALFORMED, f"{code.url} is no address")
        self._fingerprint = code.authority

    def authority(self) -> str:
        """
        The certificate of the centre's authority in PEM, which has the code's fingerprint.

        Raises:
            Hindered: If nobody answers, or somebody else.
        """
        unproved = _context()
        unproved.check_hostname = False
        unproved.verify_mode = ssl.CERT_NONE
        status, answer = self._ask(unproved, "GET", AUTHORITY_PATH, most=_MAX_CERTIFICATE_BYTES)
        if status >= _SERVER_ERRORS:
            raise Hindered(Hitch.BUSY, f"{self._where} answers {status}")
        try:
            der = load_pem_x509_certificate(answer).public_bytes(Encoding.DER)
        except ValueError:
            raise Hindered(Hitch.STRANGER, f"{self._where} answers {status}, and no certificate") from None
        if hashlib.sha256(der).digest() != self._fingerprint:
            raise Hindered(Hitch.STRANGER, f"{self._where} has an authority of another fingerprint")
        return answer.decode("ascii")

    def admission(self, application: Application, authority: str) -> Admission:
        """
        What the centre grants.

        Args:
            application: What the box asks.
            authority: The certificate whose word for the centre is believed, in PEM.

        Raises:
            Hindered: If it grants nothing, nobody answers, or somebody else.
        """
        context = _context()
        context.load_verify_locations(cadata=authority)
        body, kind = encode(application), {"Content-Type": "application/json"}
        status, answer = self._ask(context, "POST", ENROL_PATH, body, kind, most=MAX_ADMISSION_BYTES)
        try:
            if status == _OK:
                return decode_admission(answer)
            raise Hindered(Hitch(decode_refusal(answer).reason), f"{self._where} answers {status}")
        except BadMessage as error:
            hitch = Hitch.BUSY if status >= _SERVER_ERRORS else Hitch.MALFORMED
            raise Hindered(hitch, f"{self._where} answers {status}: {error}") from None

    @property
    def _where(self) -> str:
        return f"{self._host}:{self._port}"

    def _ask(
        self,
        context: ssl.SSLContext,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        most: int,
    ) -> tuple[int, bytes]:
        """Status and body of an answer; one that sends us elsewhere is an answer like any other."""
        line = _Line(self._host, self._port, timeout=SILENCE_S, context=context)
        try:
            line.request(method, path, body, dict(headers or {}))
            with line.getresponse() as answer:
                return answer.status, _read(answer, most)
        except ssl.SSLCertVerificationError as error:
            is_time = error.verify_code in {_NOT_YET, _OVER}
            hitch = Hitch.CLOCK if is_time else Hitch.STRANGER
            raise Hindered(hitch, f"{self._where}: {error.verify_message}") from None
        except (OSError, http.client.HTTPException) as error:
            raise Hindered(Hitch.UNREACHABLE, f"{self._where}: {error}") from None
        finally:
            line.close()


class _Line(http.client.HTTPSConnection):
    """To an address, by TLS with `SERVER_NAME`, wherever that address is."""

    def __init__(self, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self._pinned = context

    def connect(self) -> None:
        """Connect, and prove who is there."""
        line = socket.create_connection((self.host, self.port), self.timeout)
        try:
            self.sock = self._pinned.wrap_socket(line, server_hostname=SERVER_NAME)
        except BaseException:
            line.close()
            raise


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _read(answer: http.client.HTTPResponse, most: int) -> bytes:
    """An answer of at most so many bytes, in good time."""
    end_s = time.monotonic() + WHOLE_S
    content = bytearray()
    while piece := answer.read1(most + 1 - len(content)):
        content += piece
        if len(content) > most:
            raise http.client.HTTPException(f"an answer of more than {most} bytes")
        if time.monotonic() > end_s:
            raise TimeoutError("an answer that takes too long")
    if answer.length:
        raise http.client.HTTPException(f"an answer without its last {answer.length} bytes")
    return bytes(content)
