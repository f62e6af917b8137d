"""The door at which boxes are enrolled, and the strangers who stand before it."""

import contextlib
import socket
import ssl

import pytest
from cryptography import x509

from collector.broker.errors import BrokerUnusable
from collector.enrolling import answering, listening
from collector.enrolling.crowd import Crowd
from collector.enrolling.listening import Listener
from collector.errors import AddressUnusable
from mqtt_bridge.wire.enrolment import SERVER_NAME, Admission, Why, decode_refusal
from tests.collector.enrolling.conftest import serving
from tests.ports import free_port
from tests.programs import PATIENCE_S, eventually


@pytest.fixture
def hasty_centre(on_sqlite, settings):
    """One that waits for nobody for long."""
    with serving(on_sqlite.folder, settings, silence_s=1, whole_s=1.5) as centre:
        yield centre


@pytest.fixture
def patient_centre(on_sqlite, settings):
    """One that ends nothing because of its time in a test."""
    with serving(on_sqlite.folder, settings, silence_s=600, whole_s=600.0) as centre:
        yield centre


def connection(port, source="127.0.0.1"):
    line = socket.create_connection(("127.0.0.1", port), PATIENCE_S, (source, 0))
    line.settimeout(PATIENCE_S)
    return line


def believing_all():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.mark.parametrize("path", ["/", "/login", "/doors/", "/admin/", "/health", "/authority/", "/static/x"])
def test_nothing_of_the_pages_is_there(quick_centre, path):
    assert quick_centre.box().send("GET", path) == (404, b"")


@pytest.mark.parametrize(("method", "path"), [("POST", "/authority"), ("GET", "/enrol"), ("PUT", "/enrol")])
def test_each_answer_is_asked_for_in_one_way(quick_centre, method, path):
    assert quick_centre.box().send(method, path) == (405, b"")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"code": 1}'])
def test_what_is_no_application_is_refused(quick_centre, body):
    status, answer = quick_centre.box().send("POST", "/enrol", body)

    assert (status, decode_refusal(answer).reason) == (400, Why.MALFORMED)


def test_a_body_that_is_too_long_is_not_read(quick_centre):
    context = ssl.create_default_context(cadata=quick_centre.box().authority.decode())
    with (
        socket.create_connection(("127.0.0.1", quick_centre.port), 5) as raw,
        context.wrap_socket(raw, server_hostname=SERVER_NAME) as line,
    ):
        line.sendall(b"POST /enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n")

        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


def test_it_proves_itself_as_the_centre_and_as_nobody_else(quick_centre):
    pem = quick_centre.box().authority
    context = ssl.create_default_context(cadata=pem.decode())
    line = socket.create_connection(("127.0.0.1", quick_centre.port), 5)

    with pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(line, server_hostname="127.0.0.1")


def test_who_asks_too_often_waits(quick_centre, monkeypatch):
    box = quick_centre.box()
    assert box.authority
    monkeypatch.setattr(answering, "FROM_NETWORK", "3/m")

    answers = [box.send("POST", "/enrol", b"{}") for _ in range(4)]

    assert answers[0][0] == 400
    assert answers[-1][0] == 429
    assert decode_refusal(answers[-1][1]).reason is Why.BUSY


def test_who_asks_for_the_authority_again_and_again_may_enrol_all_the_same(quick_centre, monkeypatch):
    box = quick_centre.box()
    assert box.authority
    monkeypatch.setattr(answering, "FROM_NETWORK", "3/m")

    answers = [box.send("GET", "/authority")[0] for _ in range(4)]

    assert answers[-1] == 429
    assert isinstance(box.ask(quick_centre.code()), Admission)


def test_strangers_who_say_nothing_keep_no_box_out(quick_centre):
    made = quick_centre.code()
    with contextlib.ExitStack() as strangers:
        for number in range(2, 6):
            for _ in range(listening.AT_A_TIME):
                strangers.enter_context(connection(quick_centre.port, f"127.0.0.{number}"))

        assert isinstance(quick_centre.box().ask(made), Admission)


def test_strangers_who_shake_hands_and_say_nothing_keep_no_box_out(patient_centre):
    made = patient_centre.code()
    with contextlib.ExitStack() as strangers:
        for number in range(2, 6):
            for _ in range(listening.AT_A_TIME):
                raw = strangers.enter_context(connection(patient_centre.port, f"127.0.0.{number}"))
                strangers.enter_context(believing_all().wrap_socket(raw))

        assert isinstance(patient_centre.box().ask(made), Admission)


def test_who_says_nothing_is_sent_away_and_not_told_of(hasty_centre, caplog):
    with connection(hasty_centre.port) as silent:
        assert silent.recv(1) == b""
    with believing_all().wrap_socket(connection(hasty_centre.port)) as shy:
        shy.sendall(b"GET /auth")
        while shy.recv(100):
            pass

    assert not [one for one in caplog.records if one.levelname in {"ERROR", "CRITICAL"}]


def test_the_newest_connection_takes_the_place_of_the_oldest_of_who_has_most():
    crowd = Crowd(of_one=2, in_all=3, whole_s=10, clock=lambda: 0.0)
    pairs = [socket.socketpair() for _ in range(5)]
    for (line, _), whose in zip(pairs, ["a", "a", "b", "a", "c"], strict=True):
        crowd.enter(line, whose)

    assert [_is_ended(theirs) for _, theirs in pairs] == [True, True, False, False, False]
    for pair in pairs:
        for line in pair:
            line.close()


def test_a_connection_ends_though_something_is_said_again_and_again(hasty_centre):
    with believing_all().wrap_socket(connection(hasty_centre.port)) as line:
        line.settimeout(0.2)
        line.sendall(b"GET /authority HTTP/1.1\r\nX: ")

        eventually(lambda: _is_refused(line))


def test_a_handshake_ends_though_something_is_said_again_and_again(hasty_centre):
    with connection(hasty_centre.port) as line:
        line.settimeout(0.2)
        line.sendall(b"\x16\x03\x01\x3e\x80\x01")

        eventually(lambda: _is_refused(line))


def test_after_one_answer_the_connection_ends_and_nobody_says_what_serves_it(patient_centre):
    answer = _said(patient_centre, b"GET /authority HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nConnection: close\r\n" in answer
    assert b"cheroot" not in answer.lower()


@pytest.mark.parametrize(
    "told",
    [
        b"Content-Length: -5\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
        b"Content-Length: x\r\n\r\n",
    ],
)
def test_a_body_of_no_sound_length_is_refused_and_is_no_mistake_of_ours(quick_centre, told, caplog):
    answer = _said(quick_centre, b"POST /enrol HTTP/1.1\r\nHost: x\r\n" + told)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not [one for one in caplog.records if one.exc_info or one.levelname == "ERROR"]


def test_the_certificate_is_renewed_while_it_listens(quick_centre):
    before = _serial(quick_centre)
    certificate, key = quick_centre.authority.prepare_enrolment(SERVER_NAME)
    certificate.unlink()

    quick_centre.listener._renew()

    assert _serial(quick_centre) != before
    assert key.stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_said(quick_centre):
    with pytest.raises(AddressUnusable, match="another program listens there"):
        Listener("127.0.0.1", quick_centre.port, quick_centre.data)


def test_without_an_authority_nobody_is_enrolled(tmp_path):
    (tmp_path / "data").mkdir()

    with pytest.raises(BrokerUnusable, match="collector broker"):
        Listener("127.0.0.1", free_port(), tmp_path / "data")


def _serial(centre) -> int:

    context = ssl.create_default_context(cadata=centre.authority.ca_pem().decode())
    with (
        socket.create_connection(("127.0.0.1", centre.port), 5) as raw,
        context.wrap_socket(raw, server_hostname=SERVER_NAME) as line,
    ):
        return x509.load_der_x509_certificate(line.getpeercert(binary_form=True)).serial_number


def _said(centre, told) -> bytes:
    """All that is answered until the connection ends."""
    with believing_all().wrap_socket(connection(centre.port)) as line:
        line.sendall(told)
        answer = b""
        with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
            while part := line.recv(4096):
                answer += part
        return answer


def _is_ended(line) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False


def _is_refused(line) -> bool:
    """Say one byte more; whether nobody hears it."""
    try:
        line.sendall(b"x")
        return line.recv(1000) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
