"""The page of who is inside, and the list for an evacuation."""

import html as markup
import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from collector.models import AuditEntry, CheckOut, Visit
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


def send(offices, name, direction="in"):
    """From a phone that may be anywhere."""
    cache.clear()
    sent = {"name": name, "phone": "0912 345 678", "direction": direction}
    assert Client().post(f"/o/{offices.place.slug}", sent).status_code == 302


def test_a_mother_and_a_child_with_one_phone_are_two_on_the_list(offices, page):
    send(offices, "Lò Thị Mẹ")
    send(offices, "Lò Văn Con")
    assert sorted(names(page())) == ["Lò Thị Mẹ", "Lò Văn Con"]

    send(offices, "Lò Thị Mẹ", "out")
    assert names(page()) == ["Lò Văn Con"]


def test_who_may_be_anywhere_stands_last_marked_and_counted_apart(store, offices, morning, page):
    send(offices, "Ai Đó")
    store({"at": timezone.now(), "known": OTHER})

    html = page()

    assert names(html) == [OTHER["name"], "Ai Đó"]
    assert '<p class="count"><strong>1</strong>' in html
    assert "và 1 người tự khai từ nơi khác" in html
    marked = html[html.index("Ai Đó") :]
    assert marked.index("từ nơi khác</span>") < marked.index("chưa xác minh</span>")


def test_on_paper_they_stand_by_their_given_names(store, morning, page):
    people = ("Trần Văn Yên", "Lò Thị Ân", "Đèo Văn Đức", "Nguyễn Thị An", "Cầm Dung")
    known = [{"document": f"01409900001{number}", "name": name} for number, name in enumerate(people)]
    store(*({"at": morning(minute), "known": one} for minute, one in enumerate(known, 1)))

    html = page()

    paper = html[html.index('<div class="paper">') :]
    assert names(html) == list(people)
    assert re.findall(r"<bdi>(\D+?)</bdi></strong>", paper) == [
        "Nguyễn Thị An",
        "Lò Thị Ân",
        "Đèo Văn Đức",
        "Cầm Dung",
        "Trần Văn Yên",
    ]


@pytest.fixture
def live(client):
    """What the page asks next each second."""

    def live(html):
        return client.get(markup.unescape(re.search(r'hx-get="([^"]+)"', html).group(1)))

    return live


@pytest.fixture
def same_minute(monkeypatch):
    now = timezone.now().replace(second=0, microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: now)


def looks():
    return list(AuditEntry.objects.filter(action="saw_inside").order_by("pk").values_list("count", flat=True))


@pytest.mark.usefixtures("same_minute")
def test_the_page_stays_as_it_is_while_nothing_happens(store, morning, page, live):
    store({"at": morning(0)})
    html = page()

    assert [live(html).status_code for _ in range(2)] == [204, 204]
    assert looks() == [1]


@pytest.mark.usefixtures("same_minute")
def test_who_comes_stands_there_at_once_and_only_their_name_was_looked_at(store, morning, page, live):
    store({"at": morning(0)})
    Visit.objects.update(received_at=timezone.now() - timedelta(seconds=5))
    html = page()
    store({"at": morning(1), "known": OTHER})

    told = live(html).content.decode()

    assert names(told) == [KNOWN["name"], OTHER["name"]]
    assert '<p id="said" hx-swap-oob="innerHTML">2 người đang ở trong</p>' in told
    assert looks() == [1, 1]


@pytest.mark.usefixtures("same_minute")
def test_the_list_of_another_account_is_no_look_of_mine(store, morning, page, client_of):
    store({"at": morning(0)})
    address = markup.unescape(re.search(r'hx-get="([^"]+)"', page()).group(1))

    assert names(client_of("clerk").get(address).content.decode()) == [KNOWN["name"]]
    assert looks() == [1, 1]


def test_how_long_they_have_been_there_is_told_anew_each_minute(store, morning, page, live, monkeypatch):
    store({"at": morning(0)})
    html = page()
    later = timezone.now() + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert live(html).status_code == 200
    assert looks() == [1]


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
