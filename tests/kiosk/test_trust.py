"""The folder in which a technician says whose signatures count."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from kiosk import certificates, signing, trust
from kiosk.errors import SettingsError
from kiosk.formats import recognise
from kiosk.proof import NOBODY, Proof
from tests.kiosk.formats import made

CENTRE = Ed25519PrivateKey.from_private_bytes(made.CENTRE)
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Invented issuer")])


def certificate(key):
    """One of a campaign that is long over."""
    return (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(made.ISSUED - timedelta(days=800))
        .not_valid_after(made.ISSUED - timedelta(days=400))
        .sign(key, hashes.SHA256())
    )


def pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fault(folder):
    with pytest.raises(SettingsError) as raised:
        trust.load(folder)
    return str(raised.value)


def test_a_box_without_a_folder_trusts_nobody(tmp_path):
    assert trust.load(tmp_path / "trust") is NOBODY


def test_an_empty_folder_is_none(tmp_path):
    (tmp_path / ".gitkeep").touch()

    assert trust.load(tmp_path) is NOBODY


@pytest.mark.parametrize("key", [made.P256_KEY, made.RSA_KEY], ids=["P-256", "RSA"])
def test_a_certificate_is_found_by_the_hash_of_itself(tmp_path, key):
    issuer = certificate(key)
    (tmp_path / "issuer.pem").write_bytes(issuer.public_bytes(Encoding.PEM))
    algorithm = made.PS256 if key is made.RSA_KEY else made.ES256
    header = {1: algorithm, 4: issuer.fingerprint(hashes.SHA256())[:8]}

    shown = made.hc1(made.sign1(made.claims(), key, protected=header))

    assert recognise(shown, trust.load(tmp_path), made.NOW).proof is Proof.VALID


def test_a_file_may_hold_many(tmp_path):
    bundle = [certificate(key).public_bytes(Encoding.PEM) for key in (made.P256_KEY, made.RSA_KEY)]
    (tmp_path / "all.pem").write_bytes(b"subject=Invented\n" + b"\n".join(bundle) + pem(CENTRE))

    loaded = trust.load(tmp_path)

    assert (len(loaded.issuers), len(loaded.own)) == (2, 1)


def test_an_issuers_key_is_named_after_its_id(tmp_path):
    (tmp_path / f"{made.P256_ID.hex()}.pem").write_bytes(pem(made.P256_KEY))

    assert recognise(made.health_certificate(), trust.load(tmp_path), made.NOW).proof is Proof.VALID


def test_two_files_may_speak_of_one_id(tmp_path):
    (tmp_path / "0123456789abcdef.pem").write_bytes(pem(made.P256_KEY))
    (tmp_path / "0123456789abcdef.crt").write_bytes(pem(made.RSA_KEY))

    assert len(trust.load(tmp_path).issuers[bytes.fromhex("0123456789abcdef")]) == 2


def test_a_key_of_the_centre_opens_its_codes(tmp_path):
    (tmp_path / "centre.pem").write_bytes(pem(CENTRE))

    loaded = trust.load(tmp_path)

    assert loaded.own == {signing.key_id(made.CENTRE_PUBLIC): made.CENTRE_PUBLIC}
    assert recognise(made.signed_code(), loaded, made.NOW).proof is Proof.VALID


PRIVATE = CENTRE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
SMALL = rsa.generate_private_key(65537, 1024)
P384 = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no PEM"),
        (certificate(made.P256_KEY).public_bytes(Encoding.DER), "no PEM"),
        (
            b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            "certificate that cannot be read",
        ),
        (b"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n", "public key that cannot be read"),
        (PRIVATE, "private key"),
        (b"-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n", "X509 CRL: neither"),
        (pem(made.P256_KEY), "name it after its key id"),
        (certificate(SMALL).public_bytes(Encoding.PEM), "2,048 bits"),
        (certificate(P384).public_bytes(Encoding.PEM), "P-256"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_neither_is_told_with_file_and_remedy(tmp_path, content, said):
    (tmp_path / "strange.pem").write_bytes(content)

    assert said in fault(tmp_path)
    assert str(tmp_path / "strange.pem") in fault(tmp_path)


def test_all_faults_are_told_at_once(tmp_path):
    (tmp_path / "one.pem").write_bytes(b"?")
    (tmp_path / "two.pem").mkdir()

    assert len(fault(tmp_path).splitlines()) == 2


def test_a_folder_that_is_none_is_told(tmp_path):
    (tmp_path / "trust").touch()

    assert "name another folder" in fault(tmp_path / "trust")


def test_a_private_key_never_stands_in_the_message(tmp_path):
    (tmp_path / "centre.pem").write_bytes(PRIVATE)

    assert PRIVATE.splitlines()[1].decode() not in fault(tmp_path)


def test_a_file_is_read_whatever_its_bytes():
    with pytest.raises(ValueError, match="no PEM"):
        certificates.read(bytes(range(256)) * 100, "noise")
