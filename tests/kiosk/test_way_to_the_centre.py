"""Whether the centre is reached, as `kiosk check` tells it: credentials, certificate, the broker by real TLS."""

import datetime as dt
import shutil

import pytest

from collector.broker import shelf
from kiosk.checking import network
from kiosk.credentials import CA, CERTIFICATE, FOLDER, KEY
from kiosk.findings import State
from kiosk.settings import Settings
from tests.collector.broker_tls import TlsBroker
from tests.mqtt_bridge import centre
from tests.mqtt_bridge.test_renewing import NOW, YEAR, Authority

DAY = dt.timedelta(days=1)


def settings(folder, port=8883, name="kiosk-1", **mqtt):
    told = {"host": "localhost", "tls": True, "port": port} | mqtt
    return Settings.model_validate({"kiosk": {"name": name}, "data": {"folder": str(folder)}, "mqtt": told})


def test_a_box_that_is_nobodys_is_told_how_to_become_somebodys(tmp_path):
    (found,) = network.centre(settings(tmp_path, tls=False))

    assert (found.part, found.state) == ("enrolment", State.WARNING)
    assert "hold a set-up code of the centre to the camera" in found.says


def test_a_box_with_anothers_credentials_must_be_mended(tmp_path):
    centre.enrol(tmp_path)

    (found,) = network.centre(settings(tmp_path, name="kiosk-2", tls=False))

    assert found.state is State.WRONG
    assert "are those of kiosk-1" in found.says


@pytest.mark.parametrize(
    ("later", "state", "says"),
    [
        (dt.timedelta(), "ok", "until 2027-11-23, 365 days"),
        (YEAR - 10 * DAY, "warning", "ends in 10 days; it renews itself"),
        (YEAR, "warning", "has run out on 2027-11-23; visits wait: enrol the box anew"),
        (-2 * YEAR, "warning", "holds from 2026-11-22 only; the clock is wrong"),
    ],
)
def test_the_certificates_dates_are_told(tmp_path, later, state, says):
    Authority().enrol(tmp_path)

    found = network.certificate(tmp_path, NOW + later)

    assert found.state == state
    assert found.says.startswith(says)


def test_of_two_certificates_the_later_counts(tmp_path):
    ca = Authority()
    ca.enrol(tmp_path)
    first = (tmp_path / KEY).read_bytes()
    key = network.x509.load_pem_x509_certificate((tmp_path / CERTIFICATE).read_bytes()).public_key()
    renewed = ca.issue(key, now=NOW + 200 * DAY)
    (tmp_path / "kiosk.pem").write_bytes(first + renewed)

    assert "until 2028-06-10" in network.certificate(tmp_path, NOW + 210 * DAY).says


def test_a_box_without_a_certificate_says_so(tmp_path):
    assert network.certificate(tmp_path, NOW).says.startswith("none in ")


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    running = TlsBroker(tmp_path_factory.mktemp("centre"))
    yield running
    running.stop()


@pytest.fixture
def enrolled(tmp_path, broker):
    """A box that the broker's own authority has enrolled; its data folder."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    key, certificate = broker.authority.issue_kiosk("kiosk-1")
    (folder / KEY).write_bytes(key)
    (folder / CERTIFICATE).write_bytes(certificate)
    shutil.copy(broker.authority.shelf.path(shelf.CA_CERTIFICATE), folder / CA)
    return tmp_path


def test_a_broker_that_knows_the_box_is_well(enrolled, broker):
    found = network.broker(settings(enrolled, broker.settings.port))

    assert (found.state, found.says) == (
        State.OK,
        f"localhost:{broker.settings.port} answers by TLSv1.3, and knows this box",
    )


def test_of_several_brokers_one_that_does_not_answer_is_told(enrolled, broker):
    port = broker.settings.port

    found = network.broker(settings(enrolled, port, host="127.0.0.2 localhost"))

    assert found.state is State.WARNING
    assert found.says == (
        f"1 of 2 cannot be used: 127.0.0.2:{port} does not answer (Connection refused); "
        "the others serve the box; see network and mqtt.host"
    )


def test_a_broker_of_another_authority_is_not_believed(enrolled, broker):
    Authority(dt.datetime.now(dt.UTC)).enrol(enrolled / FOLDER)

    found = network.broker(settings(enrolled, broker.settings.port))

    assert found.state is State.WARNING
    assert "TLS fails" in found.says
    assert "the door works without, visits wait" in found.says


def test_a_box_whose_certificate_the_broker_does_not_know_hears_so(enrolled, broker):
    stranger = Authority(dt.datetime.now(dt.UTC))
    (kept := enrolled / "ca").write_bytes((enrolled / FOLDER / CA).read_bytes())
    stranger.enrol(enrolled / FOLDER)
    shutil.copy(kept, enrolled / FOLDER / CA)

    found = network.broker(settings(enrolled, broker.settings.port))

    assert found.state is State.WARNING
    assert "TLS fails (" in found.says


def test_a_broker_that_is_not_there_is_told_with_where_to_look(enrolled):
    found = network.broker(settings(enrolled, 1))

    assert found.says.startswith("localhost:1 does not answer (Connection refused); the door works without")
    assert found.says.endswith("see network and mqtt.host")
