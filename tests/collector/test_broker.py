"""The centre's authority over the broker: a real Mosquitto, over TLS, with what `collector broker` writes."""

import datetime as dt
import os
import pwd
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from collector.broker import mosquitto, shelf, telling
from collector.broker.authority import Authority
from collector.broker.commands import broker as broker_command
from collector.broker.commands import revoke as revoke_command
from collector.broker.errors import BrokerUnusable, CertificateRefused, RevocationUnproven
from collector.broker.revoking import Outcome, revoke
from collector.broker.settings import Settings
from collector.broker.telling import Told, tell
from mqtt_bridge import topics
from mqtt_bridge.topics import NAMED, Channel, Topic
from tests.collector.broker_tls import (
    LET,
    NOT_AUTHORISED,
    SOON_S,
    Client,
    TlsBroker,
    centre_pair,
    context,
    pair_of,
    request,
    strangers_pair,
)
from tests.programs import eventually

KIOSK, OTHER = "kiosk-1", "kiosk-2"
VISIT = f"doors/v1/{KIOSK}/visit"
DAY = dt.timedelta(days=1)
NOBODY = "mosquitto"


@pytest.fixture
def broker(tmp_path):
    """One of the test's own, which it may change."""
    broker = TlsBroker(tmp_path / "data")
    yield broker
    assert broker.stop() == 0


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """One for all tests that change nothing."""
    broker = TlsBroker(tmp_path_factory.mktemp("standing") / "data")
    yield broker
    assert broker.stop() == 0


@pytest.fixture
def client(request, tmp_path):
    """Opens connections, by name or with a pair of key and certificate, and closes them in the end."""
    broker = request.getfixturevalue("broker" if "broker" in request.fixturenames else "standing")
    made = []

    def open_client(who, **more):
        pair = who
        if isinstance(who, str):
            pair = centre_pair(broker.authority) if who == "collector" else broker.authority.issue_kiosk(who)
        made.append(Client(broker, pair, tmp_path, **more))
        return made[-1]

    yield open_client
    for one in made:
        one.close()


@pytest.fixture
def authority(tmp_path):
    """One that has never been near a broker."""
    authority = Authority(tmp_path / "data")
    authority.prepare(Settings(("localhost",), 8883, "", authority.shelf.owner()))
    return authority


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs one of the commands on a data folder of its own; the environment is as before afterwards."""
    for name in ("COLLECTOR_DATA", "COLLECTOR_DATABASE", "COLLECTOR_TIME_ZONE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def run_command(command, *arguments):
        return CliRunner().invoke(command, [*arguments, "--data", str(tmp_path / "data")])

    return run_command


def topic(kiosk, channel):
    return str(Topic(kiosk, channel, "x1" if channel in NAMED else ""))


def every_up():
    return tuple(topics.everyone(channel) for channel in mosquitto.UP)


def serial(pem):
    return x509.load_pem_x509_certificate(pem).serial_number


def revoked_serials(authority):
    return {one.serial_number for one in x509.load_pem_x509_crl(authority.shelf.read(shelf.REVOKED_LIST))}


def common_name(pem):
    (name,) = x509.load_pem_x509_certificate(pem).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return name.value


# Who is let in.


def test_a_kiosk_says_and_hears_all_that_it_must(client):
    centre = client("collector", hears=every_up())
    kiosk = client(KIOSK, hears=tuple(topics.own(KIOSK, channel) for channel in mosquitto.DOWN))

    up = {kiosk.say(topic(KIOSK, channel)) for channel in mosquitto.UP}
    down = {centre.say(topic(KIOSK, channel)) for channel in mosquitto.DOWN}

    assert up == down == {0}
    assert {*mosquitto.UP, *mosquitto.DOWN} == set(Channel)
    eventually(lambda: centre.topics() == [topic(KIOSK, channel) for channel in mosquitto.UP], SOON_S)
    eventually(lambda: kiosk.topics() == [topic(KIOSK, channel) for channel in mosquitto.DOWN], SOON_S)


def test_a_message_of_256_kib_passes(client):
    centre = client("collector", hears=every_up())

    assert client(KIOSK).say(VISIT, bytes(256 * 1024)) == 0

    eventually(lambda: [len(payload) for _, payload in centre.heard] == [256 * 1024], SOON_S)


def test_a_strangers_certificate_is_refused(client):
    assert not client(strangers_pair(KIOSK)).was_let_in


def test_nobody_comes_without_a_certificate(client):
    assert not client(None).was_let_in


def test_a_certificate_that_has_run_out_is_refused(client, standing):
    past = Authority(standing.authority.shelf.data, clock=lambda: dt.datetime.now(dt.UTC) - 2 * DAY)

    assert not client(past.issue_kiosk(KIOSK, DAY)).was_let_in


def test_the_brokers_own_certificate_is_none_of_a_client(client, standing):
    assert not client(pair_of(standing.authority, shelf.SERVER_KEY, shelf.SERVER_CERTIFICATE)).was_let_in


@pytest.mark.parametrize(
    ("version", "is_let_in"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_nothing_older_than_tls_1_2_is_spoken(standing, tmp_path, version, is_let_in):
    told = context(standing, standing.authority.issue_kiosk(KIOSK), tmp_path)
    told.set_ciphers("ALL:@SECLEVEL=0")
    told.minimum_version = told.maximum_version = version
    line = socket.create_connection(("127.0.0.1", standing.settings.port), SOON_S)

    with line:
        if is_let_in:
            told.wrap_socket(line, server_hostname="localhost").close()
        else:
            with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
                told.wrap_socket(line, server_hostname="localhost")


# Who says and hears what.


def test_nobody_speaks_under_anothers_name(client):
    centre, other = client("collector", hears=every_up()), client(OTHER, hears=(f"doors/v1/{OTHER}/#",))
    kiosk = client(KIOSK)

    codes = {channel: kiosk.say(topic(OTHER, channel)) for channel in Channel}

    kiosk.say(VISIT)
    centre.say(topic(OTHER, Channel.RECEIPT))
    eventually(lambda: centre.topics() and other.topics(), SOON_S)
    assert codes == dict.fromkeys(Channel, NOT_AUTHORISED)
    assert (centre.topics(), other.topics()) == ([VISIT], [topic(OTHER, Channel.RECEIPT)])


def test_a_kiosk_gives_no_orders_to_itself(client):
    kiosk = client(KIOSK)

    codes = {channel: kiosk.say(topic(KIOSK, channel)) for channel in mosquitto.DOWN}

    assert codes == dict.fromkeys(mosquitto.DOWN, NOT_AUTHORISED)


def test_nobody_hears_what_is_for_another(client):
    kiosk = client(
        KIOSK, hears=("#", "doors/v1/#", f"doors/v1/{OTHER}/receipt", "$share/all/doors/v1/+/receipt")
    )
    centre, other = client("collector"), client(OTHER)

    other.say(topic(OTHER, Channel.HEALTH))
    for channel in mosquitto.DOWN:
        centre.say(topic(OTHER, channel))
    centre.say(topic(KIOSK, Channel.RECEIPT))

    eventually(kiosk.topics, SOON_S)
    assert set(kiosk.topics()) == {topic(KIOSK, Channel.RECEIPT)}


def test_collectors_side_by_side_come_with_certificates_of_their_own(client, broker):
    """A name has one connection; they share visits, and hear nothing else."""
    broker.authority.prepare(replace(broker.settings, collectors=2))
    assert tell(broker.authority.shelf) is Told.YES
    share = f"$share/collectors/{topics.everyone(Channel.VISIT)}"
    names = [shelf.collector_name(number) for number in (1, 2)]
    pairs = [pair_of(broker.authority, *reversed(shelf.of_collector(name))) for name in names]

    beside = [client(pair, hears=(share, topics.everyone(Channel.HEALTH))) for pair in pairs]
    kiosk = client(KIOSK, hears=(topics.own(KIOSK, Channel.RECEIPT),))
    for _ in range(10):
        kiosk.say(VISIT)
    kiosk.say(topic(KIOSK, Channel.HEALTH))

    eventually(lambda: sum(len(one.heard) for one in beside) == 10, SOON_S)
    assert all({*one.topics()} == {VISIT} for one in beside)
    assert beside[0].say(topic(KIOSK, Channel.RECEIPT)) == 0
    assert beside[0].say(topic(KIOSK, Channel.CONFIG)) == NOT_AUTHORISED


def test_what_was_retained_for_another_is_not_heard(client, broker):
    client("collector").say(topic(OTHER, Channel.CONFIG), retain=True)
    client(KIOSK).say(topic(KIOSK, Channel.HEALTH), retain=True)

    late = client(OTHER, hears=("doors/v1/#",))

    eventually(late.topics, SOON_S)
    assert late.topics() == [topic(OTHER, Channel.CONFIG)]


def test_a_last_will_is_spoken_under_ones_own_name_only(client):
    centre = client("collector", hears=every_up())
    for about in (OTHER, KIOSK):
        client(KIOSK, will=topic(about, Channel.AVAILABILITY)).break_off()

    eventually(centre.topics, SOON_S)
    assert centre.topics() == [topic(KIOSK, Channel.AVAILABILITY)]


@pytest.mark.parametrize("name", ["collector", OTHER])
def test_nobody_takes_the_place_of_another_by_its_client_id(client, name):
    victim = client(name, client_id=name, hears=every_up())

    thief = client(KIOSK, client_id=name)

    assert thief.was_let_in
    assert not victim.is_gone.is_set()
    assert client("collector" if name == OTHER else OTHER).was_let_in
    assert not victim.is_gone.is_set()


# Revoking.


def test_a_revoked_kiosk_is_out_within_seconds_and_for_good(client, broker):
    centre = client("collector", hears=every_up())
    pair = broker.authority.issue_kiosk(KIOSK)
    kiosk, other = client(pair, hears=(f"doors/v1/{KIOSK}/#",)), client(OTHER, hears=(f"doors/v1/{OTHER}/#",))

    assert revoke(broker.authority.shelf.data, KIOSK) is Outcome.OUT

    assert kiosk.is_gone.wait(SOON_S)
    assert not client(pair).was_let_in
    assert other.say(topic(OTHER, Channel.VISIT)) == centre.say(topic(OTHER, Channel.RECEIPT)) == 0
    centre.say(topic(KIOSK, Channel.RECEIPT))
    eventually(lambda: other.topics() == [topic(OTHER, Channel.RECEIPT)], SOON_S)
    assert centre.topics() == [topic(OTHER, Channel.VISIT)]
    assert kiosk.topics() == []
    assert not other.is_gone.is_set()


def test_a_revoked_kiosk_is_mute_and_deaf_even_while_it_stays_connected(client, broker):
    centre = client("collector", hears=every_up())
    kiosk = client(KIOSK, hears=(f"doors/v1/{KIOSK}/#",))

    broker.authority.revoke(KIOSK)
    assert tell(broker.authority.shelf) is Told.YES

    eventually(lambda: kiosk.say(VISIT, b"late") == NOT_AUTHORISED, SOON_S)
    before = centre.topics().count(VISIT)
    kiosk.say(VISIT)
    centre.say(topic(KIOSK, Channel.RECEIPT))
    client(OTHER).say(topic(OTHER, Channel.VISIT))
    eventually(lambda: topic(OTHER, Channel.VISIT) in centre.topics(), SOON_S)
    assert centre.topics().count(VISIT) == before
    assert kiosk.topics() == []
    assert not kiosk.is_gone.is_set()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_revoked_kiosk_cannot_resume_an_older_tls_session(broker, tmp_path, version):
    told = context(broker, broker.authority.issue_kiosk(KIOSK), tmp_path)
    told.minimum_version = told.maximum_version = version

    def hello(session=None):
        line = socket.create_connection(("127.0.0.1", broker.settings.port), SOON_S)
        with told.wrap_socket(line, server_hostname="localhost", session=session) as door:
            door.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01k")
            return door.recv(4), door.session, door.session_reused

    _, session, _ = hello()
    answer, session, is_resumed = hello(session)
    assert (answer, is_resumed) == (b"\x20\x02\x00\x00", True)

    revoke(broker.authority.shelf.data, KIOSK)

    try:
        answer = hello(session)[0]
    except OSError:
        answer = b""
    assert answer == b""


def test_all_that_a_kiosk_holds_is_revoked_with_it(client, broker):
    key = ec.generate_private_key(ec.SECP256R1())
    first = broker.authority.issue_kiosk(KIOSK)
    renewed = broker.authority.sign_request(KIOSK, request(KIOSK, key))

    revoke(broker.authority.shelf.data, KIOSK)

    assert {serial(first[1]), serial(renewed)} <= revoked_serials(broker.authority)
    assert not client(first).was_let_in


def test_a_kiosk_enrolled_again_is_let_in_but_not_what_was_stolen(client, broker):
    stolen = broker.authority.issue_kiosk(KIOSK)
    thief = client(stolen)
    revoke(broker.authority.shelf.data, KIOSK)

    pair = broker.authority.issue_kiosk(KIOSK)
    tell(broker.authority.shelf)

    assert thief.is_gone.is_set()
    assert not client(stolen).was_let_in
    kiosk = client(pair)
    eventually(lambda: kiosk.say(VISIT) in LET, SOON_S)


def test_a_broker_that_was_off_refuses_when_it_starts(client, broker):
    pair = broker.authority.issue_kiosk(KIOSK)
    broker.stop()

    assert revoke(broker.authority.shelf.data, KIOSK) is Outcome.AT_START

    broker.errors.clear()
    broker.start()
    assert not client(pair).was_let_in
    assert client(OTHER).was_let_in


def test_a_broker_that_is_just_starting_is_not_killed_by_being_told(broker):
    broker.stop()
    pid = broker.authority.shelf.pid
    pid.unlink(missing_ok=True)
    broker.begin()
    while not (pid.exists() and pid.read_text().strip()):
        assert broker.process.poll() is None

    assert tell(broker.authority.shelf) is Told.YES

    broker.authority.issue_kiosk(KIOSK)
    assert revoke(broker.authority.shelf.data, KIOSK) is Outcome.OUT


def test_a_command_can_tell_the_broker(client, broker):
    kiosk = client(KIOSK)
    broker.authority.shelf.pid.unlink()

    outcome = revoke(broker.authority.shelf.data, KIOSK, reload_command=f"kill -HUP {broker.process.pid}")

    assert outcome is Outcome.OUT
    assert kiosk.is_gone.wait(SOON_S)


def test_a_revocation_that_the_broker_does_not_act_on_is_told(broker):
    broker.authority.issue_kiosk(KIOSK)

    with pytest.raises(RevocationUnproven, match="not seen to act"):
        revoke(broker.authority.shelf.data, KIOSK, reload_command="true", patience_s=0.3)


def test_a_broker_of_another_user_is_told_by_root(broker, monkeypatch):
    def refuse(_process, _signal):
        raise PermissionError

    broker.authority.issue_kiosk(KIOSK)
    with monkeypatch.context() as patch:
        patch.setattr(telling.os, "kill", refuse)
        with pytest.raises(RevocationUnproven, match="run this as root"):
            revoke(broker.authority.shelf.data, KIOSK, patience_s=0.1)


@pytest.mark.parametrize("command", ["false", "/no/such/program", "'"])
def test_a_command_that_fails_is_told(broker, command):
    broker.authority.issue_kiosk(KIOSK)

    with pytest.raises(BrokerUnusable, match="--reload"):
        revoke(broker.authority.shelf.data, KIOSK, reload_command=command)


def test_a_process_that_is_no_broker_is_left_alone(authority):
    """Its id stands in a file that a broker left behind, and it would hear the signal."""
    heard = []
    before = signal.signal(signal.SIGHUP, lambda *_: heard.append(True))
    authority.shelf.pid.write_text(f"{os.getpid()}\n")
    try:
        assert tell(authority.shelf) is Told.NOT_RUNNING
    finally:
        signal.signal(signal.SIGHUP, before)
    assert heard == []


def test_a_name_that_never_had_a_certificate_cannot_be_revoked(authority):
    with pytest.raises(CertificateRefused, match="check the name"):
        authority.revoke(KIOSK)


def test_revoking_twice_does_no_harm(authority):
    _, certificate = authority.issue_kiosk(KIOSK)

    authority.revoke(KIOSK)
    authority.revoke(KIOSK)

    assert serial(certificate) in revoked_serials(authority)
    assert authority.shelf.read(shelf.ACCESS).count(b"topic deny #") == 1
    assert authority.is_revoked(KIOSK)


def test_what_ran_out_long_ago_leaves_the_list(authority):
    _, certificate = authority.issue_kiosk(KIOSK, DAY)
    authority.issue_kiosk(OTHER)
    authority.revoke(KIOSK)

    later = Authority(authority.shelf.data, clock=lambda: dt.datetime.now(dt.UTC) + 30 * DAY)
    later.revoke(OTHER)

    assert serial(certificate) not in revoked_serials(authority)
    assert f"user {KIOSK}".encode() in authority.shelf.read(shelf.ACCESS)


# Requests.


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), Ed25519PrivateKey.generate()])
def test_only_the_key_is_taken_from_a_request(standing, key):
    text = standing.authority.sign_request(KIOSK, request("collector", key), DAY)

    certificate = x509.load_pem_x509_certificate(text)
    assert common_name(text) == KIOSK
    assert certificate.public_key() == key.public_key()
    assert certificate.not_valid_after_utc - dt.datetime.now(dt.UTC) < DAY


def test_a_renewed_certificate_is_let_in(client, standing):
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pair = (secret, standing.authority.sign_request(KIOSK, request(KIOSK, key)))

    assert client(pair).say(VISIT) in LET


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (b"", "cannot be read"),
        (b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "cannot be read"),
        (bytes(9000), "9000 bytes"),
        (request(KIOSK, rsa.generate_private_key(65537, 2048)), "key of another kind"),
        (request(KIOSK, ec.generate_private_key(ec.SECP384R1())), "key of another kind"),
        (request(KIOSK, breaks=True), "signature"),
    ],
    ids=["empty", "no request", "too long", "rsa", "p-384", "broken signature"],
)
def test_a_request_that_will_not_do_is_refused(authority, pem, why):
    with pytest.raises(CertificateRefused, match=why):
        authority.sign_request(KIOSK, pem)


def test_a_revoked_kiosk_gets_no_new_certificate(authority):
    authority.issue_kiosk(KIOSK)
    authority.revoke(KIOSK)

    with pytest.raises(CertificateRefused, match="revoked; enrol it again"):
        authority.sign_request(KIOSK, request(KIOSK))


@pytest.mark.parametrize("name", ["collector", "Kiosk", "a/b", "+", "", "../x", "kiosk-1\nuser collector"])
def test_a_name_that_would_mean_more_gets_no_certificate(authority, name):
    with pytest.raises(CertificateRefused):
        authority.issue_kiosk(name)
    with pytest.raises(CertificateRefused):
        authority.sign_request(name, request(KIOSK))


def test_a_kiosks_certificate_cannot_play_the_broker(standing, tmp_path):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pair = tmp_path / "kiosk.pem"
    pair.write_bytes(b"".join(standing.authority.issue_kiosk(KIOSK)))
    server.load_cert_chain(pair)
    told = context(standing, None, tmp_path)
    told.check_hostname = False
    to_client, to_server = (ssl.MemoryBIO(), ssl.MemoryBIO())
    victim = told.wrap_bio(to_client, to_server)
    thief = server.wrap_bio(to_server, to_client, server_side=True)

    with pytest.raises(ssl.SSLWantReadError):
        victim.do_handshake()
    with pytest.raises(ssl.SSLWantReadError):
        thief.do_handshake()
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        victim.do_handshake()


def test_no_certificate_outlives_its_authority(authority):
    ca = x509.load_pem_x509_certificate(authority.ca_pem())
    later = Authority(authority.shelf.data, clock=lambda: ca.not_valid_after_utc - DAY)
    after = Authority(authority.shelf.data, clock=lambda: ca.not_valid_after_utc + DAY)

    _, certificate = later.issue_kiosk(KIOSK)

    assert x509.load_pem_x509_certificate(certificate).not_valid_after_utc == ca.not_valid_after_utc
    with pytest.raises(CertificateRefused, match="ran out"):
        after.issue_kiosk(KIOSK)


def test_certificates_made_at_the_same_time_are_all_remembered(authority):
    data = authority.shelf.data

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Authority(data).issue_kiosk(KIOSK)[1], range(16)))

    authority.revoke(KIOSK)
    assert {serial(certificate) for certificate in made} <= revoked_serials(authority)


# Files and commands.


def test_a_second_run_changes_nothing(run, tmp_path):
    first = run(broker_command, "--host", "centre.example", "--port", "18883")
    folder = tmp_path / "data" / "broker"
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*")}

    second = run(broker_command)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "nothing to do" in second.output
    assert "centre.example" in second.output
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*")} == before


def test_only_what_must_change_is_changed(run, tmp_path):
    run(broker_command, "--host", "centre.example")

    said = run(broker_command, "--host", "centre.example", "--host", "10.1.2.3").output

    written = {
        Path(line.removeprefix("wrote ")).name for line in said.splitlines() if line.startswith("wrote ")
    }
    assert written == {"server.crt", "broker.json"}


def test_the_command_says_how_to_start_the_broker(run, tmp_path):
    said = run(broker_command, "--user", pwd.getpwuid(os.geteuid()).pw_name).output

    assert f"mosquitto -c {tmp_path}/data/broker/mosquitto.conf" in said
    assert "mosquitto.service" in said


def test_a_running_broker_is_told_of_its_new_certificate(run, broker, tmp_path):
    said = run(broker_command, "--host", "centre.example").output

    assert "the broker was told" in said
    told = ssl.create_default_context(cadata=broker.authority.ca_pem().decode())

    def answers_as_asked():
        with socket.create_connection(("127.0.0.1", broker.settings.port), SOON_S) as line:
            try:
                told.wrap_socket(line, server_hostname="centre.example").close()
            except ssl.SSLCertVerificationError:
                return False
        return True

    eventually(answers_as_asked, SOON_S)


def test_the_command_revokes(run, broker, client):
    kiosk = client(KIOSK)

    done = run(revoke_command, KIOSK)

    assert done.exit_code == 0, done.output
    assert f"{KIOSK} is out" in done.output
    assert kiosk.is_gone.wait(SOON_S)


def test_the_command_says_when_no_broker_runs(run, authority):
    authority.issue_kiosk(KIOSK)

    assert "no broker runs here" in run(revoke_command, KIOSK).output


@pytest.mark.parametrize(
    ("command", "arguments", "why"),
    [
        (revoke_command, [KIOSK], "run `collector broker` first"),
        (broker_command, ["--host", "a b"], "no name or address"),
        (broker_command, ["--user", "no-such-user"], "choose another with --user"),
    ],
)
def test_what_the_user_can_mend_is_said_in_one_line(run, command, arguments, why):
    error = run(command, *arguments).exception

    assert isinstance(error, (BrokerUnusable, CertificateRefused))
    assert why in str(error)
    assert "\n" not in str(error)


def test_the_services_certificates_are_renewed_in_time(authority):
    settings = Settings.read(authority.shelf)
    names = (shelf.CA_CERTIFICATE, shelf.SERVER_CERTIFICATE, shelf.CENTRE_CERTIFICATE)
    first = [authority.shelf.read(file) for file in names]

    def after(days):
        later = Authority(authority.shelf.data, clock=lambda: dt.datetime.now(dt.UTC) + days * DAY)
        return {path.name for path in later.prepare(settings)}

    assert after(700) == set()
    assert after(740) == {"server.crt", "centre.crt"}
    again = [authority.shelf.read(file) for file in names]
    assert again[0] == first[0]
    assert {*again[1:]}.isdisjoint(first[1:])
    assert common_name(again[2]) == "collector"


def test_private_files_are_for_the_owner_only(authority):
    authority.issue_kiosk(KIOSK)
    folder = authority.shelf.folder

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}

    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a broker as another user")
def test_a_broker_under_a_user_of_its_own_reads_what_it_must_and_no_more():
    account = pwd.getpwnam(NOBODY)
    data = Path(tempfile.mkdtemp())  # all above it is open to everybody
    try:
        with pytest.raises(BrokerUnusable, match=rf"chgrp {NOBODY} {data} && chmod g\+x"):
            TlsBroker(data, user=NOBODY)
        os.chown(data, 0, account.pw_gid)
        data.chmod(0o750)
        broker = TlsBroker(data, user=NOBODY)
        try:
            broker.authority.issue_kiosk(KIOSK)
            assert revoke(data, KIOSK) is Outcome.OUT
            assert f"Uid:\t{account.pw_uid}\t" in Path(f"/proc/{broker.process.pid}/status").read_text()
            folder = broker.authority.shelf.folder
            shared = {
                path.name for path in folder.iterdir() if path.is_file() and path.stat().st_mode & 0o077
            }
            assert shared == {file.name for file in shelf.ALL if file.shared}
            assert all(stat.S_IMODE((folder / name).stat().st_mode) == 0o640 for name in shared)
        finally:
            assert broker.stop() == 0
    finally:
        shutil.rmtree(data)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes for another user")
def test_what_root_writes_belongs_to_whom_the_folder_belongs_to(tmp_path):
    account = pwd.getpwnam(NOBODY)
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, account.pw_uid, account.pw_gid)

    authority = Authority(data)
    authority.prepare(Settings(("localhost",), 8883, "", authority.shelf.owner()))
    authority.issue_kiosk(KIOSK)

    assert {(path.stat().st_uid, path.stat().st_gid) for path in data.rglob("*")} == {
        (account.pw_uid, account.pw_gid)
    }


@pytest.mark.parametrize("file", [shelf.CA_KEY, shelf.CA_CERTIFICATE])
def test_a_lost_authority_is_not_quietly_replaced(authority, file):
    authority.shelf.path(file).unlink()

    with pytest.raises(BrokerUnusable, match="put it back from a backup"):
        authority.prepare(Settings.read(authority.shelf))


def test_an_authority_of_which_half_was_written_is_made_anew(authority):
    settings = Settings.read(authority.shelf)
    shutil.rmtree(authority.shelf.folder)
    authority.shelf.make(settings.user)
    authority.shelf.write(shelf.CA_KEY, b"half")

    authority.prepare(settings)

    assert authority.issue_kiosk(KIOSK)


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"xyz": "2030-01-01T00:00:00+00:00"}', '{"1f": "2030-01-01T00:00:00"}']
)
def test_damaged_notes_stop_a_revocation_rather_than_shorten_it(authority, text):
    authority.issue_kiosk(KIOSK)
    authority.shelf.path(shelf.issued(KIOSK)).write_text(text)

    with pytest.raises(BrokerUnusable, match="damaged"):
        authority.revoke(KIOSK)


@pytest.mark.parametrize(
    "file", [shelf.CA_KEY, shelf.CA_CERTIFICATE, shelf.SERVER_KEY, shelf.CENTRE_CERTIFICATE, shelf.SETTINGS]
)
def test_a_damaged_file_is_named(run, authority, file):
    authority.shelf.path(file).write_text("damaged")

    error = run(broker_command).exception

    assert isinstance(error, BrokerUnusable)
    assert file.name in str(error)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BrokerUnusable, match="run `collector broker` first"):
        Authority(tmp_path / "data").issue_kiosk(KIOSK)


def test_the_authority_needs_no_django():
    code = (
        "import sys, collector.broker.authority, collector.broker.revoking; sys.exit('django' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
