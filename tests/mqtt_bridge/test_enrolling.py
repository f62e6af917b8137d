"""A box enrolled by its bridge: whom it believes, what it says of each step, and what it keeps. Real TLS."""

import datetime as dt
import io
import json
import logging
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateSigningRequestBuilder, Name, load_pem_x509_csr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk import credentials
from kiosk.credentials import FOLDER
from kiosk.setup_codes import Wifi, sign
from kiosk.stages import Hitch, Step
from kiosk.store.handover import Handover
from mqtt_bridge.enrolling import exchange, working
from mqtt_bridge.enrolling.asking import Centre
from mqtt_bridge.enrolling.hindrance import Hindered
from mqtt_bridge.enrolling.keys import OwnKey
from mqtt_bridge.enrolling.working import Enrolling
from mqtt_bridge.wire.enrolment import Application, Refusal, Why, encode
from tests.fakes import FakeClock
from tests.kiosk.admissions import DAY, Authority, key_pem
from tests.kiosk.setup_codes import CODE
from tests.mqtt_bridge.enrolment_centre import TOKEN, EnrolmentCentre
from tests.ports import free_port
from tests.programs import eventually

WIFI = Wifi("Trạm nước", "mat khau 12")


@pytest.fixture
def opened(tmp_path):
    """Makes centres, and closes them."""
    centres = []

    def make(*arguments, **how):
        centres.append(EnrolmentCentre(tmp_path, *arguments, **how))
        return centres[-1]

    yield make
    for centre in centres:
        centre.close()


@pytest.fixture
def centre(opened):
    return opened()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Nobody waits long between two attempts here."""
    monkeypatch.setattr(working, "LOOK_S", 0.01)
    monkeypatch.setattr(working, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(working, "LONGEST_PAUSE_S", 0.05)


class Joined:
    """Remembers what is done with a network that was joined."""

    def __init__(self, done):
        self._done = done

    def keep(self):
        self._done.append("kept")

    def forget_others(self):
        self._done.append("others forgotten")

    def leave(self):
        self._done.append("left")


class Box:
    """A new box: what its door hands over, and what its bridge does."""

    def __init__(self, data, **parts):
        self.data, self.handover, self.joined, self.network = data, Handover(data), [], []
        self.stop = threading.Event()
        now = FakeClock(dt.datetime.now(dt.UTC)).now
        parts = {"join": self._join, "address": lambda: "192.0.2.7"} | parts
        self._thread = threading.Thread(target=Enrolling(data, now, **parts).run, args=(self.stop,))
        self._thread.start()

    def _join(self, wifi):
        self.joined.append(wifi)
        return Joined(self.network)

    def show(self, text):
        self.handover.hand_over(text)
        eventually(lambda: not self.handover.is_waiting())

    @property
    def hitch(self):
        return next((stage.hitch for stage in self.handover.told() if stage.hitch), None)

    @property
    def at(self):
        """The step that is held up."""
        return next((stage.step for stage in self.handover.told() if stage.hitch), None)

    def done(self):
        return {stage.step: stage.detail for stage in self.handover.told() if stage.done}

    def close(self):
        self.stop.set()
        self._thread.join()


def refusing(hitch):
    """No network that can be joined."""

    def refuse(_):
        raise Hindered(hitch, "so it is")

    return refuse


@contextmanager
def box_of(data, **parts):
    box = Box(data, **parts)
    try:
        yield box
    finally:
        box.close()


@pytest.fixture
def box(tmp_path):
    with box_of(tmp_path / "data") as made:
        yield made


# It is taken.


def test_a_box_is_the_centres_by_its_code(box, centre):
    box.show(centre.text())
    eventually(box.stop.is_set)

    assert credentials.load(box.data, "front").kiosk == "front"
    assert json.loads((box.data / FOLDER / "box.json").read_text())["mqtt"]["port"] == 8883


def test_every_step_is_told(box, centre):
    box.show(centre.text())
    eventually(box.stop.is_set)

    assert box.done() == {
        Step.CODE: "",
        Step.NETWORK: "192.0.2.7",
        Step.CENTRE: centre.fingerprint[:8].hex(":").upper(),
        Step.KEYS: "front",
    }


def test_its_key_never_leaves_it(box, centre):
    box.show(centre.text())
    eventually(box.stop.is_set)

    key = (box.data / FOLDER / "kiosk.key").read_text()
    assert key.startswith("-----BEGIN PRIVATE KEY-----")
    assert key.splitlines()[1] not in centre.asked[0].request
    assert not (box.handover.folder / "kiosk.key").exists()


def test_the_network_of_the_code_is_joined_first(box, centre):
    box.show(centre.text(wifi=WIFI))
    eventually(box.stop.is_set)

    assert box.joined == [WIFI]


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(tmp_path, opened):
    centre = opened()
    answers = iter([(200, b"cut short"), (503, b"")])
    centre.answer = lambda asked: next(answers, None) or centre.grant(asked)
    centre.cuts_short = True
    with box_of(tmp_path / "data") as box:
        box.show(centre.text())
        eventually(lambda: box.hitch is Hitch.UNREACHABLE)
        centre.cuts_short = False
        eventually(box.stop.is_set)

    requests = [load_pem_x509_csr(asked.request.encode()) for asked in centre.asked]
    assert len(requests) >= 3
    assert len({request.public_key().public_numbers() for request in requests}) == 1


def test_a_box_in_service_takes_another_code_of_its_centre(box, centre):
    box.show(centre.text())
    eventually(box.stop.is_set)
    before = credentials.stamp(box.data)

    with box_of(box.data) as again:
        again.show(centre.text())
        eventually(again.stop.is_set)
    assert credentials.stamp(box.data) != before


def test_a_box_in_service_takes_no_code_that_its_centre_has_not_signed(box, centre):
    box.show(centre.text())
    eventually(box.stop.is_set)
    asked = len(centre.asked)

    with box_of(box.data) as again:
        again.show(sign(centre.code(), bytes(32)))
        eventually(lambda: again.hitch is Hitch.FORGED)
    assert len(centre.asked) == asked


def test_the_network_of_the_code_is_the_boxs_for_good_once_it_is_the_centres(box, centre):
    box.show(centre.text(wifi=WIFI))
    eventually(box.stop.is_set)
    box.close()

    assert box.network == ["kept", "others forgotten"]


def test_the_network_of_a_code_that_is_refused_is_left(box, centre):
    centre.answer = lambda _: (403, encode(Refusal(Why.USED)))
    box.show(centre.text(wifi=WIFI))

    eventually(lambda: box.network == ["left"])


def test_a_box_with_a_cable_needs_no_wireless_network(tmp_path, centre):
    with box_of(tmp_path / "data", join=refusing(Hitch.NO_WIFI)) as box:
        box.show(centre.text(wifi=WIFI))
        eventually(box.stop.is_set)


def test_a_box_with_a_cable_to_elsewhere_is_told_of_its_wireless_network(tmp_path, centre):
    with box_of(tmp_path / "data", join=refusing(Hitch.WIFI_UNSEEN)) as box:
        box.show(centre.text(url=f"https://127.0.0.1:{free_port()}", wifi=WIFI))
        eventually(lambda: box.hitch is Hitch.WIFI_UNSEEN)

        assert box.at is Step.NETWORK


def test_a_file_that_did_not_enrol_it_is_told_until_a_code_is_held_up(tmp_path, centre):
    with box_of(tmp_path / "data", hitch=Hitch.FILE) as box:
        eventually(lambda: box.hitch is Hitch.FILE)
        box.show(centre.text())
        eventually(box.stop.is_set)


def test_a_key_that_cannot_be_taken_away_does_not_keep_it_from_being_enrolled(box, centre, monkeypatch):
    monkeypatch.setattr(OwnKey, "forget", lambda _: (_ for _ in ()).throw(OSError(30, "read-only")))
    box.show(centre.text())
    eventually(box.stop.is_set)

    assert box.hitch is None


def test_whoever_enrols_it_otherwise_has_the_bridge_begin_anew(box):
    (box.data / FOLDER).mkdir(parents=True)
    (box.data / FOLDER / "centre.json").write_text("{}")

    eventually(box.stop.is_set)


# It is not taken.


@pytest.mark.parametrize("why", sorted(set(Why) - {Why.BUSY}))
def test_a_refusal_is_told_and_final(box, centre, why):
    centre.answer = lambda _: (403, encode(Refusal(why)))
    box.show(centre.text())
    eventually(lambda: box.hitch == Hitch(why))

    assert (box.at, len(centre.asked)) == (Step.KEYS, 1)
    assert not (box.data / FOLDER).exists()


def test_a_centre_that_is_busy_is_asked_again(box, centre):
    centre.answer = lambda asked: (
        (503, encode(Refusal(Why.BUSY))) if len(centre.asked) < 3 else centre.grant(asked)
    )
    box.show(centre.text())

    eventually(box.stop.is_set)


def test_after_one_that_is_refused_the_next_is_taken(box, centre):
    centre.answer = lambda _: (403, encode(Refusal(Why.USED)))
    box.show(centre.text())
    eventually(lambda: box.hitch is Hitch.USED)

    centre.answer = centre.grant
    box.show(centre.text())
    eventually(box.stop.is_set)


def test_another_code_takes_the_place_of_one_that_is_tried_again_and_again(box, centre):
    box.show(centre.text(url=f"https://127.0.0.1:{free_port()}"))
    eventually(lambda: box.hitch is Hitch.UNREACHABLE)
    assert box.at is Step.CENTRE

    box.show(centre.text())
    eventually(box.stop.is_set)


def test_a_code_that_runs_out_meanwhile_is_over(tmp_path, centre):
    clock = FakeClock(dt.datetime.now(dt.UTC))
    away = centre.text(url=f"https://127.0.0.1:{free_port()}")
    data = tmp_path / "data"
    enrolling, stop = Enrolling(data, clock.now, address=lambda: "192.0.2.7"), threading.Event()
    thread = threading.Thread(target=enrolling.run, args=(stop,))
    thread.start()
    try:
        handover = Handover(data)
        handover.hand_over(away)
        eventually(lambda: any(stage.hitch is Hitch.UNREACHABLE for stage in handover.told()))
        clock.move(7200)
        eventually(lambda: any(stage.hitch is Hitch.EXPIRED for stage in handover.told()))
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(("wifi", "hitch"), [(None, Hitch.NO_NETWORK), (WIFI, Hitch.NO_ADDRESS)])
def test_a_box_without_a_network_says_so(tmp_path, centre, wifi, hitch):
    with box_of(tmp_path / "data", address=lambda: "") as box:
        box.show(centre.text(url=f"https://127.0.0.1:{free_port()}", wifi=wifi))
        eventually(lambda: box.hitch is hitch)

        assert box.at is Step.NETWORK


@pytest.mark.parametrize("hitch", [Hitch.WIFI_PASSWORD, Hitch.NO_WIFI, Hitch.WIFI_UNSEEN])
def test_a_network_that_cannot_be_joined_says_why(tmp_path, centre, hitch):
    with box_of(tmp_path / "data", join=refusing(hitch), address=lambda: "") as box:
        box.show(centre.text(wifi=WIFI))
        eventually(lambda: box.hitch is hitch)

        assert (box.at, centre.asked) == (Step.NETWORK, [])


def test_a_disk_that_takes_nothing_is_said(box, centre):
    box.handover.folder.mkdir(parents=True, exist_ok=True)
    (box.handover.folder / "kiosk.key").mkdir()
    box.show(centre.text())

    eventually(lambda: box.hitch is Hitch.DISK)


def test_what_is_no_set_up_code_is_said(box):
    box.show("EK1:INVENTED")

    eventually(lambda: box.hitch is Hitch.MALFORMED)


# Whoever answers is not the centre of the code.


REQUEST = (
    CertificateSigningRequestBuilder()
    .subject_name(Name([]))
    .sign(ec.generate_private_key(ec.SECP256R1()), SHA256())
    .public_bytes(Encoding.PEM)
    .decode()
)


def hindered(centre, request="a request", **changes):
    """What keeps a box from being enrolled by this centre's code."""

    def ask():
        asked = Centre(centre.code(**changes))
        asked.admission(Application(TOKEN, request), asked.authority())

    with pytest.raises(Hindered) as caught:
        ask()
    return caught.value.hitch


def test_an_authority_of_another_fingerprint_is_a_stranger(centre):
    assert hindered(centre, authority=bytes(32)) is Hitch.STRANGER
    assert centre.asked == []


def test_the_right_authority_shown_by_somebody_else_is_a_stranger(opened):
    """Anybody can show a certificate that is public; only the centre has one that it has signed."""
    centre = opened(Authority("the centre"), by=Authority("a stranger"))

    assert hindered(centre) is Hitch.STRANGER
    assert centre.asked == []


def test_the_right_authority_called_alike_by_somebody_else_is_a_stranger(opened):
    centre = opened(Authority(), by=Authority())

    assert hindered(centre) is Hitch.STRANGER
    assert centre.asked == []


def test_a_certificate_of_the_authority_for_another_name_is_a_strangers(opened):
    """Such as that of the broker, or of another box."""
    centre = opened(name="front")

    assert hindered(centre) is Hitch.STRANGER
    assert centre.asked == []


@pytest.mark.parametrize(
    "dates",
    [
        {"begins": dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "ends": dt.datetime(2020, 1, 2, tzinfo=dt.UTC)},
        {"begins": dt.datetime.now(dt.UTC) + DAY, "ends": dt.datetime.now(dt.UTC) + 2 * DAY},
    ],
    ids=["over", "not yet"],
)
def test_a_certificate_out_of_its_time_is_the_clocks_fault(opened, dates):
    centre = opened(**dates)

    assert hindered(centre) is Hitch.CLOCK
    assert centre.asked == []


def test_an_authority_behind_that_of_the_code_makes_a_stranger(opened):
    """Who sits between shows the centre's, and his own beside it."""
    stranger = Authority("a stranger")
    centre = opened(Authority("the centre"), by=stranger)
    centre.at_authority = (200, (centre.authority.pem + stranger.pem).encode())

    assert hindered(centre) is Hitch.STRANGER
    assert centre.asked == []


def test_only_the_certificate_of_the_code_is_believed_of_all_that_is_said(centre):
    centre.at_authority = (200, b"\xff\n" + centre.authority.pem.encode() + b"\xff\n")

    assert Centre(centre.code()).authority() == centre.authority.pem


def test_the_broker_is_believed_by_no_other_authority_than_the_codes(centre):
    centre.answer = lambda asked: (
        200,
        centre.grant(asked)[1].replace(
            json.dumps(centre.authority.pem)[1:-1].encode(), json.dumps(Authority().pem)[1:-1].encode()
        ),
    )

    assert hindered(centre, request=REQUEST) is Hitch.STRANGER


@pytest.mark.parametrize("at", ["authority", "enrol"])
def test_whoever_is_asked_too_often_is_asked_again_later(centre, at):
    if at == "authority":
        centre.at_authority = (429, b"")
    else:
        centre.answer = lambda _: (429, b"slow down")

    assert hindered(centre) is Hitch.BUSY


@pytest.mark.parametrize("answer", [(200, b"hello"), (404, b""), (302, b"")])
def test_whoever_has_no_authority_is_a_stranger(centre, answer):
    centre.at_authority = answer

    assert hindered(centre) is Hitch.STRANGER


def test_no_answer_sends_the_box_elsewhere(centre):
    centre.answer = lambda _: (307, b"")

    assert hindered(centre) is Hitch.MALFORMED
    assert len(centre.asked) == 1


@pytest.mark.parametrize("size", [300_000, 5_000_000])
def test_an_answer_that_is_too_large_is_none(centre, size):
    centre.answer = lambda _: (200, b"x" * size)

    assert hindered(centre) is Hitch.UNREACHABLE


def test_whoever_speaks_no_tls_does_not_answer(centre):
    def answer(line):
        with line.accept()[0] as caller:
            caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as plain:
        thread = threading.Thread(target=answer, args=(plain,))
        thread.start()
        assert hindered(centre, url=f"https://127.0.0.1:{plain.getsockname()[1]}") is Hitch.UNREACHABLE
        thread.join()


@contextmanager
def stranger(tmp_path, say):
    """Somebody at an address of this machine who says what `say` says, again and again."""
    authority, key = Authority(), ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "stranger.pem").write_text(key_pem(key) + authority.issue("x", key.public_key()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "stranger.pem")

    def answer():
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                with suppress(OSError), context.wrap_socket(caller, server_side=True) as line:
                    while True:
                        line.sendall(say)
                        threading.Event().wait(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


DRIPS = {
    "headers": b"X: y\r\n",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n",
    "body": b"HTTP/1.1 200 OK\r\n\r\nx",
}


@pytest.mark.parametrize("say", DRIPS.values(), ids=DRIPS)
def test_whoever_answers_for_ever_is_heard_for_a_while_only(tmp_path, centre, monkeypatch, say):
    monkeypatch.setattr(exchange, "WHOLE_S", 0.5)
    with stranger(tmp_path, say) as url:
        assert hindered(centre, url=url) in {Hitch.UNREACHABLE, Hitch.STRANGER}


def test_whoever_never_says_who_he_is_is_waited_for_a_while_only(centre, monkeypatch):
    monkeypatch.setattr(exchange, "WHOLE_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert hindered(centre, url=f"https://127.0.0.1:{mute.getsockname()[1]}") is Hitch.UNREACHABLE


def test_another_code_ends_the_waiting_for_a_stranger(tmp_path, box, centre):
    with stranger(tmp_path, DRIPS["continue"]) as url:
        box.show(centre.text(url=url))
        box.show(centre.text())
        eventually(box.stop.is_set, 10)


def test_what_a_stranger_says_cannot_forge_a_line_of_the_log(tmp_path, centre):
    said = b"\x1b[2JERROR: forged\x85" + b"A" * 5000 + b"\n"
    with stranger(tmp_path, said) as url, pytest.raises(Hindered) as caught:
        Centre(centre.code(url=url)).authority()

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 150


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.from_regex(r"https://[A-Za-z0-9._\-\[\]:]{1,100}", fullmatch=True))
def test_no_address_in_a_code_breaks_the_bridge(url):
    with suppress(Hindered):
        Centre(replace(CODE, url=url))


# Nothing secret is told.


def test_no_token_no_password_and_no_key_is_in_the_log_or_on_the_screen(tmp_path, centre):
    heard = io.StringIO()
    handler, root = logging.StreamHandler(heard), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        answers = iter([(403, encode(Refusal(Why.FORGED))), (200, b"{}")])
        centre.answer = lambda asked: next(answers, None) or centre.grant(asked)
        told = ""
        with box_of(tmp_path / "data") as box:
            for until in (Hitch.FORGED, Hitch.MALFORMED, None):
                box.show(centre.text(wifi=WIFI))
                eventually(lambda until=until: box.stop.is_set() or (until and box.hitch is until))
                told += str(box.handover.told())
    finally:
        root.removeHandler(handler)
        root.setLevel(before)

    key = (tmp_path / "data" / FOLDER / "kiosk.key").read_text().splitlines()[1]
    for secret in (TOKEN, WIFI.password, key, "EK1:"):
        assert secret not in heard.getvalue()
        assert secret not in told
