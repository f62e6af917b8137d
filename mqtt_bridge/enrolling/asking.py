"""
The centre that a set-up code names, asked over HTTPS.

Nobody's word is taken for who it is but the code's: the certificate of its authority is fetched from whoever
answers, and must have the fingerprint that the code holds; from then on only that authority counts, and only
for `SERVER_NAME`. Nothing secret is said before that. However slowly somebody answers, it ends in time.
"""

import http.client
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.errors import BadMessage
from kiosk.setup_codes import SetupCode
from kiosk.stages import Hitch
from mqtt_bridge.enrolling.exchange import Answer, Exchange, GivenUp
from mqtt_bridge.enrolling.hindrance import Hindered, said
from mqtt_bridge.wire.enrolment import (
    AUTHORITY_PATH,
    ENROL_PATH,
    MAX_ADMISSION_BYTES,
    PORT,
    Admission,
    Application,
    decode_admission,
    decode_refusal,
    encode,
)

_MAX_CERTIFICATE_BYTES = 16 * 1024
_NOT_YET, _OVER = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED (X509_STORE_CTX_get_error(3))."""
_OK, _TOO_MANY, _SERVER_ERRORS = 200, 429, 500


class Centre:
    """
    Whoever answers at the address of a set-up code.

    Args:
        code: The code.
        is_over: Whether nobody waits for an answer any more; asked some times a second.

    Raises:
        Hindered: If its address is none.
    """

    def __init__(self, code: SetupCode, is_over: Callable[[], bool] = lambda: False) -> None:
        try:
            found = urlsplit(code.url)
            self._host, self._port = found.hostname or "", found.port or PORT
            self._host.encode("idna")
        except ValueError:
            self._host = ""
        if not self._host:
            raise Hindered(Hitch.MALFORMED, f"{code.url} is no address")
        self._fingerprint = code.authority
        self._is_over = is_over

    def authority(self) -> str:
        """
        The certificate of the centre's authority in PEM, which has the code's fingerprint.

        Raises:
            Hindered: If nobody answers, or somebody else.
        """
        unproved = _context()
        unproved.check_hostname = False
        unproved.verify_mode = ssl.CERT_NONE
        status, answer = self._ask(Exchange("GET", AUTHORITY_PATH, _MAX_CERTIFICATE_BYTES), unproved)
        if _is_busy(status):
            raise Hindered(Hitch.BUSY, f"{self._where} answers {status}")
        return self._proved(answer, f"{self._where} answers {status}").public_bytes(Encoding.PEM).decode()

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
        try:
            context.load_verify_locations(cadata=authority)
        except ssl.SSLError:
            raise Hindered(Hitch.STRANGER, f"{self._where} has an authority that TLS cannot use") from None
        status, answer = self._ask(
            Exchange("POST", ENROL_PATH, MAX_ADMISSION_BYTES, encode(application)), context
        )
        try:
            if status == _OK:
                granted = decode_admission(answer)
            else:
                why = Hitch.BUSY if status == _TOO_MANY else Hitch(decode_refusal(answer).reason)
                raise Hindered(why, f"{self._where} answers {status}")
        except BadMessage as error:
            hitch = Hitch.BUSY if _is_busy(status) else Hitch.MALFORMED
            raise Hindered(hitch, f"{self._where} answers {status}: {said(error)}") from None
        if granted.authority:
            # The broker must be believed by nobody else's word either.
            self._proved(granted.authority.encode(), f"{self._where} grants")
        return granted

    @property
    def _where(self) -> str:
        return f"{self._host}:{self._port}"

    def _proved(self, pem: bytes, whence: str) -> x509.Certificate:
        """The one certificate that there is, if it is the code's."""
        try:
            (authority,) = x509.load_pem_x509_certificates(pem)
        except ValueError:
            raise Hindered(Hitch.STRANGER, f"{whence}, and not one certificate") from None
        if authority.fingerprint(SHA256()) != self._fingerprint:
            raise Hindered(Hitch.STRANGER, f"{whence}, with an authority of another fingerprint")
        return authority

    def _ask(self, exchange: Exchange, context: ssl.SSLContext) -> Answer:
        """Status and body of an answer; one that sends us elsewhere is an answer like any other."""
        try:
            return exchange.held(self._host, self._port, context, self._is_over)
        except ssl.SSLCertVerificationError as error:
            is_time = error.verify_code in {_NOT_YET, _OVER}
            hitch = Hitch.CLOCK if is_time else Hitch.STRANGER
            raise Hindered(hitch, f"{self._where}: {said(error.verify_message)}") from None
        except (GivenUp, OSError, ValueError, http.client.HTTPException) as error:
            raise Hindered(Hitch.UNREACHABLE, f"{self._where}: {said(error)}") from None


def _is_busy(status: int) -> bool:
    return status == _TOO_MANY or status >= _SERVER_ERRORS


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
