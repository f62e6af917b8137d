"""What every answer tells browsers, what cookies allow, and Django's own list for going live."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from tests.collector.conftest import run
from tests.collector.test_command import complaint

PAGES = ("/", "/login", "/places/", "/health", "/admin/", "/nothing")


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_runs_our_own_files_only(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_kept_guessed_at_or_framed(client, path):
    headers = client.get(path).headers

    assert "no-store" in headers["Cache-Control"] or "no-cache" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_show_in_the_frames_of_who_is_named_but_for_the_administration(client, settings):
    settings.FRAMED_BY = ["https://intranet.example.vn", "http://127.0.0.1:8080"]
    client = Client()  # reads them anew

    for path in PAGES:
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        if path == "/admin/":
            assert "frame-ancestors 'none'" in policy
            assert headers["X-Frame-Options"] == "DENY"
        else:
            assert policy.endswith("frame-ancestors https://intranet.example.vn http://127.0.0.1:8080"), path
            assert "X-Frame-Options" not in headers


@pytest.mark.parametrize(
    "told",
    ["*", "'self'", "intranet.example.vn", "https://a.vn/", "https://a.vn b.vn", "https://a.vn;script-src *"],
)
def test_who_may_frame_pages_is_named_as_one_origin(tmp_path, told):
    done = run("web", "--data", str(tmp_path / "centre"), "--framed-by", told)

    assert "is no origin" in complaint(done)


def test_no_form_is_taken_from_another_site(offices):
    client = Client(enforce_csrf_checks=True)

    for path in ("/login", "/logout", "/language", "/account/password", "/account/second-factor"):
        assert client.post(path, {"language": "en"}).status_code == 403, path


def test_cookies_are_for_this_site_and_no_script(offices, client_of):
    client = Client()
    client.get("/login")
    client.post("/language", {"language": "en"})

    assert client.cookies
    for cookie in client.cookies.values():
        assert cookie["samesite"] == "Lax"
        assert cookie["httponly"]


def test_behind_a_proxy_with_tls_all_is_told_over_tls_only(tmp_path):
    said = behind_a_proxy(
        tmp_path,
        "from django.test import Client; client = Client();"
        "answer = client.get('/login', secure=True, headers={'host': 'localhost'});"
        "print(answer.headers['Strict-Transport-Security'], answer.cookies['csrftoken']['secure']);"
        "print(client.get('/login', headers={'host': 'localhost'}).status_code)",
    )

    assert said.stdout.split() == ["max-age=31536000", "True", "301"], said.stderr


def test_djangos_own_list_for_going_live_has_nothing_to_say(tmp_path):
    (tmp_path / "secret.key").write_text("k" * 64 + "0123456789abcdefghij")
    done = behind_a_proxy(
        tmp_path,
        "from django.core.management import call_command;"
        "call_command('check', deploy=True, fail_level='INFO', databases=['default'])",
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def behind_a_proxy(data, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a centre that was started behind a proxy with TLS."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COLLECTOR_")}
    environment |= {
        "COLLECTOR_DATA": str(data),
        "COLLECTOR_BEHIND_PROXY": "1",
        "DJANGO_SETTINGS_MODULE": "collector.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
