"""Who is taken by the centre, who is not, and what becomes of the box before."""

import datetime as dt
import secrets
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.auth.models import User
from django.utils import timezone

from collector.broker import own
from collector.broker.authority import Authority
from collector.broker.certificates import key_pem
from collector.broker.commands import _note as note
from collector.broker.errors import BrokerUnusable
from collector.broker.nodes import Node
from collector.broker.settings import Settings
from collector.enrolling import codes, reaching
from collector.enrolling.codes import State
from collector.enrolment import enrol
from collector.models import AuditEntry, Kiosk, SetupCode
from mqtt_bridge.wire import codes as wire_codes
from mqtt_bridge.wire import enrolment as wire
from mqtt_bridge.wire.codes import Purpose, SignedCode
from mqtt_bridge.wire.enrolment import Admission, Refusal, Why
from tests.collector.broker_tls import Client, TlsBroker, request
from tests.collector.enrolling.conftest import KIOSK, MAKER, PLACE, Box, bytes_of, common_name, digest_of
from tests.programs import eventually

HOUR = dt.timedelta(hours=1)


def why(answer: object) -> Why:
    assert isinstance(answer, Refusal)
    return answer.reason


def taken(answer: object) -> Admission:
    assert isinstance(answer, Admission)
    return answer


def signed(centre, **change) -> str:
    """A code that the centre's key has signed, but that the centre knows nothing of."""
    facts = {
        "url": f"https://127.0.0.1:{centre.port}",
        "authority": centre.authority.fingerprint(),
        "token": secrets.token_urlsafe(16),
        "expires": timezone.now() + HOUR,
        "key": centre.keyring.signing()[1],
        **change,
    }
    key = facts.pop("key")
    return wire.sign(wire.SetupCode(**facts), key.private_bytes_raw())


def test_a_box_with_a_code_is_the_centres(centre):
    box = centre.box()

    answer = taken(box.ask(centre.code()))

    assert (answer.centre.kiosk, answer.place, answer.door) == (KIOSK, PLACE, "Cửa chính")
    assert common_name(answer.certificate) == KIOSK
    assert x509.load_pem_x509_certificate(answer.certificate.encode()).public_key() == box.key.public_key()
    assert bytes_of(answer.centre.place_key) == centre.keyring.place_key(centre.kiosk.place_id)
    assert answer.centre.sealing_keys
    assert set(answer.centre.signing_keys) == set(centre.keyring.signing_keys())
    assert (answer.broker.host, answer.broker.tls, answer.key) == ("localhost", True, "")
    assert digest_of(answer.authority.encode()) == centre.authority.fingerprint()


def test_it_is_told_which_certificate_to_pin(quick_centre):
    made = quick_centre.code()
    said = wire.opened(made.text, None)

    assert isinstance(said, wire.SetupCode)
    assert said.authority == digest_of(quick_centre.box().authority)


def test_that_it_came_is_written_down_with_from_where(centre):
    made = centre.code()
    centre.box().ask(made)

    entry = AuditEntry.objects.get(action="door_enrolled")
    assert (entry.subject, entry.place, entry.address) == (KIOSK, centre.kiosk.place_id, "127.0.0.1")
    assert entry.detail == {"replaced": False, "version": "1.0"}
    assert codes.state(SetupCode.objects.get(), timezone.now()) is State.USED


def test_nothing_secret_is_kept_of_a_code(quick_centre):
    made = quick_centre.code(wifi=wire.Wifi("Mang Thu", "mat khau mang"))
    said = wire.opened(made.text, None)

    row = SetupCode.objects.values().get()
    assert isinstance(said, wire.SetupCode)
    assert not {said.token, "Mang Thu", "mat khau mang", made.text} & {str(value) for value in row.values()}
    assert said.token not in repr(made)


def test_asked_again_with_the_same_key_the_centre_says_the_same(centre):
    box, made = centre.box(), centre.code()

    first, second = (taken(box.ask(made)) for _ in range(2))

    assert first == second
    assert AuditEntry.objects.filter(action="door_enrolled").count() == 1


def test_another_box_with_a_used_code_is_refused(centre):
    made = centre.code()
    centre.box().ask(made)

    assert why(centre.box().ask(made)) is Why.USED


def test_of_many_boxes_with_one_code_one_is_taken(centre):
    made = centre.code()
    start = Barrier(4)

    def come(box: Box) -> Admission | Refusal:
        start.wait()
        return box.ask(made)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(come, [centre.box() for _ in range(4)]))

    others = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(others) == 3
    assert {answer.reason for answer in others} <= {Why.USED, Why.BUSY}


def test_a_code_whose_time_is_over_is_refused(centre):
    made = centre.code(now=timezone.now() - 2 * HOUR)

    assert why(centre.box().ask(made)) is Why.EXPIRED


def test_a_code_that_was_taken_back_is_refused(centre):
    made = centre.code()

    assert codes.withdraw(centre.kiosk, timezone.now())
    assert why(centre.box().ask(made)) is Why.WITHDRAWN


def test_a_newer_code_ends_the_one_before(centre):
    old, new = centre.code(), centre.code()

    assert why(centre.box().ask(old)) is Why.WITHDRAWN
    assert taken(centre.box().ask(new))


def test_another_centres_code_is_refused(quick_centre):
    foreign = signed(quick_centre, key=Ed25519PrivateKey.generate())

    assert why(quick_centre.box().ask(foreign)) is Why.FORGED


def test_a_code_that_somebody_has_changed_is_refused(quick_centre):
    text = quick_centre.code().text
    swapped = {letter: "".join(sorted("AB", key=letter.__eq__))[0] for letter in "AB"}

    changed = text[:20] + swapped.get(text[20], "A") + text[21:]

    assert changed != text
    assert why(quick_centre.box().ask(changed)) in {Why.FORGED, Why.MALFORMED}


def test_a_code_of_ours_that_the_centre_has_forgotten_is_refused(quick_centre):
    assert why(quick_centre.box().ask(signed(quick_centre))) is Why.WITHDRAWN


@pytest.mark.parametrize("text", ["", "EK1:", "EK1:ABC", "014099000001|", "x" * 4000])
def test_what_is_no_code_is_refused(quick_centre, text):
    assert why(quick_centre.box().ask(text)) is Why.MALFORMED


def test_a_badge_sets_nothing_up(quick_centre):
    _, key = quick_centre.keyring.signing()
    badge = SignedCode(Purpose.TECHNICIAN, "1", timezone.now() + HOUR)

    answer = quick_centre.box().ask(wire_codes.sign(badge, key.private_bytes_raw()))

    assert why(answer) is Why.MALFORMED


@pytest.mark.parametrize("made", ["", "nonsense", request("x", breaks=True).decode()])
def test_a_request_that_is_none_uses_no_code(quick_centre, made):
    code = quick_centre.code()

    assert why(quick_centre.box().ask(code, request=made or "-")) is Why.MALFORMED
    assert taken(quick_centre.box().ask(code))


def test_a_box_that_cannot_be_given_a_certificate_is_told_to_come_again(quick_centre, monkeypatch):
    box, code = quick_centre.box(), quick_centre.code()
    with monkeypatch.context() as broken:
        broken.setattr(own, "issuer", _lost)
        assert why(box.ask(code)) is Why.BUSY
    assert codes.state(SetupCode.objects.get(), timezone.now()) is State.OPEN

    assert taken(box.ask(code))


def _lost(_folder: object) -> None:

    raise BrokerUnusable("file ca.key: not there")


def test_the_box_before_is_shut_out_once_another_has_come(tmp_path, centre):
    broker = TlsBroker(centre.data)
    try:
        key, certificate = centre.authority.issue_kiosk(KIOSK)
        assert Client(broker, (key, certificate), tmp_path).was_let_in
        new = centre.box()

        answer = taken(new.ask(centre.code()))

        eventually(lambda: not Client(broker, (key, certificate), tmp_path).was_let_in)
        assert Client(broker, (_pem(new), answer.certificate.encode()), tmp_path).was_let_in
    finally:
        broker.stop()


def test_a_box_that_is_refused_leaves_the_one_before_as_it_was(tmp_path, quick_centre):
    broker = TlsBroker(quick_centre.data)
    try:
        pair = quick_centre.authority.issue_kiosk(KIOSK)
        quick_centre.box().ask(quick_centre.code(now=timezone.now() - 2 * HOUR))

        assert Client(broker, pair, tmp_path).was_let_in
    finally:
        broker.stop()


def test_a_box_that_was_revoked_is_let_in_again_by_a_new_code(tmp_path, quick_centre):
    broker = TlsBroker(quick_centre.data)
    try:
        old = quick_centre.authority.issue_kiosk(KIOSK)
        quick_centre.authority.revoke(KIOSK)
        Kiosk.objects.filter(pk=KIOSK).update(revoked_at=timezone.now())
        new = quick_centre.box()

        answer = taken(new.ask(quick_centre.code()))

        assert Kiosk.objects.get(pk=KIOSK).revoked_at is None
        eventually(lambda: not Client(broker, old, tmp_path).was_let_in)
        assert Client(broker, (_pem(new), answer.certificate.encode()), tmp_path).was_let_in
    finally:
        broker.stop()


def test_what_the_box_before_said_of_itself_is_not_the_new_ones(quick_centre):
    Kiosk.objects.filter(pk=KIOSK).update(seen_at=timezone.now(), online=True, health={"version": "0.1"})

    quick_centre.box().ask(quick_centre.code())

    row = Kiosk.objects.get(pk=KIOSK)
    assert (row.seen_at, row.online, row.health) == (None, None, {})
    assert AuditEntry.objects.get(action="door_enrolled").detail["replaced"] is True


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("", "localhost"),
        ("mqtt.example.vn:8883", "mqtt.example.vn"),
        ("[2001:db8::1]:8883", "2001:db8::1"),
        ("node-1.example.vn:8883 node-2.example.vn:8883", "node-1.example.vn node-2.example.vn"),
    ],
)
def test_boxes_are_sent_to_the_broker_that_was_told(quick_centre, settings, told, expected):
    settings.BROKER_FOR_BOXES = told

    assert taken(quick_centre.box().ask(quick_centre.code())).broker.host == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("192.168.1.10:8884", "192.168.1.10"), ("10.0.0.1:8884", "mqtt.example.vn"), ("?", "mqtt.example.vn")],
)
def test_boxes_find_the_broker_where_they_were_enrolled_if_it_can_prove_itself(
    tmp_path, settings, asked, expected
):
    settings.ENROLMENT, settings.BROKER_FOR_BOXES = asked, ""
    authority = Authority(tmp_path)
    hosts = ("mqtt.example.vn", "192.168.1.10")
    authority.prepare(Settings(hosts, 18883, "", authority.shelf.owner()))

    assert reaching.broker(tmp_path, tls=True) == wire.Broker(expected, 18883, tls=True)


def test_boxes_are_sent_to_all_nodes_of_a_nats_and_told_its_protocol(tmp_path, settings):
    settings.ENROLMENT, settings.BROKER_FOR_BOXES = "192.168.1.10:8884", ""
    nodes = tuple(Node(f"n{number}", (f"10.0.0.1{number}",), port=18883) for number in (1, 2, 3))
    authority = Authority(tmp_path)
    authority.prepare(Settings(("left.over",), 8883, "", authority.shelf.owner(), nodes=nodes))
    sent = wire.Broker("10.0.0.11 10.0.0.12 10.0.0.13", 18883, tls=True, protocol="3.1.1")

    assert reaching.broker(tmp_path, tls=True) == sent
    settings.BROKER_FOR_BOXES = "node-1.example.vn:8883"
    assert reaching.broker(tmp_path, tls=True).protocol == "3.1.1"
    known = Settings.read(authority.shelf)
    assert set(sent.host.split()) < set(known.every_host())
    assert (known.port_of("10.0.0.12"), known.port_of("elsewhere")) == (18883, 18883)


def test_no_code_from_before_lets_in_a_box_that_was_revoked(quick_centre):
    box, used = quick_centre.box(), quick_centre.code()
    assert taken(box.ask(used))

    note(quick_centre.data, KIOSK)

    assert why(box.ask(used)) is Why.WITHDRAWN
    assert Kiosk.objects.get(pk=KIOSK).revoked_at is not None


def _shut_out(maker: User) -> None:
    maker.is_active = False
    maker.save()


@pytest.mark.parametrize("lost", [lambda maker: maker.grants.all().delete(), _shut_out, User.delete])
def test_a_code_is_worth_nothing_once_its_maker_may_set_no_boxes_up(quick_centre, lost):
    made = quick_centre.code()
    lost(User.objects.get(username=MAKER))

    assert why(quick_centre.box().ask(made)) is Why.WITHDRAWN


def test_a_code_of_the_command_line_needs_no_account(quick_centre):
    made = quick_centre.code(by=codes.COMMAND_LINE)

    assert taken(quick_centre.box().ask(made)).centre.kiosk == KIOSK


@pytest.mark.parametrize("place", [PLACE, "UBND phường Khác"])
def test_a_code_is_worth_nothing_once_its_box_was_enrolled_anew(centre, place):
    made = centre.code()
    enrol(KIOSK, place)

    assert why(centre.box().ask(made)) is Why.WITHDRAWN


def _pem(box: Box) -> bytes:

    return key_pem(box.key)
