"""Searching somebody's visits: by number exactly, by name in some days."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from collector import searching
from collector.models import AuditEntry, Visit
from kiosk.model import Direction
from tests.collector.web.conftest import KNOWN

PHONE = {"name": "Đặng Thị Ổi", "phone": "+84912345678"}
CARD = {"name": "Trần Thị Mẫu", "document": "014099000002"}


@pytest.fixture
def search(client, offices):
    def search(sought, status=200, **days):
        answer = client.post(f"/places/{offices.place.pk}/search/", {"sought": sought, **days})
        assert answer.status_code == status
        return answer.content.decode()

    return search


@pytest.fixture
def now():
    return timezone.now()


def names(html):
    return re.findall(r"<strong><bdi>(.*?)</bdi></strong></a>", html)


def searches():
    return list(AuditEntry.objects.filter(action="searched").order_by("pk"))


@pytest.mark.parametrize(
    "text", ["0912345678", "0912 345 678", "+84912345678", "0912.345.678", "0084912345678"]
)
def test_a_phone_is_found_as_people_write_it(store, search, now, text):
    store({"at": now, "known": PHONE}, {"at": now, "known": CARD})

    assert names(search(text)) == [PHONE["name"]]


@pytest.mark.parametrize("text", ["014099000002", " 014 099 000 002 ", "014-099-000-002"])
def test_a_document_is_found_as_people_write_it(store, search, now, text):
    store({"at": now, "known": PHONE}, {"at": now, "known": CARD})

    assert names(search(text)) == [CARD["name"]]


@pytest.mark.parametrize("text", ["7916123456", "GD 4 01 7916 123 456", "gd4017916123456"])
def test_who_showed_only_a_health_insurance_card_is_found_by_its_number(store, search, now, text):
    card = {"name": "Lò Thị Giả", "reference": "7916123456"}
    store({"at": now, "known": card}, {"at": now, "known": CARD})

    assert names(search(text)) == [card["name"]]


def test_a_number_is_found_in_all_days_that_are_kept_the_newest_first(store, search, now):
    store(*({"at": now - timedelta(days=days), "known": CARD} for days in (20, 0, 5)))

    html = search(CARD["document"])

    found = re.findall(r'<time datetime="([^"]+)"', html)
    assert len(found) == 3
    assert found == sorted(found, reverse=True)


def test_a_part_of_a_number_finds_nobody(store, search, now):
    store({"at": now, "known": CARD})

    assert names(search("014099000", 200)) == []
    assert "không phải là số" in search("01409", 422)


def test_a_search_by_number_is_written_down_without_the_number(store, search, now):
    store({"at": now, "known": CARD})
    search(CARD["document"])

    (entry,) = searches()
    assert (entry.count, entry.detail) == (1, {"kind": "number", "found": 1})


@pytest.mark.parametrize(
    "text", ["đặng", "Dang thi oi", "ĐẶNG THỊ", "thị ổi", "  thi   oi ", "Đa\u0323\u0306ng"]
)
def test_a_name_is_found_by_a_part_in_any_case_with_or_without_accents(store, search, now, text):
    store({"at": now, "known": PHONE}, {"at": now, "known": CARD})

    assert names(search(text)) == [PHONE["name"]]


def test_a_name_is_searched_today_unless_other_days_are_told(store, search, now):
    old = datetime(2026, 3, 14, 3, tzinfo=UTC)
    store({"at": old, "known": CARD})

    assert names(search("mau")) == []
    assert names(search("mau", first="2026-03-10", last="2026-03-14")) == [CARD["name"]]
    assert names(search("mau", first="2026-03-14")) == [CARD["name"]]
    assert names(search("mau", first="2026-03-15", last="2026-03-16")) == []


def test_a_search_by_name_is_written_down_without_the_name(store, search, now):
    store({"at": now, "known": PHONE}, {"at": now, "known": CARD})
    search("Đặng")

    (entry,) = searches()
    today = timezone.localdate().isoformat()
    assert entry.count == 1
    assert entry.detail == {"kind": "name", "first": today, "last": today, "opened": 2, "found": 1}


def test_a_search_that_stops_says_so(store, search, now, monkeypatch):
    monkeypatch.setattr(searching, "MOST_OPENED", 3)
    store(*[{"at": now, "known": PHONE}] * 4)

    html = search("Dang")

    assert len(names(html)) == 3
    assert "Có thể còn nữa" in html


def test_a_search_that_looked_at_all_says_nothing(store, search, now, monkeypatch):
    monkeypatch.setattr(searching, "MOST_OPENED", 3)
    store(*[{"at": now, "known": PHONE}] * 3)

    assert "Có thể còn nữa" not in search("Dang")


def test_so_many_are_found_and_no_more(store, search, now, monkeypatch):
    monkeypatch.setattr(searching, "MOST_FOUND", 2)
    store(*[{"at": now, "known": PHONE}] * 3)

    for sought in ("Dang", "0912345678"):
        html = search(sought)
        assert len(names(html)) == 2
        assert "Có thể còn nữa" in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sought": ""}, "Xin nhập"),
        ({"sought": "   "}, "Xin nhập"),
        ({"sought": "a"}, "ít nhất hai chữ"),
        ({"sought": "\u0301\u0301"}, "ít nhất hai chữ"),
        ({"sought": "a\0b"}, 'role="alert"'),
        ({"sought": "x" * 81}, 'role="alert"'),
        ({"sought": "12345"}, "không phải là số"),
        ({"sought": "đặng", "first": "2026-02-30"}, "Không có ngày này"),
        ({"sought": "đặng", "first": "0001-01-01", "last": "0001-01-01"}, "Không có ngày này"),
        ({"sought": "đặng", "first": "2026-03-14", "last": "2026-03-13"}, "trước ngày đầu"),
        ({"sought": "đặng", "first": "2026-03-01", "last": "2026-04-01"}, "31 ngày"),
    ],
)
def test_what_cannot_be_searched_is_said_and_not_searched(client, offices, fields, said):
    answer = client.post(f"/places/{offices.place.pk}/search/", fields)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert searches() == []


def test_nobody_found_is_said_kindly_and_written_down(store, search):
    assert "Không tìm thấy ai" in search("Không Có")
    assert [entry.count for entry in searches()] == [0]


def test_other_places_are_not_searched(store, search, now, offices):
    store({"at": now, "known": CARD}, box=offices.other_box)

    assert names(search("mau")) == []
    assert names(search(CARD["document"])) == []


def test_no_name_stands_in_an_address(client, offices, store, now):
    store({"at": now, "known": CARD})

    answer = client.get(f"/places/{offices.place.pk}/search/", {"sought": "mau"})

    assert names(answer.content.decode()) == []
    assert searches() == []


def test_hostile_words_are_only_text(store, search, now):
    store({"at": now, "known": {"name": "<script>alert(1)</script>", "document": "014099000009"}})

    html = search("<script>alert")

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_visits_that_were_taken_back_are_found_and_struck(store, search, now):
    (came,) = store({"at": now, "known": CARD})
    store({"at": now, "corrects": str(came.id), "direction": Direction.OUT, "operator": "Lường Văn Gác"})

    html = search("mau")

    assert html.count('class="undone"') == 1
    assert names(html) == [CARD["name"]]


def test_a_name_whose_time_is_over_is_found_no_more(store, search, now):
    store({"at": now, "known": CARD})
    Visit.objects.update(person=None, document=None, phone=None, other=None, sealing_key="")

    assert names(search("mau")) == []
    assert names(search(CARD["document"])) == []
    assert KNOWN["name"] not in search("thu")
