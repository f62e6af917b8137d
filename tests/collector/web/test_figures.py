"""Figures: what a province sees of its offices, and what it does not."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collector.figures import due
from collector.figures.keeping import Keeping
from collector.models import DayFigures, Grant, Kiosk, Place, Unit, Visit
from collector.web import written
from collector.web.figures import spans
from collector.web.figures.spans import Span, SpanRefused
from kiosk.model import Direction, Source

TODAY = dt.date(2026, 11, 30)


def counted(place, days_ago=0, came=0, **facts):
    """A day of a place, as it would have been counted."""
    hours = [0] * 24
    hours[8] = came
    whole = {
        "left": came,
        "camera": came,
        "by_hour": json.dumps(hours),
        "minutes": "[]",
        "counted_at": timezone.now(),
    }
    date = timezone.localdate() - dt.timedelta(days=days_ago)
    return DayFigures.objects.create(place=place, date=date, came=came, **(whole | facts))


def text(answer):
    """What people read: without marks, scripts and line ends."""
    body = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def charts(answer):
    return json.loads(re.search(r'<script id="charts"[^>]*>(.*?)</script>', answer.content.decode())[1])


def test_no_page_of_figures_asks_for_a_visit(old, province):
    """However many there are, and whatever months of them are gone."""
    counted(old.place, days_ago=3, came=5)
    scopes = (f"units/{old.province.pk}", f"places/{old.place.pk}")
    pages = [f"/figures/{scope}/{page}" for scope in scopes for page in ("", "report", "report.csv")]

    with CaptureQueriesContext(connection) as asked:
        answers = [province.get(page) for page in pages]

    assert {answer.status_code for answer in answers} == {200}
    statements = [one["sql"] for one in asked.captured_queries]
    assert any(DayFigures._meta.db_table in statement for statement in statements)
    assert not [statement for statement in statements if f'"{Visit._meta.db_table}"' in statement]


@pytest.fixture
def old(offices):
    """Offices that have been there for long."""
    Place.objects.update(made_at=timezone.now() - dt.timedelta(days=100))
    return offices


@pytest.fixture
def province(client_of, offices):
    return client_of("province", unit=offices.province)


def test_visits_at_a_door_become_figures_without_a_name(store, offices, province):
    now = timezone.now()
    store(
        {"at": now - dt.timedelta(minutes=50)},
        {"at": now - dt.timedelta(minutes=5), "direction": Direction.OUT},
        {"at": now, "source": Source.KEYPAD, "known": {"phone": "+84912345678"}},
    )
    due.mark([(offices.place.pk, timezone.localdate())])
    Keeping().turn()

    answer = province.get(f"/figures/units/{offices.province.pk}/")

    told = text(answer)
    assert "Lượt vào 2 " in told
    assert "Bấm số 50%" in told
    assert sum(charts(answer)["days"]["came"]) == 2
    for secret in ("Nguyễn", "014099000001", "912"):
        assert secret not in answer.content.decode()


def test_a_unit_has_the_sums_of_all_below_it(offices, province):
    counted(offices.place, came=3, keypad=1, unverified=1, automatic=1, minutes="[10,20]")
    counted(offices.elsewhere, came=5, minutes="[30]")
    counted(offices.place, days_ago=7, came=4)

    told = text(province.get(f"/figures/units/{offices.province.pk}/"))

    assert "Lượt vào 8 +100% so với 4 kỳ trước" in told
    assert "Bấm số 12,5%" in told
    assert "Hệ thống tự cho ra 25%" in told
    assert "Lưu lại (trung vị) 20 phút" in told


def test_the_table_has_a_line_for_each_unit_below(offices, province):
    Place.objects.create(name="Trung tâm hành chính công", unit=offices.province)
    counted(offices.place, came=3)
    counted(offices.elsewhere, came=1500)

    page = province.get(f"/figures/units/{offices.province.pk}/").content.decode()

    rows = re.findall(r'<th role="rowheader" scope="row"><a href="([^"?]+)[^>]*><bdi>([^<]+)', page)
    assert [name for _, name in rows] == ["Tô Hiệu", "Chiềng An", "Trung tâm hành chính công"]
    assert rows[0][0] == f"/figures/units/{offices.elsewhere.unit_id}/"
    assert "1.500" in page


@pytest.mark.parametrize(
    ("sort", "first"),
    [("name", "Chiềng An"), ("-name", "Tô Hiệu"), ("came", "Chiềng An"), ("<x>", "Chiềng An")],
)
def test_the_table_is_sorted_by_what_is_chosen(offices, province, sort, first):
    counted(offices.place, came=3)
    counted(offices.elsewhere, came=7)

    page = province.get(f"/figures/units/{offices.province.pk}/", {"sort": sort}).content.decode()

    assert re.search(r'scope="row"><a href="[^>]*><bdi>([^<]+)', page)[1] == first
    assert "<x>" not in page


def test_an_office_without_a_visit_in_seven_days_is_not_in_use(old, offices, province):
    counted(offices.place, days_ago=7, came=3)
    counted(offices.elsewhere, days_ago=6, came=1)
    Kiosk.objects.filter(pk=offices.box.pk).update(online=True, seen_at=timezone.now())

    told = text(province.get(f"/figures/units/{offices.province.pk}/"))

    last = timezone.localdate() - dt.timedelta(days=7)
    assert "1 trên 2 địa điểm không có lượt ra vào nào tại cửa trong 7 ngày qua" in told
    assert f"UBND phường Chiềng An : lượt gần nhất ngày {last:%d/%m/%Y}; 1 trên 1 cửa đang kết nối" in told


def test_an_office_where_nobody_ever_came_is_not_in_use(old, offices, province):
    told = text(province.get(f"/figures/units/{offices.province.pk}/"))

    assert "Chưa có lượt ra vào nào." in told
    assert "UBND phường Tô Hiệu : chưa có lượt nào; 0 trên 1 cửa đang kết nối" in told


def test_a_new_office_is_not_told_to_be_out_of_use(old, offices, province):
    Place.objects.filter(pk=offices.place.pk).update(made_at=timezone.now() - dt.timedelta(days=6))

    told = text(province.get(f"/figures/units/{offices.province.pk}/"))
    of_place = text(province.get(f"/figures/places/{offices.place.pk}/"))

    assert "1 trên 2 địa điểm không có lượt ra vào nào" in told
    assert "UBND phường Chiềng An : chưa có lượt nào" not in told
    assert "Địa điểm này có chưa đủ 7 ngày." in of_place


def test_of_offices_that_are_all_new_nothing_is_said_to_be_in_use(offices, province):
    told = text(province.get(f"/figures/units/{offices.province.pk}/"))

    assert "Ở đây chưa có địa điểm nào đủ 7 ngày." in told


def test_offices_made_later_are_not_among_those_of_days_before(offices, province):
    counted(offices.place, days_ago=40, came=3)
    first, last = (timezone.localdate() - dt.timedelta(days=ago) for ago in (45, 35))

    page = province.get(f"/figures/units/{offices.province.pk}/", {"from": first, "to": last})

    rows = re.findall(
        r'<th role="rowheader" scope="row"><a [^>]*><bdi>([^<]+)</bdi></a> (.*?)</th>', page.content.decode()
    )
    assert [(name, re.sub("<[^>]+>", "", places)) for name, places in rows] == [
        ("Chiềng An", "1 địa điểm"),
        ("Tô Hiệu", "0 địa điểm"),
    ]


def test_offices_not_in_use_are_listed_by_unit_and_behind_a_click_where_these_are_many(
    old, offices, province
):
    Place.objects.bulk_create(
        Place(
            name=f"Văn phòng {number}", unit=offices.commune, made_at=offices.place.made_at - dt.timedelta(90)
        )
        for number in range(20)
    )

    page = province.get(f"/figures/units/{offices.province.pk}/").content.decode()

    listed = re.search(r"<details([^>]*)><summary>Xem danh sách(.*?)</details>", page, re.DOTALL)
    assert "open" not in listed[1]
    assert [
        " ".join(re.sub("<[^>]+>", "", head).split()) for head in re.findall(r"<h3>(.*?)</h3>", listed[2])
    ] == [
        "Chiềng An 21 trên 21 địa điểm",
        "Tô Hiệu 1 trên 1 địa điểm",
    ]
    assert page.index('id="lines-head"') < page.index('id="idle-head"')


def test_a_long_table_comes_page_by_page_in_the_order_that_was_chosen(offices, province):
    Unit.objects.bulk_create(Unit(name=f"Xã {number:02}", parent=offices.province) for number in range(60))
    address = f"/figures/units/{offices.province.pk}/"

    first, second = (
        province.get(address, {"sort": "-name", "page": page}).content.decode() for page in (1, 2)
    )

    assert [page.count('<th role="rowheader" scope="row"><a') for page in (first, second)] == [50, 12]
    assert "sort=-name&amp;page=2#lines-head" in first


def test_who_opens_the_page_of_an_office_from_elsewhere_does_not_use_its_doors(old, offices, province):
    counted(offices.place, came=2, left=1, web=2, elsewhere=3)
    counted(offices.elsewhere, came=2, left=1, web=2, elsewhere=2)

    told = text(province.get(f"/figures/units/{offices.province.pk}/"))

    assert "1 trên 2 địa điểm không có lượt ra vào nào" in told
    assert "UBND phường Chiềng An : chưa có lượt nào" in told


def test_silent_doors_are_told(offices, province):
    Kiosk.objects.filter(pk=offices.box.pk).update(online=False, seen_at=timezone.now())

    told = text(province.get(f"/figures/units/{offices.province.pk}/"))

    assert "2 cửa: 0 đang kết nối, 1 mất kết nối , 1 chưa từng kết nối ." in told
    assert "Các cửa mất kết nối UBND phường Chiềng An · Cửa chính : liên lạc gần nhất lúc" in told
    assert "Các cửa chưa từng kết nối UBND phường Tô Hiệu · Cửa chính" in told


def test_names_are_in_the_order_of_the_vietnamese_alphabet(offices, client_of):
    units = [
        Unit.objects.create(name=name) for name in ("Xuân Nha", "Đông Sang", "Ủng Hòa", "Ân Thi", "an châu")
    ]
    for unit in units:
        counted(Place.objects.create(name=f"UBND {unit}", unit=unit), came=1)

    page = client_of("province", everywhere=True).get("/figures/all/", {"sort": "name"}).content.decode()

    rows = re.findall(r'<th role="rowheader" scope="row"><a [^>]*><bdi>([^<]+)', page)
    assert rows == ["an châu", "Ân Thi", "Đông Sang", "Sơn La", "Ủng Hòa", "Xuân Nha"]


def test_who_sees_one_thing_goes_there_at_once(offices, client_of):
    answers = [
        client_of("province", unit=offices.province).get("/figures/"),
        client_of("clerk").get("/figures/"),
        client_of("province", everywhere=True).get("/figures/"),
    ]

    assert [answer["Location"] for answer in answers] == [
        f"/figures/units/{offices.province.pk}/",
        f"/figures/places/{offices.place.pk}/",
        "/figures/all/",
    ]


def test_who_sees_several_things_chooses(offices, client_of):
    client = client_of("province", unit=offices.commune)
    Grant.objects.create(user=client.user, role="clerk", place=offices.elsewhere)

    page = client.get("/figures/").content.decode()

    assert f"/figures/units/{offices.commune.pk}/" in page
    assert f"/figures/places/{offices.elsewhere.pk}/" in page


def test_nobody_sees_figures_of_others(offices, client_of):
    commune = client_of("province", unit=offices.commune)
    elsewhere = offices.elsewhere

    for address in (
        f"/figures/units/{offices.province.pk}/",
        f"/figures/units/{elsewhere.unit_id}/report",
        f"/figures/places/{elsewhere.pk}/",
        f"/figures/places/{elsewhere.pk}/report.csv",
        "/figures/all/",
        "/figures/all/report",
        "/figures/units/999999/",
    ):
        assert commune.get(address).status_code == 403, address
    assert client_of("technician").get("/figures/").status_code == 403


def test_the_way_up_ends_where_the_right_does(offices, client_of):
    page = (
        client_of("province", unit=offices.commune)
        .get(f"/figures/places/{offices.place.pk}/")
        .content.decode()
    )

    assert f"/figures/units/{offices.commune.pk}/" in page
    assert f"/figures/units/{offices.province.pk}/" not in page


def test_all_places_have_those_of_no_unit(offices, client_of):
    counted(Place.objects.create(name="Kho lưu trữ"), came=2)

    told = text(client_of("province", everywhere=True).get("/figures/all/"))

    assert "Lượt vào 2 " in told
    assert "Kho lưu trữ" in told
    assert "Sơn La" in told


def test_days_that_are_none_are_told_and_a_week_is_shown(offices, province):
    page = province.get(f"/figures/units/{offices.province.pk}/", {"from": "2026-02-30", "to": "<script>"})

    assert 'role="alert"' in page.content.decode()
    assert "<script>" not in page.content.decode().replace("<script id", "")
    assert len(charts(page)["days"]["labels"]) == 7


def test_names_of_places_do_no_harm(offices, province):
    Unit.objects.filter(pk=offices.commune.pk).update(name="<script>alert(1)</script>")
    counted(offices.place, came=1)

    page = province.get(f"/figures/units/{offices.province.pk}/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ({}, "2026-11-24", "2026-11-30"),
        ({"days": "30"}, "2026-11-01", "2026-11-30"),
        ({"month": "2026-11"}, "2026-11-01", "2026-11-30"),
        ({"month": "2024-02"}, "2024-02-01", "2024-02-29"),
        ({"from": "2026-01-01", "to": "2026-01-01"}, "2026-01-01", "2026-01-01"),
        ({"from": "2026-11-01", "to": ""}, "2026-11-01", "2026-11-30"),
        ({"from": "2025-11-30", "to": "2026-11-30"}, "2025-11-30", "2026-11-30"),
    ],
)
def test_days_as_an_address_tells_them(told, first, last):
    span = spans.read(told, TODAY)

    assert (str(span.first), str(span.last)) == (first, last)


@pytest.mark.parametrize(
    "told",
    [
        {"days": "8"}, {"month": "2026-13"}, {"month": "11/2026"}, {"from": "x"}, {"to": "2026-11-30"},
        {"from": "2026-11-02", "to": "2026-11-01"}, {"from": "2025-11-29", "to": "2026-11-30"},
    ],
)  # fmt: skip
def test_days_that_are_none(told):
    with pytest.raises(SpanRefused):
        spans.read(told, TODAY)


@pytest.mark.parametrize(
    ("span", "before"),
    [
        (spans.lately(7, TODAY), ("2026-11-17", "2026-11-23")),
        (spans.read({"month": "2026-10"}, TODAY), ("2026-09-01", "2026-09-30")),
        (spans.read({"month": "2026-11"}, dt.date(2026, 11, 10)), ("2026-10-01", "2026-10-10")),
        (spans.read({"month": "2026-03"}, dt.date(2026, 3, 30)), ("2026-02-01", "2026-02-28")),
        (Span(dt.date(2026, 1, 1), dt.date(2026, 1, 1)), ("2025-12-31", "2025-12-31")),
    ],
)
def test_what_days_are_compared_with(span, before):
    assert (str(span.before.first), str(span.before.last)) == before


def test_numbers_are_written_as_people_here_write_them():
    assert written.count(1234567) == "1.234.567"
    assert (written.percent(0.125), written.percent(0.5), written.percent(None)) == ("12,5%", "50%", "—")
    assert (written.change(0.5), written.change(-0.25), written.change(None)) == ("+50%", "−25%", "—")
    assert (written.change(0.0004), written.change(-0.0004), written.change(0.0006)) == (
        "±0%",
        "±0%",
        "+0,1%",
    )
    assert (written.length(12.5), written.length(80), written.length(None)) == (
        "12 phút",
        "1 giờ 20 phút",
        "—",
    )
    assert written.length(50 * 60) == "2 ngày"
