"""The page of one visit, and a check-out that is put right there."""

import datetime as dt
import re
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from collector.models import AuditEntry, Change, CheckOut, DayDue, Visit
from kiosk.model import Answer, Direction, Source
from tests.collector.web.conftest import KNOWN

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(hour, minute=0, second=0):
    """By the place's clock, on a day that is over."""
    return dt.datetime(2026, 3, 14, hour, minute, second, tzinfo=ZONE).astimezone(dt.UTC)


@pytest.fixture
def address(offices):
    return lambda event: f"/places/{offices.place.pk}/visits/{event.id}/"


@pytest.fixture
def page(client, address):
    def page(event):
        answer = client.get(address(event))
        assert answer.status_code == 200
        return answer.content.decode()

    return page


@pytest.fixture
def put_right(client, address):
    def put_right(event, **fields):
        whole = {"what": "left", "time": "16:30", "reason": "Ra cửa sau", **fields}
        return client.post(f"{address(event)}check-out/", whole)

    return put_right


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_all_that_is_known_of_a_visit_is_told(store, page):
    (came,) = store(
        {
            "known": KNOWN | {"phone": "+84912345678"},
            "source": Source.KEYPAD,
            "operator": "Lường Văn Gác",
            "answered": (Answer("visit", "work"),),
        }
    )

    told = text(page(came))

    for part in (KNOWN["name"], KNOWN["document"], "0912 345 678", "01/02/1999", "08:05:09", "14/03/2026",
                 "Bàn phím", "Lường Văn Gác", "visit work", "Cửa chính", "Trung tâm đã nhận"):  # fmt: skip
        assert part in told


def test_the_look_is_written_down_by_the_visits_id_and_no_name(store, page, client):
    (came,) = store({})

    page(came)

    (entry,) = AuditEntry.objects.filter(action="saw_visit")
    assert (entry.subject, entry.count, entry.user) == (str(came.id), 1, client.user.username)
    assert KNOWN["name"] not in str(entry.__dict__)


def test_a_visit_of_another_place_or_of_none_is_not_there(store, client, address, offices):
    (other,) = store({}, box=offices.other_box)
    (lost,) = store({})
    Visit.objects.filter(pk=lost.id).update(place=None)

    nobody = type("Event", (), {"id": uuid.uuid4()})
    assert [client.get(address(event)).status_code for event in (other, lost, nobody)] == [404] * 3
    assert client.post(f"{address(other)}check-out/", {"what": "left"}).status_code == 404


def test_the_other_passages_of_the_same_person_that_day_are_a_step_away(store, page, address):
    came, left, _other, back = store(
        {"at": at(8)},
        {"at": at(9), "direction": Direction.OUT},
        {"at": at(9), "known": {"document": "014099000002"}},
        {"at": at(10)},
    )

    html = page(left)

    assert re.findall(r'<li><a href="([^"]+)"><time', html) == [address(came), address(back)]
    assert "08:00 – 09:00 (1 giờ 00 phút)" in text(html)


def test_a_visit_that_was_taken_back_says_so_and_has_no_stay(store, page):
    (came,) = store({"at": at(8)})
    store({"at": at(8, 1), "corrects": str(came.id), "direction": Direction.OUT, "operator": "Lường Văn Gác"})

    html = page(came)

    assert "không diễn ra" in html
    assert "Lường Văn Gác" in html
    assert "check-out/" not in html


def test_a_clock_that_was_put_right_is_told(store, page):
    (came,) = store({"at": at(8)})
    Visit.objects.update(told_at=at(3))

    assert "03:00:00 14/03/2026" in text(page(came))


def test_what_was_corrected_or_erased_is_told_by_fields_only(store, page):
    (came,) = store({"at": at(8)})
    now = timezone.now()
    Change.objects.create(
        visit=came.id, at=now, by="an", what="corrected", fields="name phone", reason="viết sai"
    )
    Change.objects.create(visit=came.id, at=now, by="an", what="erased")

    told = text(page(came))

    assert re.search("tên, (số )?điện thoại", told)
    assert "viết sai" in told
    assert "đã được xoá" in told


def test_a_check_out_is_put_right_with_a_time_and_a_reason(store, put_right, page, offices, client):
    (came,) = store({"at": at(8)})
    CheckOut.objects.create(visit=came.id, place=offices.place, at=at(17), automatic=True, made_at=at(17))
    assert "tự động" in page(came)

    answer = put_right(came)

    assert answer.status_code == 302
    told = text(page(came))
    assert "08:00 – 16:30" in told
    assert "Ra cửa sau" in told
    newest = CheckOut.objects.latest("pk")
    assert (newest.at, newest.automatic, newest.by) == (at(16, 30), False, client.user.username)
    assert CheckOut.objects.count() == 2
    assert DayDue.objects.filter(place=offices.place, date=dt.date(2026, 3, 14)).exists()
    (entry,) = AuditEntry.objects.filter(action="changed_check_out")
    assert (entry.subject, entry.detail) == (str(came.id), {"what": "left"})


def test_it_holds_before_what_a_door_saw(store, put_right, page):
    came, left = store({"at": at(8)}, {"at": at(9), "direction": Direction.OUT})

    put_right(left, time="08:30")

    assert "08:00 – 08:30" in text(page(came))


def test_who_left_within_the_minute_of_coming_did_not_leave_before(store, put_right, page):
    (came,) = store({"at": at(8, 5, 42)})

    assert put_right(came, time="08:05").status_code == 302
    assert "08:05 – 08:05" in text(page(came))


def test_today_somebody_may_be_said_to_be_still_inside(store, put_right, page, offices):
    now = timezone.now()
    (came,) = store({"at": now})
    CheckOut.objects.create(visit=came.id, place=offices.place, at=now, automatic=True, made_at=now)

    assert put_right(came, what="inside", time="").status_code == 302
    assert "vẫn ở trong" in page(came)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time": "07:59"}, "07:59 sớm hơn lúc vào (08:00)"),
        ({"time": ""}, "Xin ghi giờ ra"),
        ({"time": "25:00"}, "Giờ không hợp lệ"),
        ({"time": "\0"}, "Giờ không hợp lệ"),
        ({"reason": ""}, "Xin ghi lý do"),
        ({"reason": "  "}, "Xin ghi lý do"),
        ({"reason": "x" * 201}, "200"),
        ({"reason": "a\0b"}, 'role="alert"'),
        ({"reason": "gọi 0912 345 678"}, "7 chữ số"),
        ({"reason": "Nguyễn Văn Thử ra cửa sau"}, "“Nguyễn Văn”"),
        ({"what": "inside"}, "Ngày đó đã qua"),
        ({"what": "vanished"}, 'role="alert"'),
        ({"what": ""}, 'role="alert"'),
    ],
)
def test_what_cannot_have_been_is_refused_and_said(store, put_right, fields, said):
    (came,) = store({"at": at(8)})

    answer = put_right(came, **fields)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CheckOut.objects.exists()


def test_a_time_that_is_still_to_come_is_refused(store, put_right):
    now = timezone.now()
    (came,) = store({"at": now})
    later = (now + dt.timedelta(minutes=2)).astimezone(ZONE)
    if later.date() != now.astimezone(ZONE).date():
        pytest.skip("no minute of this day is still to come")

    answer = put_right(came, time=later.strftime("%H:%M"))

    assert "chưa tới" in answer.content.decode()


def test_a_clerk_sees_the_visit_and_changes_nothing(store, client_of, address):
    (came,) = store({"at": at(8)})
    clerk = client_of("clerk")

    assert "check-out/" not in clerk.get(address(came)).content.decode()
    assert (
        clerk.post(f"{address(came)}check-out/", {"what": "left", "time": "09:00", "reason": "x"}).status_code
        == 403
    )


def test_a_visit_that_belongs_to_no_stay_has_nothing_to_put_right(store, put_right, page):
    (left,) = store({"at": at(8), "direction": Direction.OUT})

    assert "check-out/" not in page(left)
    assert put_right(left).status_code == 404


def test_hostile_reasons_are_only_text(store, put_right, page):
    (came,) = store({"at": at(8)})
    put_right(came, reason="<script>alert(1)</script>\u202e")

    html = page(came)

    assert "<script>alert" not in html
    assert "\u202e" not in html
