"""What a new box says of its way into service."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kiosk.commissioning import Commissioning, fingerprint, own_address
from kiosk.credentials import CERTIFICATE, FOLDER
from kiosk.model import Status
from kiosk.stages import Stage, Step
from tests.fakes import MORNING, FakeClock


@pytest.fixture
def certificate(tmp_path):
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk-1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(MORNING + timedelta(days=300))
        .sign(key, None)
    )
    file = tmp_path / FOLDER / CERTIFICATE
    file.parent.mkdir()
    file.write_bytes(made.public_bytes(Encoding.PEM))
    return file, made.fingerprint(hashes.SHA256())


def test_the_fingerprint_is_the_beginning_of_that_of_the_certificate(certificate):
    file, digest = certificate

    assert fingerprint(file) == digest.hex(":").upper()[:23]


def test_without_a_certificate_there_is_no_fingerprint(tmp_path):
    assert fingerprint(tmp_path / CERTIFICATE) == ""


def test_what_is_no_certificate_has_no_fingerprint(certificate):
    file, _ = certificate
    file.write_text("rubbish")

    assert fingerprint(file) == ""


def test_the_steps_tell_what_is_done(certificate, tmp_path):
    commissioning = Commissioning(tmp_path, lambda: False)

    network, centre, clock, configuration = commissioning.stages(Status(line_up=True), FakeClock().now())

    assert network == Stage(Step.NETWORK, bool(own_address()), own_address())
    assert centre == Stage(Step.CENTRE, done=True, detail=fingerprint(certificate[0]))
    assert clock == Stage(Step.CLOCK, done=True)
    assert configuration == Stage(Step.CONFIGURATION, done=False)


def test_a_box_with_its_configuration_is_in_service(tmp_path):
    assert Commissioning(tmp_path, lambda: True).stages(Status(), FakeClock().now()) == ()
