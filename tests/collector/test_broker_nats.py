"""NATS as the broker, with what `collector broker --engine nats` writes: over TLS, with certificates by kiosk."""

import asyncio
import datetime as dt
import socket
from pathlib import Path
from uuid import uuid4

import nats
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from collector.broker import certificates, mosquitto, shelf
from collector.broker.authority import Authority
from collector.broker.commands import broker as broker_command
from collector.broker.errors import BrokerUnusable, CertificateRefused
from collector.broker.renewing import renew
from collector.broker.revoking import Outcome, revoke
from collector.broker.settings import Settings
from collector.broker.telling import Told, tell
from collector.doctor import certificates as doctor
from collector.doctor.finding import State
from collector.ingest.client import MqttLine
from collector.ingest.jetstream.line import JetStreamLine
from collector.ingest.lines import Arrived, Down, Tls, Up
from mqtt_bridge import client as box_line
from mqtt_bridge import topics
from mqtt_bridge.client_ids import client_id
from mqtt_bridge.topics import NAMED, Channel, Topic
from mqtt_bridge.wire import Receipt
from tests.collector.broker_tls import SOON_S, Client, centre_pair, context, pair_of, request, strangers_pair
from tests.ports import free_port
from tests.programs import BIN, Program, eventually

KIOSK, OTHER = "kiosk-1", "kiosk-2"
VISIT = f"doors/v1/{KIOSK}/visit"
INSIDE = ("$MQTT/msgs/#", "$MQTT/sub/#", "$MQTT/sess/#", "$JS/API/#", "$JS/ACK/#", "$SYS/#", "_INBOX/#", "#")


def write(data: Path, *more: str) -> str:
    """What the command says that it wrote."""
    done = CliRunner().invoke(broker_command, ["--data", str(data), "--engine", "nats", *more])
    assert done.exit_code == 0, done.output
    return done.output


def topic(channel: Channel, kiosk: str = KIOSK) -> str:
    return str(Topic(kiosk, channel, "a" if channel in NAMED else ""))


def ports() -> list[str]:
    options = ("--port", "--nats-port", "--cluster-port", "--monitor-port")
    return [word for option in options for word in (option, str(free_port()))]


class TlsNats(Program):
    """A node as the command would have it, beside two that never come if wished."""

    def __init__(self, data: Path, node: str = "n1", *others: str) -> None:
        for name in (node, *others):
            write(data, "--node", name, "--host", "localhost", "--listen", "127.0.0.1", *ports())
        self.authority = Authority(data)
        self.settings = Settings.read(self.authority.shelf).nodes[0]
        file = shelf.node_file(node, shelf.NODE_CONFIGURATION)
        super().__init__(BIN / "nats-server", "-c", self.authority.shelf.path(file))

    def start(self) -> None:
        super().start()
        eventually(lambda: any("Server is ready" in line for line in self.errors), SOON_S)

    @property
    def url(self) -> str:
        return f"tls://127.0.0.1:{self.settings.client_port}"


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    broker = TlsNats(tmp_path_factory.mktemp("standing") / "data")
    broker.pairs = {kiosk: broker.authority.issue_kiosk(kiosk) for kiosk in (KIOSK, OTHER)}
    assert tell(broker.authority.shelf) is Told.YES
    eventually(lambda: any("Reloaded server configuration" in line for line in broker.errors), SOON_S)
    yield broker
    assert broker.stop() == 0


@pytest.fixture
def client(standing, tmp_path):
    made = []

    def open_client(who, **more):
        pairs = {**standing.pairs, "collector": centre_pair(standing.authority)}
        pair = pairs[who] if isinstance(who, str) else who
        made.append(Client(standing, pair, tmp_path, **{"client_id": f"{len(made)}", "is_v5": False, **more}))
        return made[-1]

    yield open_client
    for one in made:
        one.close()


def test_a_kiosk_says_and_hears_all_that_it_must(client):
    # By QoS 1 a busy node may take what is said at once before the new subscription's queue is there.
    centre = client("collector", hears=tuple(topics.everyone(one) for one in mosquitto.UP), qos=0)
    kiosk = client(KIOSK, hears=tuple(topics.own(KIOSK, one) for one in mosquitto.DOWN), qos=0)
    said, told = ([topic(one) for one in channels] for channels in (mosquitto.UP, mosquitto.DOWN))

    for one in said:
        kiosk.say(one)
    for one in told:
        centre.say(one)

    eventually(lambda: sorted(centre.topics()) == sorted(said), SOON_S)
    eventually(lambda: sorted(kiosk.topics()) == sorted(told), SOON_S)


def test_nobody_speaks_under_anothers_name(client):
    """NATS acknowledges to MQTT 3.1.1 what it throws away: only a receipt says that a visit is stored."""
    centre = client("collector", hears=(topics.everyone(Channel.VISIT), topics.everyone(Channel.RECEIPT)))
    other = client(OTHER)
    for topic in (VISIT, f"doors/v1/{OTHER}/receipt", "$MQTT/msgs/doors/v1/kiosk-1/visit"):
        other.say(topic)
    other.say(f"doors/v1/{OTHER}/visit")

    eventually(lambda: centre.heard, SOON_S)
    assert centre.topics() == [f"doors/v1/{OTHER}/visit"]


@pytest.mark.parametrize("topic", [f"doors/v1/{KIOSK}/receipt", "doors/v1/+/command/+", *INSIDE])
def test_nobody_hears_what_is_for_another_or_inside(client, topic):
    assert client(OTHER, hears=(topic,)).refused == [topic]


def test_a_kiosks_certificate_opens_the_way_by_mqtt_only(standing, tmp_path):
    async def knock(pair) -> str:
        tls = context(standing, pair, tmp_path)
        try:
            line = await nats.connect(standing.url, tls=tls, allow_reconnect=False, error_cb=_quiet)
        except nats.errors.Error as error:
            return str(error)
        await line.close()
        return "in"

    assert asyncio.run(knock(centre_pair(standing.authority))) == "in"
    assert "Authorization Violation" in asyncio.run(knock(standing.pairs[KIOSK]))


def test_a_collector_takes_visits_off_the_stream_with_the_centres_certificate(client, standing):
    """With what it may say and hear, and no more."""
    folder = standing.authority.shelf
    files = (shelf.CA_CERTIFICATE, shelf.CENTRE_CERTIFICATE, shelf.CENTRE_KEY)
    kiosk = client(KIOSK, hears=(topic(Channel.RECEIPT),), qos=0)
    heard = []
    line = JetStreamLine(
        servers=[standing.url], durable="all", happen=heard.append, tls=Tls(*map(folder.path, files))
    )
    line.connect()
    try:
        eventually(lambda: Up() in heard, SOON_S)
        kiosk.say(VISIT)
        eventually(lambda: any(isinstance(one, Arrived) for one in heard), SOON_S)
        (message,) = next(one for one in heard if isinstance(one, Arrived)).messages
        line.acknowledge([message.packet])
        line.post_receipts([(KIOSK, Receipt(uuid4(), 1))])
        eventually(lambda: kiosk.topics() == [topic(Channel.RECEIPT)], SOON_S)
    finally:
        line.close()
    assert message.topic.decode() == VISIT
    assert not any(isinstance(one, Down) for one in heard)


async def _quiet(_error: Exception) -> None:
    pass


def test_who_is_not_written_down_is_refused(client, standing):
    assert not client(strangers_pair(KIOSK)).was_let_in
    assert not client(standing.authority.issue_kiosk("kiosk-3")).was_let_in
    assert not client(pair_of(standing.authority, *of_node("n1", "node"))).was_let_in


def test_the_session_of_the_centre_is_of_no_use_to_a_kiosk(client):
    """A client id is not bound to a certificate; what was subscribed under it is, to whoever comes."""
    client("collector", hears=(topics.everyone(Channel.REPLY),), client_id="centre", keeps=True).close()
    thief = client(KIOSK, client_id="centre", keeps=True)
    client(OTHER).say(f"doors/v1/{OTHER}/reply/a")
    client(KIOSK, hears=(f"doors/v1/{KIOSK}/config",)).close()

    assert thief.heard == []


def test_no_kiosk_ends_the_line_of_another(client, standing):
    """By taking its client id, which all could guess before."""
    folder, heard, seen = standing.authority.shelf, [], []
    own = (folder.path(file) for file in (shelf.CA_CERTIFICATE, shelf.CENTRE_CERTIFICATE, shelf.CENTRE_KEY))
    pair = standing.pairs[OTHER]
    files = [folder.data / name for name in ("ca.crt", "kiosk.crt", "kiosk.key")]
    for file, content in zip(files, (standing.authority.ca_pem(), pair[1], pair[0]), strict=True):
        file.write_bytes(content)
    at = {"host": "localhost", "port": standing.settings.port, "protocol": "3.1.1"}
    asks = {"channels": (Channel.CERTIFICATE,), "tls": box_line.Tls(*files), "happen": seen.append}
    lines = (
        MqttLine(**at, client_id="collector", happen=heard.append, tls=Tls(*own)),
        box_line.Line(**at, kiosk=OTHER, keepalive_s=30, **asks),
    )
    for line in lines:
        line.connect()
    try:
        eventually(lambda: Up() in heard and box_line.Up() in seen, SOON_S)
        assert all(client(KIOSK, client_id=guess).was_let_in for guess in ("collector", f"kiosk-{OTHER}"))
        client(KIOSK).say(VISIT)  # all before it is done with then
        assert not any(isinstance(one, Down | box_line.Down) for one in (*heard, *seen))
    finally:
        for line in lines:
            line.close()


def test_what_qos_2_would_leave_behind_a_node_does_not_take(client):
    box = client(KIOSK, hears=(topic(Channel.RECEIPT),), qos=2)
    box.publish_qos_2(VISIT)

    assert box.granted == [1]
    assert box.is_gone.wait(SOON_S)


def test_the_centre_is_no_session_of_which_a_node_forgets_what_it_hears(standing):
    """A kept one whose consumer is gone is granted all the same, and deaf for good."""
    folder = standing.authority.shelf
    own = (folder.path(file) for file in (shelf.CA_CERTIFICATE, shelf.CENTRE_CERTIFICATE, shelf.CENTRE_KEY))
    tls, told = Tls(*own), {"host": "localhost", "port": 1, "client_id": "c", "happen": print}

    assert MqttLine(**told, protocol="3.1.1", tls=tls)._client._clean_session
    assert not MqttLine(**told, protocol="3.1.1")._client._clean_session


def test_a_client_id_is_the_same_at_each_dial_and_another_for_each_key(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"1")
    other.write_bytes(b"2")

    assert client_id("a", "3.1.1", one) == client_id("a", "3.1.1", one) != client_id("a", "3.1.1", other)
    assert client_id("a", "5", one) == client_id("a", "3.1.1", None) == "a"


def test_a_revoked_kiosk_is_out_at_once_and_a_renewed_certificate_in(client, standing, tmp_path):
    kiosk = "kiosk-4"
    first = standing.authority.issue_kiosk(kiosk, dt.timedelta(days=30))
    tell(standing.authority.shelf)
    eventually(lambda: client(first).was_let_in, SOON_S)
    box = client(first)

    key = ec.generate_private_key(ec.SECP256R1())
    secret = certificates.key_pem(key)
    granted = renew(standing.authority.shelf.data, {kiosk: request(kiosk, key)})
    renewed = (secret, granted[kiosk])
    eventually(lambda: client(renewed).was_let_in, SOON_S)
    assert not box.is_gone.is_set()

    assert revoke(standing.authority.shelf.data, kiosk) is Outcome.OUT
    assert box.is_gone.wait(SOON_S)
    assert not client(first).was_let_in
    assert not client(renewed).was_let_in


def test_what_not_all_nodes_know_is_not_handed_out(tmp_path, monkeypatch):
    """The box would be shut out by it; what it holds already is good for months."""
    write(tmp_path, "--node", "n1", "--host", "localhost")
    authority, key = Authority(tmp_path), ec.generate_private_key(ec.SECP256R1())
    authority.issue_kiosk(KIOSK, dt.timedelta(days=30))

    with pytest.raises(BrokerUnusable, match=r"does not run on this machine.* COLLECTOR_BROKER_RELOAD"):
        renew(tmp_path, {KIOSK: request(KIOSK, key)})
    monkeypatch.setenv("COLLECTOR_BROKER_RELOAD", "true")
    authority.issue_kiosk(OTHER, dt.timedelta(days=30))
    asked = {OTHER: request(OTHER, key), "kiosk-3": b"none"}
    given, refused = renew(tmp_path, asked).values()
    assert given.startswith(b"-----BEGIN")
    assert isinstance(refused, CertificateRefused)
    assert "just now" in str(renew(tmp_path, asked)[OTHER])


def test_of_many_certificates_of_a_box_a_node_knows_the_oldest_and_the_newest(tmp_path):
    write(tmp_path, "--node", "n1", "--host", "localhost")
    authority = Authority(tmp_path)
    held = [authority.issue_kiosk(KIOSK, dt.timedelta(days=days))[1] for days in (1, 3, 2, 5, 4)]
    tell(authority.shelf)

    text = authority.shelf.read(shelf.node_file("n1", shelf.NODE_USERS)).decode()
    serials = [f"{x509.load_pem_x509_certificate(one).serial_number:x}" for one in held]
    assert [f':{serial}"' in text for serial in serials] == [True, False, False, True, True]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--engine", "mosquitto", "--node", "n2"), "add --engine nats"),
        (("--collectors", "2"), "one certificate serves all"),
        (("--node", "N 2"), "lower-case letters"),
        (("--port", "8884"), "which of n1, n2 is meant"),
        (("--node", "n3"), "under which does one reach the new node n3"),
        (("--node", "n1", "--nats-port", "8883"), "n1 has it twice"),
        (("--without-node", "n3"), "none of n1, n2"),
        (("--without-node", "n1", "--store-gb", "9"), "give it alone"),
    ],
)
def test_what_does_not_go_together_is_told(tmp_path, arguments, why):
    for node in ("n1", "n2"):
        write(tmp_path, "--node", node, "--host", node)
    done = CliRunner().invoke(broker_command, ["--data", str(tmp_path), *arguments])

    assert done.exit_code == 2
    assert why in done.output


def test_a_host_that_is_refused_is_not_kept(tmp_path):
    write(tmp_path)
    with pytest.raises(AssertionError):
        write(tmp_path, "--node", "n2", "--host", "10.0.0.1 10.0.0.2")

    assert [node.name for node in Settings.read(shelf.Shelf(tmp_path)).nodes] == ["n1"]


def test_nodes_know_each_other_and_a_second_run_changes_nothing(tmp_path):
    for node in ("n1", "n2", "n3"):
        write(tmp_path, "--node", node, "--host", f"{node}.example")
    folder = Authority(tmp_path).shelf
    texts = {
        node: folder.read(shelf.node_file(node, shelf.NODE_CONFIGURATION)).decode()
        for node in ("n1", "n2", "n3")
    }

    for text in texts.values():
        assert all(f'"tls://{node}.example:6222"' in text for node in texts)
        assert "stream_replicas: 3" in text
        assert "sync_interval: always" in text
    assert "nothing to do" in write(tmp_path)


def test_a_node_that_goes_is_trusted_no_longer_and_comes_again_with_another_key(tmp_path):
    for node in ("n1", "n2"):
        write(tmp_path, "--node", node, "--host", f"{node}.example", "--store-gb", "9")
    folder, settings = Authority(tmp_path).shelf, shelf.node_file("n1", shelf.NODE_CONFIGURATION)
    trusts = folder.read(settings)

    write(tmp_path, "--without-node", "n2")
    assert b"n2.example" not in folder.read(settings)
    assert folder.read(shelf.node_file("n2", "node.key")) is None

    write(tmp_path, "--node", "n2", "--host", "n2.example")
    trusts_now = folder.read(settings)
    assert b"n2.example" in trusts_now
    assert trusts_now != trusts
    assert b"max_file_store: 9GB" in trusts_now


def test_their_certificates_are_watched(tmp_path):
    write(tmp_path, "--node", "n1", "--host", "localhost")
    in_five_years = dt.datetime.now(dt.UTC) + dt.timedelta(days=5 * 365)

    assert doctor.check(tmp_path, dt.datetime.now(dt.UTC)).state is State.OK
    assert "nodes/n1/server.crt: ran out" in doctor.check(tmp_path, in_five_years).says


def test_a_kiosk_is_no_node(tmp_path):
    """Each has a certificate of the authority; a node knows the others by their keys."""
    broker = TlsNats(tmp_path / "data", "n1", "n2", "n3")
    pairs = {
        "a node": pair_of(broker.authority, *of_node("n2", "node")),
        "what it serves with": pair_of(broker.authority, *of_node("n2", "server")),
        "a kiosk": broker.authority.issue_kiosk(KIOSK),
        "the centre": centre_pair(broker.authority),
    }
    let_in = [who for who, pair in pairs.items() if meets_a_node(broker, pair, tmp_path)]

    assert broker.stop() == 0
    assert let_in == ["a node"]


def of_node(node, kind):
    return (shelf.node_file(node, f"{kind}.key"), shelf.node_file(node, f"{kind}.crt"))


def meets_a_node(broker, pair, folder):
    """Whether a node goes on talking to who comes with this certificate."""
    tls = context(broker, pair, folder)
    with socket.create_connection(("127.0.0.1", broker.settings.cluster_port), SOON_S) as line:
        try:
            with tls.wrap_socket(line, server_hostname="localhost") as door:
                return door.recv(4096).startswith(b"INFO")
        except OSError:
            return False
