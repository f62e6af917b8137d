"""What the page of today asks each second."""

import datetime as dt
import html as markup
import re
from urllib.parse import unquote

import pytest
from django.utils import timezone

from collector.models import AuditEntry, CheckOut, Visit
from collector.standing import standing
from kiosk.model import Direction
from tests.collector.web.conftest import KNOWN, prove

OTHER = {"document": "014099000002", "name": "Trần Thị Mẫu"}


@pytest.fixture
def shown(client, offices):
    """The page of today, once opened; ask() is what it asks next."""

    class Shown:
        def __init__(self) -> None:
            self.heard = client.get(f"/places/{offices.place.pk}/").content.decode()

        def address(self) -> str:
            return markup.unescape(re.search(r'hx-get="([^"]+)"', self.heard).group(1))

        def ask(self):
            answer = client.get(self.address())
            if answer.status_code == 200:
                self.heard = answer.content.decode()
            return answer

    return Shown


def looks():
    return list(AuditEntry.objects.filter(action="saw_visits").order_by("pk").values_list("count", flat=True))


def test_nothing_new_is_no_answer_and_no_look(store, shown):
    store({"at": timezone.now()})
    page = shown()

    assert [page.ask().status_code for _ in range(3)] == [204] * 3
    assert looks() == [1]


def test_what_came_meanwhile_is_shown_at_once_and_only_the_new_name_was_looked_at(store, shown):
    store({"at": timezone.now()})
    page = shown()
    store({"at": timezone.now(), "known": OTHER})

    answer = page.ask()

    assert answer.status_code == 200
    assert "Trần Thị Mẫu" in page.heard
    assert "<dd>2</dd>" in page.heard
    assert looks() == [1, 1]
    assert page.ask().status_code == 204


def test_a_name_that_was_stored_beside_another_is_a_look_too(store, shown):
    store({"at": timezone.now()})
    page = shown()
    store({"at": timezone.now(), "known": OTHER})
    Visit.objects.update(received_at=Visit.objects.earliest("received_at").received_at)

    page.ask()

    assert "Trần Thị Mẫu" in page.heard
    assert looks() == [1, 1]


def test_what_is_read_aloud_are_the_totals_and_no_name(store, shown):
    page = shown()
    store({"at": timezone.now()}, {"at": timezone.now(), "direction": Direction.OUT})

    page.ask()

    said = re.search(r'<p id="said" hx-swap-oob="innerHTML">(.*?)</p>', page.heard).group(1)
    assert said == "1 lượt vào, 1 lượt ra"


def test_a_check_out_shows_at_once_and_the_names_are_looked_at_anew(store, offices, shown):
    (came,) = store({"at": timezone.now()})
    page = shown()
    assert "Đang ở trong</a></dt><dd>1</dd>" in page.heard
    now = timezone.now()
    CheckOut.objects.create(visit=came.id, place=offices.place, at=now, by="an", reason="x", made_at=now)

    page.ask()

    assert "Đang ở trong</a></dt><dd>0</dd>" in page.heard
    assert looks() == [1, 1]


def test_a_word_about_another_day_changes_nothing(store, offices, shown):
    (old,) = store({"at": timezone.now() - dt.timedelta(days=3)})
    page = shown()
    now = timezone.now()
    CheckOut.objects.create(visit=old.id, place=offices.place, at=None, by="an", reason="x", made_at=now)

    assert page.ask().status_code == 204


def test_a_time_that_was_put_right_shows_at_once(store, shown):
    store({"at": timezone.now()})
    page = shown()
    visit = Visit.objects.get()
    Visit.objects.update(told_at=visit.at, at=visit.at - dt.timedelta(seconds=2))

    assert page.ask().status_code == 200


def test_a_line_that_is_down_is_said(shown, monkeypatch):
    page = shown()
    monkeypatch.setattr(standing, "line_up", False)

    page.ask()

    assert "mất kết nối với các cửa" in page.heard


def test_a_token_that_is_not_ours_hides_no_look(client, offices, store):
    store({"at": timezone.now()})

    for token in (
        "",
        "9.9.9999999999999999.9.0",
        "x" * 5000,
        "1.2:\0",
        "9.0.9999999999999999.0.0:" + "A" * 43,
    ):
        assert client.get(f"/places/{offices.place.pk}/rows/", {"seen": token}).status_code == 200

    assert looks() == [1] * 5


def token(html):
    return unquote(markup.unescape(re.search(r"seen=([^\"&]+)", html).group(1)))


def test_a_token_counts_for_the_choice_of_visits_for_which_it_was_given(client, offices, store):
    store({"at": timezone.now()})
    html = client.get(f"/places/{offices.place.pk}/", {"door": "nowhere"}).content.decode()
    assert KNOWN["name"] not in html

    for query in ({}, {"page": "1"}, {"direction": "in"}):
        told = client.get(f"/places/{offices.place.pk}/rows/", {"seen": token(html), **query})
        assert KNOWN["name"] in told.content.decode()

    assert looks() == [0, 1, 1, 1]


def test_a_token_counts_for_the_page_for_which_it_was_given(client, offices, store):
    store(*[{"at": timezone.now()}] * 60)
    html = client.get(f"/places/{offices.place.pk}/").content.decode()

    client.get(f"/places/{offices.place.pk}/rows/", {"seen": token(html), "page": "2"})

    assert looks() == [50, 10]


def test_a_token_counts_for_the_account_to_which_it_was_given(client, client_of, offices, store):
    store({"at": timezone.now()})
    html = client.get(f"/places/{offices.place.pk}/").content.decode()
    other = client_of("clerk")

    told = other.get(f"/places/{offices.place.pk}/rows/", {"seen": token(html)})

    assert KNOWN["name"] in told.content.decode()
    assert list(AuditEntry.objects.filter(user=other.user.username).values_list("count", flat=True)) == [1]


def test_after_midnight_the_page_goes_on_with_the_new_day(client, offices, monkeypatch):
    day = f"/places/{offices.place.pk}/"
    pages = [client.get(day, query).content.decode() for query in ({}, {"direction": "out"})]
    tomorrow = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    client.force_login(client.user)
    prove(client, client.user)

    answers = [client.get(markup.unescape(re.search(r'hx-get="([^"]+)"', page).group(1))) for page in pages]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert [answer.headers["HX-Redirect"] for answer in answers] == [f"{day}?", f"{day}?direction=out"]


def test_the_token_of_another_place_hides_no_look(client_of, offices, store):
    client = client_of(everywhere=True)
    html = client.get(f"/places/{offices.place.pk}/").content.decode()
    token = markup.unescape(re.search(r"seen=([^\"]+)", html).group(1))

    answer = client.get(f"/places/{offices.elsewhere.pk}/rows/?seen={token}")

    assert answer.status_code == 200


def test_the_filters_hold_for_what_is_new(client, offices, store):
    html = client.get(f"/places/{offices.place.pk}/", {"direction": "out"}).content.decode()
    store({"at": timezone.now()}, {"at": timezone.now(), "direction": Direction.OUT, "known": OTHER})

    told = client.get(markup.unescape(re.search(r'hx-get="([^"]+)"', html).group(1))).content.decode()

    assert "Trần Thị Mẫu" in told
    assert KNOWN["name"] not in told


def test_when_the_day_is_over_the_page_says_so_and_asks_no_more(client, offices):
    answer = client.get(f"/places/{offices.place.pk}/rows/", {"date": "2026-03-14"})

    assert "hx-get" not in answer.content.decode()


def test_only_the_first_page_of_today_is_live(client, offices, store):
    store(*[{"at": timezone.now()}] * 60)
    place = f"/places/{offices.place.pk}/"

    live = [
        "hx-get" in client.get(place, query).content.decode()
        for query in ({}, {"page": 2}, {"date": "2026-03-14"})
    ]

    assert live == [True, False, False]
