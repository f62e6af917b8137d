"""The page: who may see it, what it shows, and what hostile names cannot do to it."""

import gettext
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

import collector
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import Kiosk, Place
from collector.web import answers, people
from kiosk.entries import SealedPerson
from kiosk.model import Answer, Direction, Format, Source, Visitor
from kiosk.sealing import Sealer, SealingKey
from tests.collector.conftest import visit

HERE = Path(collector.__file__).parent
KNOWN = {"document": "014099000001", "name": "Nguyễn Văn Thử", "birth": "1999-02-01"}
DAY = "2026-1"


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(User.objects.create_user("an"))
    return client


@pytest.fixture
def keyring(tmp_path, settings):
    """The centre's keys, with one of a day."""
    settings.DATA = tmp_path
    return Keyring(tmp_path)


@pytest.fixture
def store(client, keyring):
    """Store visits, of which the facts that are told differ; their persons are sealed as doors do it."""
    key = SealingKey(DAY, keyring.make_sealing([DAY])[DAY], datetime(2020, 1, 1, tzinfo=UTC))
    sealer = Sealer("cong-chinh", bytes(32), (key,))

    def sealed(known=KNOWN, id_=None, answered=(), **facts):
        id_ = id_ or str(uuid.uuid4())
        visitor = Visitor(Format.CCCD, **known)
        plain = {one.question: one.answer for one in answered if not one.personal}
        person = sealer.seal(visitor, id_, timezone.now(), answered)
        return visit(**{"id": id_, "person": person, "answers": plain, **facts})

    def store(*visits):
        events = [sealed(**{"sequence": number, **facts}) for number, facts in enumerate(visits, 1)]
        Store().commit([Received("cong-chinh", events)], timezone.now())
        return events

    return store


def page(client, **query):
    answer = client.get("/", query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_strangers_are_asked_to_log_in():
    answer = Client().get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/")


@pytest.mark.django_db
def test_a_user_logs_in_and_out():
    User.objects.create_user("an", password="mot mat khau dai")
    client = Client()

    answer = client.post(
        "/login", {"username": "an", "password": "mot mat khau dai", "next": "/"}, follow=True
    )
    assert "Hôm nay" in answer.content.decode()

    client.post("/logout")
    assert client.get("/").status_code == 302


@pytest.mark.django_db
def test_a_wrong_password_is_said_kindly_and_tells_no_more():
    User.objects.create_user("an", password="mot mat khau dai")

    answers = [
        Client().post("/login", {"username": name, "password": "x"}).content.decode()
        for name in ("an", "binh")
    ]

    assert all("chưa đúng" in answer for answer in answers)


def test_the_day_is_listed_newest_first(client, store):
    store({}, {"direction": Direction.OUT, "at": datetime(2026, 3, 14, 9, tzinfo=UTC)})

    html = page(client, date="2026-03-14")

    assert html.index("16:00:00") < html.index("08:05:09")
    for text in ("Nguyễn Văn Thử", "014099000001", "01/02/1999", "cong-chinh", "Camera", "Vào", "Ra"):
        assert text in html


def test_the_day_begins_at_midnight_of_the_place(client, store):
    store({"at": datetime(2026, 3, 13, 17, tzinfo=UTC)}, {"at": datetime(2026, 3, 14, 17, tzinfo=UTC)})

    assert "00:00:00" in page(client, date="2026-03-14")
    assert page(client, date="2026-03-14").count("<time ") == 1


def test_the_totals_are_of_the_whole_day_though_the_page_shows_fifty(client, store):
    store(*([{}] * 120))

    html = page(client, date="2026-03-14", page="3")

    assert "<dd>120</dd>" in html
    assert html.count("<time ") == 20
    assert "Trang 3 trên 3" in html


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", ""])
def test_a_page_that_is_none_shows_the_nearest(client, store, number):
    store({})

    assert "Nguyễn Văn Thử" in page(client, date="2026-03-14", page=number)


def test_today_is_shown_when_no_day_is_asked_for(client, store):
    store({"at": timezone.now()}, {"at": timezone.now() - timedelta(days=2)})

    assert page(client).count("<time ") == 1


@pytest.mark.parametrize(
    "text", ["2026-02-30", "yesterday", "0001-01-01", "9999-12-31", "2026-3-4", "<b>", "٢٠٢٦-٠١-٠١"]
)
def test_a_day_that_is_none_is_said_and_today_is_shown(client, text):
    html = page(client, date=text)

    assert "không phải là ngày" in html
    assert "<b>" not in html
    assert "Hôm nay" in html


@pytest.mark.parametrize("text", ["2000-01-01", "2999-12-31"])
def test_the_first_and_the_last_day_are_shown(client, text):
    assert "Ngày này" in page(client, date=text)


def test_a_day_without_visits_says_something_kind(client):
    assert "Hôm nay chưa có ai ra vào" in page(client)


def test_somebody_of_whom_only_a_phone_is_known(client, store):
    store({"known": {"phone": "+84912345678"}, "source": Source.KEYPAD, "operator": "bao-ve-1"})

    html = page(client, date="2026-03-14")

    assert "<bdi>—</bdi>" in html
    assert "0912 345 678" in html
    assert "Bàn phím" in html
    assert "bao-ve-1" in html


@pytest.mark.parametrize(("source", "word"), [(Source.READER, "Đầu đọc mã"), (Source.CAMERA, "Camera")])
def test_how_the_door_read_a_code_is_told(client, store, source, word):
    store({"source": source})

    html = page(client, date="2026-03-14")

    assert word in html
    assert "hưa xác minh" not in html


def test_a_number_that_nobody_checked_is_marked_and_counted(client, store):
    store({"source": Source.KEYPAD}, {"source": Source.KEYPAD, "operator": "Lường Văn Gác"})

    html = page(client, date="2026-03-14")

    assert html.count("chưa xác minh") == 1
    assert 'Chưa xác minh: <span class="number">1</span>' in html


def test_a_visit_that_was_taken_back_is_struck_and_says_by_whom_and_when(client, store):
    id_ = str(uuid.uuid4())
    undone = {"corrects": id_, "direction": Direction.OUT, "operator": "Lường Văn Gác"}
    store({"id_": id_}, {**undone, "at": datetime(2026, 3, 14, 1, 7, tzinfo=UTC)}, {})

    html = page(client, date="2026-03-14")

    assert html.count('<tr role="row" class="undone">') == 1
    assert re.search(r"Đã huỷ</span> <time [^>]*>08:07:00</time> · <bdi>Lường Văn Gác</bdi>", html)
    assert html.count('role="cell" class="time"') == 2
    assert "<dd>1</dd>" in html
    assert "<dd>0</dd>" in html
    assert 'Đã huỷ, không tính: <span class="number">1</span>' in html


def test_what_takes_back_a_visit_that_has_not_come_is_shown_and_not_counted(client, store):
    store({"corrects": str(uuid.uuid4()), "direction": Direction.OUT, "operator": "Lường Văn Gác"})

    html = page(client, date="2026-03-14")

    assert "huỷ một lượt chưa nhận được" in html
    assert html.count("<dd>0</dd>") == 2


def test_the_name_of_a_guard_is_only_text(client, store):
    id_ = str(uuid.uuid4())
    store({"id_": id_}, {"corrects": id_, "operator": "<b>Gác</b>"})

    html = page(client, date="2026-03-14")

    assert "<b>" not in html
    assert "&lt;b&gt;Gác" in html


QUESTIONS = [
    {"id": "fever", "text": {"vi": "Có sốt không?", "en": "Do you have a fever?"}, "personal": True},
    {
        "id": "visit",
        "text": {"vi": "Đến làm gì?"},
        "answers": [
            {"id": "work", "text": {"vi": "Làm việc", "en": "Work"}},
            {"id": "yes", "text": {"vi": "Thăm"}},
        ],
    },
]
ANSWERED = (Answer("visit", "work"), Answer("fever", "no", personal=True))


@pytest.fixture
def asking(db):
    place = Place.objects.create(name="UBND phường Thử", questions=QUESTIONS)
    Kiosk.objects.create(name="cong-chinh", place=place)


def told(html):
    """Questions and answers as they stand on the page."""
    return [
        re.sub(r"<[^>]+>", "", line).strip()
        for part in re.findall(r'<ul class="answers">(.*?)</ul>', html, re.DOTALL)
        for line in re.findall(r"<li>(.*?)</li>", part)
    ]


@pytest.mark.usefixtures("asking")
def test_answers_stand_in_the_places_words_and_order(client, store):
    store({"answered": ANSWERED})

    assert told(page(client, date="2026-03-14")) == ["Có sốt không? Không", "Đến làm gì? Làm việc"]
    client.post("/language", {"language": "en", "next": "/"})
    assert told(page(client, date="2026-03-14")) == ["Do you have a fever? No", "Đến làm gì? Work"]


@pytest.mark.usefixtures("asking")
def test_an_answer_that_is_named_yes_is_told_in_its_own_words(client, store):
    store({"answered": (Answer("visit", "yes"),)})

    assert told(page(client, date="2026-03-14")) == ["Đến làm gì? Thăm"]


def test_answers_to_questions_that_nobody_knows_are_told_by_their_ids(client, store):
    store({"answered": (Answer("visit", "work"), Answer("pets", "dog"))})

    assert told(page(client, date="2026-03-14")) == ["pets dog", "visit work"]


@pytest.mark.usefixtures("asking")
def test_a_personal_answer_is_told_only_where_the_person_is_opened(client, store, keyring):
    store({"answered": ANSWERED})
    keyring.destroy_sealing([DAY])

    assert told(page(client, date="2026-03-14")) == ["Đến làm gì? Làm việc"]


def test_hostile_answers_are_only_text_and_few(client, store):
    hostile = [Answer(f"q{number}", "<b>\u202e", personal=True) for number in range(100)]
    store({"answered": hostile})

    html = page(client, date="2026-03-14")

    assert 1 <= len(told(html)) <= 10
    assert "<b>" not in html
    assert "\u202e" not in html


def test_an_answer_does_not_show_in_a_repr():
    (one,) = answers.told({"visit": "work"}, QUESTIONS, "vi")

    assert "Làm việc" not in repr(one)


def test_a_clock_that_was_not_trusted_is_marked(client, store):
    store({"clock_trusted": False})

    assert "giờ chưa chuẩn" in page(client, date="2026-03-14")


def test_a_person_whose_key_is_destroyed_does_not_hide_the_visit(client, store, keyring):
    store({})
    assert "Nguyễn Văn Thử" in page(client, date="2026-03-14")

    keyring.destroy_sealing([DAY])

    html = page(client, date="2026-03-14")
    assert "không đọc được" in html
    assert "Nguyễn Văn Thử" not in html


@pytest.mark.parametrize("person", [SealedPerson(DAY, b"no box"), SealedPerson("never-ours", b"x" * 200)])
def test_a_person_that_no_door_has_sealed_does_not_hide_the_visit(client, store, person):
    store({"person": person})

    assert "không đọc được" in page(client, date="2026-03-14")


def test_a_person_that_was_moved_to_another_visit_is_not_shown(client, store):
    (first,) = store({})
    moved = SealedPerson(first.data.person.key, first.data.person.box)
    store({"sequence": 2, "person": moved, "direction": Direction.OUT})

    html = page(client, date="2026-03-14")

    assert html.count("Nguyễn Văn Thử") == 1
    assert "không đọc được" in html


def test_a_visit_of_a_place_that_keeps_no_names_is_shown_without_one(client, store):
    store({"person": None})

    html = page(client, date="2026-03-14")

    assert "<bdi>—</bdi>" in html
    assert "không đọc được" not in html


def test_hostile_names_are_only_text(client, store):
    store({"known": {**KNOWN, "name": "<script>alert(1)</script> \u202egnud\u200b{{ 7|add:7 }}"}})

    html = page(client, date="2026-03-14")

    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    assert "\u200b" not in html


def test_a_name_of_letters_that_nobody_sees_is_none():
    assert people.tidy("\u034f\u115f\u3164") == ""


def test_a_name_without_end_is_cut():
    assert people.tidy("A" * 5000) == "A" * 79 + "…"


def test_a_name_does_not_grow_out_of_its_line():
    assert people.tidy("A" + "\u0335" * 50) == "A" + "\u0335" * 2


@pytest.mark.parametrize("text", ["Nguyễn Văn Thử", "Đặng Thị Ổi", "H'Hen Niê", "Lò Văn Ước"])
def test_a_vietnamese_name_stays_as_it_is(text):
    assert people.tidy(text) == text


def test_a_person_does_not_show_in_a_repr():
    assert "Thử" not in repr(people.show(KNOWN))


def test_the_page_speaks_english_when_asked(client):
    client.post("/language", {"language": "en", "next": "/"})

    html = page(client)

    assert 'lang="en"' in html
    assert "Nobody has come yet today." in html


def test_the_page_speaks_vietnamese_whatever_the_browser_prefers(client):
    answer = client.get("/", headers={"Accept-Language": "en"})

    assert 'lang="vi"' in answer.content.decode()
    assert answer["Content-Language"] == "vi"


def test_a_language_cookie_of_nobody_is_harmless(client):
    client.cookies["django_language"] = "xx-../../etc"

    assert 'lang="vi"' in page(client)


def test_pages_with_names_are_kept_nowhere_and_framed_by_nobody(client):
    answer = client.get("/")

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]


def test_the_page_has_nothing_that_its_policy_forbids(client, store):
    store({})
    html = page(client, date="2026-03-14")

    assert not re.search(r"<script|style=|<style| on[a-z]+=|https?://", html)


@pytest.mark.django_db
def test_logging_in_across_sites_is_refused():
    answer = Client(enforce_csrf_checks=True).post("/login", {"username": "an", "password": "x"})

    assert answer.status_code == 403
    assert "Trang đã mở quá lâu" in answer.content.decode()


def test_only_reading_is_allowed_on_the_list(client):
    assert client.post("/").status_code == 405


def test_a_page_that_is_not_there_says_so_in_style(client):
    answer = client.get("/nothing")

    assert answer.status_code == 404
    assert "Không có trang này" in answer.content.decode()


def test_a_failure_is_owned_up_to(client, monkeypatch):
    from collector import counting

    monkeypatch.setattr(counting, "count", lambda _day: 1 / 0)
    client.raise_request_exception = False

    answer = client.get("/")

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


def test_every_word_of_the_page_is_there_in_vietnamese():
    with (HERE / "locale/vi/LC_MESSAGES/django.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)
    words = set()
    for template in HERE.glob("templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        words |= {
            first or second for first, second in re.findall(r"""translate (?:"([^"]+)"|'([^']+)')""", text)
        }
        blocks = re.findall(r"{% blocktranslate[^%]*%}(.*?){%", text)
        words |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", block) for block in blocks}

    missing = {word for word in words if catalog.gettext(word) == word and word != "Camera"}

    assert len(words) > 30
    assert missing == set()


def test_the_compiled_words_are_those_of_the_source():
    source = (HERE / "locale/vi/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    pairs = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE))
    with (HERE / "locale/vi/LC_MESSAGES/django.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)

    assert {word: catalog.gettext(word) for word in pairs} == pairs


def luminance(colour):
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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
