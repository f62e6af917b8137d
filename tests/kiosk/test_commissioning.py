"""What a new box says of its way into service."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kiosk.commissioning import TAKEN_WITHIN_S, Commissioning, fingerprint
from kiosk.credentials import CENTRE, CERTIFICATE, FOLDER
from kiosk.model import Status
from kiosk.stages import Hitch, Stage, Step, steps
from kiosk.store.handover import Handover
from kiosk.store.holding import BRIDGE, Hold
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


def commissioning(folder, *, configured=False):
    return Commissioning(folder, lambda: configured, Handover(folder))


@pytest.fixture
def enrolled(certificate, tmp_path):
    (tmp_path / FOLDER / CENTRE).write_text("{}")
    return certificate


@pytest.fixture
def bridge(tmp_path):
    """One that lives, and has told where the box is."""
    hold = Hold(tmp_path, BRIDGE)
    Handover(tmp_path).tell_address("192.0.2.7")
    yield hold
    hold.release()


@pytest.mark.usefixtures("bridge")
def test_the_steps_tell_what_is_done(enrolled, tmp_path):
    told = commissioning(tmp_path).stages(Status(line_up=True), FakeClock().now(), is_open=False)

    network, centre, clock, configuration = told
    assert network == Stage(Step.NETWORK, done=True, detail="192.0.2.7")
    assert centre == Stage(Step.CENTRE, done=True, detail=fingerprint(enrolled[0]))
    assert clock == Stage(Step.CLOCK, done=True)
    assert configuration == Stage(Step.CONFIGURATION, done=False)


@pytest.mark.usefixtures("enrolled")
def test_an_address_that_no_bridge_tells_any_more_is_none(bridge, tmp_path):
    bridge.release()

    network, *_ = commissioning(tmp_path).stages(Status(), FakeClock().now(), is_open=False)

    assert network == Stage(Step.NETWORK, done=False)


def test_a_box_with_its_configuration_is_in_service(enrolled, tmp_path):
    box = commissioning(tmp_path, configured=True)

    assert box.stages(Status(), FakeClock().now(), is_open=False) == ()


def test_a_box_that_is_nobodys_waits_for_a_code(tmp_path):
    told = commissioning(tmp_path).stages(Status(), FakeClock().now(), is_open=True)

    assert told == steps()
    assert told[0] == Stage(Step.CODE, done=False)


def test_a_code_that_was_handed_over_is_read(tmp_path):
    box = commissioning(tmp_path)
    Handover(tmp_path).hand_over("EK1:INVENTED")

    assert box.stages(Status(), FakeClock().now(), is_open=True) == steps(Step.CODE)


def test_a_code_that_the_bridge_does_not_take_is_said(tmp_path):
    box, clock = commissioning(tmp_path), FakeClock()
    Handover(tmp_path).hand_over("EK1:INVENTED")
    box.stages(Status(), clock.now(), is_open=True)
    clock.move(TAKEN_WITHIN_S + 1)

    told = box.stages(Status(), clock.now(), is_open=True)
    assert told[1].hitch is Hitch.NO_ANSWER


def test_what_the_bridge_says_is_told(tmp_path):
    said = steps(Step.CODE, Step.NETWORK, hitch=Hitch.STRANGER)
    Handover(tmp_path).tell(said)

    assert commissioning(tmp_path).stages(Status(), FakeClock().now(), is_open=True) == said


def test_new_credentials_are_noticed(tmp_path):
    box = commissioning(tmp_path)
    assert not box.is_replaced()

    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / CENTRE).write_text("{}")
    assert box.is_replaced()
