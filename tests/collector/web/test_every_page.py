"""What holds for every page: its languages, its rules for browsers, its failures, its colours."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.db.models import QuerySet
from django.test import Client
from django.utils.translation.template import templatize

import collector
from collector import counting
from collector.models import Grant
from tests.collector.web.conftest import PASSWORD

HERE = Path(collector.__file__).parent


@pytest.fixture
def today(offices):
    """The address of a page with names."""
    return f"/places/{offices.place.pk}/"


@pytest.mark.django_db
def test_strangers_are_asked_to_log_in():
    answer = Client().get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/")


def test_a_user_logs_in_and_out(offices, settings):
    settings.SECOND_FACTOR = False
    user = User.objects.create_user("an", password=PASSWORD)
    Grant.objects.create(user=user, role="clerk", place=offices.place)
    client = Client()

    answer = client.post("/login", {"username": "an", "password": PASSWORD, "next": "/"}, follow=True)
    assert "Hôm nay" in answer.content.decode()

    client.post("/logout")
    assert client.get("/").status_code == 302


@pytest.mark.django_db
def test_a_wrong_password_is_said_kindly_and_tells_no_more():
    User.objects.create_user("an", password=PASSWORD)

    answers = [
        Client().post("/login", {"username": name, "password": "x"}).content.decode()
        for name in ("an", "binh")
    ]

    assert all("chưa đúng" in answer for answer in answers)


def test_the_page_speaks_vietnamese_whatever_the_browser_prefers(client, today):
    answer = client.get(today, headers={"Accept-Language": "en"})

    assert 'lang="vi"' in answer.content.decode()
    assert answer["Content-Language"] == "vi"


def test_a_language_cookie_of_nobody_is_harmless(client, today):
    client.cookies["django_language"] = "xx-../../etc"

    assert 'lang="vi"' in client.get(today).content.decode()


def test_pages_with_names_are_kept_nowhere_and_framed_by_nobody(client, today):
    answer = client.get(today)

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_logging_in_across_sites_is_refused():
    answer = Client(enforce_csrf_checks=True).post("/login", {"username": "an", "password": "x"})

    assert answer.status_code == 403
    assert "Trang đã mở quá lâu" in answer.content.decode()


def test_a_page_that_is_not_there_says_so_in_style(client):
    answer = client.get("/nothing")

    assert answer.status_code == 404
    assert "Không có trang này" in answer.content.decode()


def test_a_failure_is_owned_up_to(client, today, monkeypatch):
    monkeypatch.setattr(counting, "totals", lambda *_: 1 / 0)
    client.raise_request_exception = False

    answer = client.get(today)

    assert answer.status_code == 500
    assert "Hệ thống gặp sự cố" in answer.content.decode()


@pytest.mark.django_db
def test_health_needs_no_login_and_tells_of_nobody():
    answer = Client().get("/health")

    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "database", "line_up"}


@pytest.mark.django_db
def test_health_says_when_the_database_does_not_answer(monkeypatch):
    def fail(_):
        raise DatabaseError

    monkeypatch.setattr(QuerySet, "exists", fail)

    answer = Client().get("/health")

    assert answer.status_code == 503
    assert answer.json()["database"] is False


@pytest.mark.django_db
def test_a_name_that_is_not_ours_is_not_answered():
    """Who reaches us under a foreign name was led here by somebody else's page."""
    answer = Client().get("/login", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "chưa được khai báo" in answer.content.decode()


@pytest.mark.django_db
def test_the_style_sheet_and_the_icon_are_served():
    for name in ("page.css", "favicon.svg"):
        answer = Client().get(f"/static/collector/{name}")
        assert answer.status_code == 200
        assert "max-age" in answer["Cache-Control"]
        assert b"".join(answer.streaming_content)
        answer.close()


def catalog():
    """What is compiled: Vietnamese by English; words of several numbers by the first of their forms."""
    with (HERE / "locale/vi/LC_MESSAGES/django.mo").open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog
    return {key[0] if isinstance(key, tuple) else key: told for key, told in known.items() if key}


def in_templates():
    """Words that templates have translated."""
    text = r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
    for template in HERE.glob("templates/**/*.html"):
        asked = templatize(template.read_text(encoding="utf-8"))
        yield from map(ast.literal_eval, re.findall(rf"(?:\b_|gettext)\(u?({text})", asked))


def in_code():
    """Words that our code has translated."""
    names = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
    for module in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names and node.args:
                word = node.args[0]
                if isinstance(word, ast.Constant):
                    yield word.value


def test_every_word_is_there_in_vietnamese_and_none_that_nobody_says():
    said = {*in_templates(), *in_code()}

    assert len(said) > 100
    assert said - catalog().keys() == set()
    assert catalog().keys() - said == set()


def test_the_compiled_words_are_those_of_the_source():
    source = (HERE / "locale/vi/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    pairs = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE))

    assert {word: catalog().get(word) for word in pairs} == pairs


@pytest.mark.parametrize(
    ("text", "ground"),
    [("ink", "ground"), ("ink", "sheet"), ("ink-quiet", "ground"), ("ink-quiet", "sheet"), ("accent", "ground"),
     ("accent", "sheet"), ("on-accent", "accent"), ("in", "in-ground"), ("out", "out-ground"), ("doubt", "doubt-ground")],
)  # fmt: skip
def test_what_is_written_can_be_read(text, ground):
    colours = dict(
        re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", (HERE / "static/collector/page.css").read_text())
    )
    light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 7


def luminance(colour):
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
