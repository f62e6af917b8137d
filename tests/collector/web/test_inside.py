"""The page of who is inside, and the list for an evacuation."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from collector.models import AuditEntry, CheckOut
from collector.zones import named
from kiosk.model import Direction
from tests.collector.web.conftest import KNOWN

OTHER = {"document": "014099000002", "name": "Trần Thị Mẫu"}
PHONE = {"phone": "+84912345678"}


@pytest.fixture
def morning(offices):
    """Times of this day that have passed, whatever the hour of the test: minutes after midnight."""
    midnight = (
        timezone.now()
        .astimezone(named(offices.place.zone))
        .replace(hour=0, minute=0, second=0, microsecond=0)
    )
    return lambda minute: midnight + timedelta(seconds=minute)


@pytest.fixture
def page(client, offices):
    def page():
        answer = client.get(f"/places/{offices.place.pk}/inside/")
        assert answer.status_code == 200
        return answer.content.decode()

    return page


def names(html):
    return re.findall(r"<strong><bdi>(.*?)</bdi></strong></a>", html)


def test_who_came_and_has_not_left_is_inside_the_longest_first(store, morning, page):
    store(
        {"at": morning(1)},
        {"at": morning(2), "known": OTHER},
        {"at": morning(3), "known": {"document": "014099000003", "name": "Lò Văn Giả"}},
        {"at": morning(4), "known": OTHER, "direction": Direction.OUT},
    )

    html = page()

    assert names(html) == [KNOWN["name"], "Lò Văn Giả"]
    assert '<p class="count"><strong>2</strong>' in html


def test_nobody_inside_is_said_kindly(page):
    assert "Không có ai ở trong" in page()


def test_who_came_yesterday_is_not_inside(store, morning, page):
    store({"at": morning(0) - timedelta(hours=5)})

    assert names(page()) == []


def test_who_first_gave_a_phone_and_then_showed_a_card_is_one_with_name_and_phone(store, morning, page):
    store({"at": morning(1), "known": PHONE}, {"at": morning(2), "known": KNOWN | PHONE})

    html = page()

    assert names(html) == [KNOWN["name"]]
    assert "0912 345 678" in html


def test_who_was_checked_out_is_not_inside_and_who_was_said_to_be_is_marked(store, offices, morning, page):
    visits = store({"at": morning(1)}, {"at": morning(2), "known": OTHER})
    now = timezone.now()
    for came, at in zip(visits, (now, None), strict=True):
        CheckOut.objects.create(visit=came.id, place=offices.place, at=at, by="an", reason="x", made_at=now)

    html = page()

    assert names(html) == [OTHER["name"]]
    assert "sửa tay" in html


def test_a_stranger_takes_nobody_off_the_list_whom_a_door_saw_come(store, offices, morning, page):
    cache.clear()
    store({"at": morning(1), "known": KNOWN | PHONE})

    sent = {"name": "Ai Đó", "phone": "0912 345 678", "direction": "out"}
    assert Client().post(f"/o/{offices.place.slug}", sent).status_code == 302

    html = page()
    assert names(html) == [KNOWN["name"]]
    assert "điện thoại từ nơi khác báo đã ra" in html


def test_the_list_has_a_box_to_tick_for_each_and_says_when_it_was_made(store, morning, page):
    store({"at": morning(1)}, {"at": morning(2), "known": OTHER})

    html = page()

    assert html.count('<span class="tick"></span>') == 2
    assert re.search(r"Tính đến \d\d:\d\d:\d\d ngày \d\d/\d\d/\d{4}", html)
    assert "UBND phường Chiềng An" in html


def test_a_visit_that_was_taken_back_let_nobody_in(store, morning, page):
    (came,) = store({"at": morning(1)})
    store(
        {"at": morning(2), "corrects": str(came.id), "direction": Direction.OUT, "operator": "Lường Văn Gác"}
    )

    assert names(page()) == []


def test_of_whom_no_name_is_kept_still_counts(store, morning, page):
    store({"at": morning(1), "person": None}, {"at": morning(2), "known": OTHER})

    html = page()

    assert '<p class="count"><strong>2</strong>' in html
    (entry,) = AuditEntry.objects.filter(action="saw_inside")
    assert entry.count == 1


def test_hostile_names_are_only_text(store, morning, page):
    store({"at": morning(1), "known": {**KNOWN, "name": "<img src=x>\u202egnud" + "A" * 10_000}})

    html = page()

    assert "<img src=x" not in html
    assert "\u202e" not in html
    assert "A" * 81 not in html


@pytest.mark.parametrize(
    ("minutes", "told"), [(0, "0 phút"), (7, "7 phút"), (65, "1 giờ 05 phút"), (600, "10 giờ 00 phút")]
)
def test_how_long_somebody_stayed_is_said_as_people_say_it(minutes, told):
    from django.utils import translation

    from collector.templatetags.visits import lasting

    came = datetime(2026, 3, 14, 8, tzinfo=named("Asia/Ho_Chi_Minh"))
    with translation.override("vi"):
        assert lasting(came, came + timedelta(minutes=minutes)) == told
