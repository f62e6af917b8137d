"""The box's own key while it is enrolled: made here, and the same until a centre has taken the box."""

from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from kiosk.store.whole import write_whole

FILE = "kiosk.key"


class OwnKey:
    """
    A key for ECDSA on P-256, which never leaves the box.

    Args:
        folder: Where it lies until the box is enrolled; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def pem(self) -> str:
        """
        The private key in PEM (PKCS #8); made when it is first asked for.

        Raises:
            OSError: If it cannot be written.
        """
        try:
            held = self._file.read_bytes()
            serialization.load_pem_private_key(held, password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
            held = ec.generate_private_key(ec.SECP256R1()).private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            write_whole(self._file, held)
        return held.decode()

    def request(self) -> str:
        """
        A request for a certificate in PEM (PKCS #10, RFC 2986), in no name: the centre chooses that.

        Raises:
            OSError: If the key cannot be written.
        """
        key = serialization.load_pem_private_key(self.pem().encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise OSError(f"{self._file}: not a key of this program's; take it away")
        asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
        return asked.public_bytes(serialization.Encoding.PEM).decode()

    def forget(self) -> None:
        """It lies with the credentials now."""
        self._file.unlink(missing_ok=True)
