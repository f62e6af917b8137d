"""What every answer tells browsers, what cookies allow, and Django's own list for going live."""

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from django.test import Client

from collector.framing import framed_by

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


FRAMERS = ["https://intranet.example.vn", "http://127.0.0.1:8080"]


@pytest.mark.parametrize("path", ["", "inside/"])
def test_who_is_named_may_show_a_places_visits_in_a_frame(offices, client_of, settings, path):
    settings.FRAMED_BY = FRAMERS
    headers = client_of("manager").get(f"/places/{offices.place.pk}/{path}").headers

    assert headers["Content-Security-Policy"].endswith(f"frame-ancestors {' '.join(FRAMERS)}")
    assert "X-Frame-Options" not in headers


@pytest.mark.parametrize("path", [*PAGES, "/places/{}/search/", "/places/{}/persons/", "/account/password"])
def test_no_other_page_shows_in_the_frames_of_who_is_named(offices, client_of, settings, path):
    settings.FRAMED_BY = FRAMERS
    headers = client_of("manager").get(path.format(offices.place.pk)).headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("*", "is no origin"),
        ("'self'", "is no origin"),
        ("intranet.example.vn", "is no origin"),
        ("https://a.vn/", "is no origin"),
        ("https://a.vn b.vn", "is no origin"),
        ("https://a.vn;script-src *", "is no origin"),
        ("http://intranet.example.vn", "use https"),
        ("http://127.0.0.1.example.vn:8080", "use https"),
    ],
)
def test_who_may_frame_pages_is_named_as_one_origin_that_nobody_else_can_take(told, why):
    told_so = framed_by(click.Command("web", callback=lambda: None))

    assert why in CliRunner().invoke(told_so, ["--framed-by", told]).output


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


def test_cookies_of_two_centres_at_one_host_are_told_apart(tmp_path):
    said = in_a_centre(
        tmp_path,
        "from django.test import Client; client = Client(headers={'host': 'localhost'});"
        "client.get('/login'); client.post('/language', {'language': 'en'});"
        "from django.conf import settings; print(*sorted(client.cookies), settings.SESSION_COOKIE_NAME)",
        COLLECTOR_COOKIE_SUFFIX="8472",
    )

    assert said.stdout.split() == ["csrftoken_8472", "django_language_8472", "sessionid_8472"], said.stderr


def test_behind_a_proxy_with_tls_all_is_told_over_tls_only(tmp_path):
    said = in_a_centre(
        tmp_path,
        "from django.test import Client; client = Client();"
        "answer = client.get('/login', secure=True, headers={'host': 'localhost'});"
        "print(answer.headers['Strict-Transport-Security'], answer.cookies['csrftoken']['secure']);"
        "print(client.get('/login', headers={'host': 'localhost'}).status_code)",
        COLLECTOR_BEHIND_PROXY="1",
    )

    assert said.stdout.split() == ["max-age=31536000", "True", "301"], said.stderr


def test_djangos_own_list_for_going_live_has_nothing_to_say(tmp_path):
    (tmp_path / "secret.key").write_text("k" * 64 + "0123456789abcdefghij")
    done = in_a_centre(
        tmp_path,
        "from django.core.management import call_command;"
        "call_command('check', deploy=True, fail_level='INFO', databases=['default'])",
        COLLECTOR_BEHIND_PROXY="1",
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def in_a_centre(data, code: str, **told: str) -> subprocess.CompletedProcess[str]:
    """Run code in a centre that was told so in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COLLECTOR_")}
    environment |= {"COLLECTOR_DATA": str(data), "DJANGO_SETTINGS_MODULE": "collector.settings", **told}
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
