"""The door at which boxes are enrolled, and the strangers who stand before it."""

import socket
import ssl
import time

import pytest
from cryptography import x509

from collector.broker.errors import BrokerUnusable
from collector.enrolling import answering, listening
from collector.enrolling.listening import Listener
from collector.errors import AddressUnusable
from mqtt_bridge.wire.enrolment import SERVER_NAME, Admission, Why, decode_refusal
from tests.collector.conftest import free_port


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


def test_strangers_who_say_nothing_keep_no_box_out(quick_centre, monkeypatch):
    made = quick_centre.code()
    silent = [
        socket.create_connection(("127.0.0.1", quick_centre.port)) for _ in range(listening.AT_A_TIME - 1)
    ]
    began_s = time.monotonic()

    answer = quick_centre.box().ask(made)

    assert isinstance(answer, Admission)
    assert time.monotonic() - began_s < listening.SILENCE_S
    for line in silent:
        line.close()


def test_who_says_nothing_is_sent_away_and_not_told_of(quick_centre, monkeypatch, caplog):
    monkeypatch.setattr(quick_centre.listener._server, "timeout", 0.2)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", quick_centre.port)) as silent:
        silent.settimeout(listening.SILENCE_S)
        assert silent.recv(1) == b""
    with context.wrap_socket(socket.create_connection(("127.0.0.1", quick_centre.port))) as shy:
        shy.settimeout(listening.SILENCE_S)
        shy.sendall(b"GET /auth")
        while shy.recv(100):
            pass

    assert not [one for one in caplog.records if one.levelname in {"ERROR", "CRITICAL"}]


def test_a_network_has_only_so_many_connections_at_a_time(quick_centre):
    lines = [
        socket.create_connection(("127.0.0.1", quick_centre.port)) for _ in range(listening.AT_A_TIME + 1)
    ]
    last = lines[-1]
    last.settimeout(listening.SILENCE_S - 1)

    assert last.recv(1) == b""
    for line in lines:
        line.close()


def test_a_connection_ends_though_something_is_said_again_and_again(on_sqlite, settings, monkeypatch):
    from tests.collector.enrolling.conftest import open_centre

    monkeypatch.setattr(listening, "WHOLE_S", 1)
    centre = open_centre(on_sqlite.folder, settings)
    door = centre.listener._door
    ours, theirs = socket.socketpair()
    door._open.append((time.monotonic() - 1, "x", listening.ref(ours)))

    door.end_old()

    theirs.settimeout(2)
    assert theirs.recv(1) == b""
    ours.close()
    theirs.close()
    centre.listener.stop()


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
