"""Who may open the page, and who may ask for more."""

import socket

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from hardware.simulated.web import app


@pytest.fixture
def static(tmp_path_factory, shared_site):
    return app.STATIC


def test_the_page_is_served_to_this_machine_and_logs_in_at_the_centre(site, static):
    status, headers, body = site.answer("GET", "/")

    assert (status, body) == (200, (static / "index.html").read_bytes())
    assert headers["set-cookie"] == "sessionid=abc; Path=/; HttpOnly"
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["permissions-policy"] == "camera=(self), microphone=(), geolocation=()"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("whence", "logs_in"),
    [("none", True), ("same-origin", True), ("cross-site", False), ("same-site", False)],
)
def test_a_foreign_page_that_leads_here_logs_nobody_in(site, whence, logs_in):
    status, headers, _ = site.answer("GET", "/", **{"sec-fetch-site": whence})

    assert (status, "set-cookie" in headers) == (200, logs_in)


def test_what_goes_wrong_within_is_answered_behind_the_same_gate(site, monkeypatch):
    monkeypatch.setattr(site.stand, "cookies", lambda: 1 / 0)

    status, headers, _ = site.answer("GET", "/")

    assert status == 500
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9999", "localhost", "LOCALHOST:80"])
def test_any_port_of_this_machine_is_fine(site, host):
    assert site.answer("GET", "/tray/lo.png", host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "door.example",
        "127.0.0.1.evil.example",
        "127.0.0.1:80@evil.example",
        "evil.example:127",
        "localhost.evil.example",
        "xlocalhost",
        "[::1]",
        "[::1]:8080",
        "::1",
        "0.0.0.0",
        "127.0.0.2",
        "127.0.0.1:",
        "127.0.0.1:x",
        ("127.0.0.1", "evil.example"),
    ],
)
def test_a_name_that_only_leads_here_is_refused(site, host):
    status, _, body = site.answer("GET", "/", host=host)

    assert status in (400, 403)
    assert b"<html" not in body


def origins(port):
    return [
        None,
        "null",
        "",
        "http://evil.example",
        f"https://127.0.0.1:{port}",
        f"http://localhost:{port}",
        "http://127.0.0.1",
        f"http://127.0.0.1:{port + 1}",
        f"http://127.0.0.1:{port}.evil.example",
        f"http://127.0.0.1:{port}/",
    ]


@pytest.mark.parametrize("number", range(len(origins(0))))
def test_no_other_page_may_hold_up_a_picture_or_listen(site, number):
    origin = origins(site.port)[number]

    assert site.answer("POST", "/picture", b"x", origin=origin)[0] == 403
    with pytest.raises(InvalidStatus) as refused, connect(f"ws://127.0.0.1:{site.port}/live", origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_a_websocket_to_a_foreign_name_is_refused_whatever_its_origin(site):
    name = f"door.example:{site.port}"

    straight = socket.create_connection(("127.0.0.1", site.port))

    with (
        pytest.raises(InvalidStatus),
        connect(f"ws://{name}/live", origin=f"http://{name}", sock=straight),
    ):
        pass


def test_two_origins_are_none(site):
    origin = f"http://127.0.0.1:{site.port}"

    assert site.answer("POST", "/picture", b"x", origin=(origin, "http://evil.example"))[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/%2fetc/passwd",
        "/static/\\..\\app.py",
        "/static/index.html%00.js",
        "/static",
        "/static/",
        "/tray/../index.html.png",
        "/tray/..%2f..%2fsetup.png",
        "/tray/setup.png",
        "/tray/cam.png",
        "/tray/lo",
        "/app.py",
        "/docs",
    ],
)
def test_nothing_but_the_pages_own_files_is_served(site, path):
    status, _, body = site.answer("GET", path)

    assert status in (307, 404)
    assert b"import" not in body
    assert b"root:" not in body


def test_files_of_the_page_are_asked_for_again_and_sent_when_they_are_new(site, static):
    name = next(path.name for path in static.iterdir() if path.is_file())
    status, headers, body = site.answer("GET", f"/static/{name}")
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert body == (static / name).read_bytes()

    assert site.answer("GET", f"/static/{name}", **{"if-none-match": headers["etag"]})[0] == 304


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/picture"), ("POST", "/"), ("DELETE", "/tray/lo.png"), ("GET", "/live")]
)
def test_only_what_is_offered_may_be_asked(site, method, path):
    origin = f"http://127.0.0.1:{site.port}"

    assert site.answer(method, path, b"", origin=origin)[0] in (404, 405)
