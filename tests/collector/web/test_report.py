"""The monthly report: in Vietnamese whatever the page's language, on paper or as a table."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from collector.models import Kiosk, Place, Unit
from tests.collector.web.test_figures import counted, text


def last_month():
    """The first day of the month that was over last, and how many days ago that was."""
    today = timezone.localdate()
    first = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    return first, (today - first).days


@pytest.fixture(autouse=True)
def old(offices):
    """Offices that have been there for long."""
    Place.objects.update(made_at=timezone.now() - dt.timedelta(days=100))


@pytest.fixture
def province(client_of, offices):
    return client_of("province", unit=offices.province)


@pytest.fixture
def report(offices, province):
    def report(name="report", **query):
        return province.get(f"/figures/units/{offices.province.pk}/{name}", query)

    return report


def test_the_report_is_of_the_month_that_was_over_last(offices, report):
    first, ago = last_month()
    counted(offices.place, ago, came=1200, keypad=300)
    counted(offices.place, ago + 1, came=5)

    told = text(report())

    assert f"Tình hình người ra vào cơ quan tháng {first:%m/%Y}" in told
    assert "1.200 lượt vào và 1.200 lượt ra" in told
    assert "Bấm số 300 lượt (25%)" in told
    assert "Tổng cộng 1.200 1.200" in told
    assert "THỦ TRƯỞNG ĐƠN VỊ" in told


def test_the_report_is_in_vietnamese_on_an_english_page(province, report):
    province.cookies["django_language"] = "en"

    told = text(report())

    for word in ("Log out", "Print the report", "Get the table", "Tổng hợp", "Thứ "):
        assert word in told


def test_a_month_that_goes_on_says_so(report):
    today = timezone.localdate()

    told = text(report(month=f"{today:%Y-%m}"))

    assert f"đến ngày {today:%d/%m/%Y}" in told
    assert ("Tháng này chưa hết" in told) == ((today + dt.timedelta(days=1)).day != 1)


def test_a_month_that_is_none_is_told(report):
    answer = report(month="2026-13<b>")

    assert "không phải là tháng dạng 2026-01" in text(answer)
    assert "<b>" not in answer.content.decode()


def test_offices_not_in_use_at_the_end_of_the_month_are_listed(offices, report):
    first, ago = last_month()
    counted(offices.place, ago, came=2)

    told = text(report())

    assert "2 trên 2 địa điểm không có lượt ra vào nào tại cửa" in told
    appendix = told[told.index("Phụ lục 1. Địa điểm chưa triển khai") :]
    assert f"Chiềng An 1/1 địa điểm UBND phường Chiềng An : lượt gần nhất ngày {first:%d/%m/%Y}" in appendix
    assert "Tô Hiệu 1/1 địa điểm UBND phường Tô Hiệu : chưa có lượt nào" in appendix


def test_an_office_that_was_made_after_the_month_is_not_in_its_report(offices, report):
    Place.objects.filter(pk=offices.elsewhere.pk).update(made_at=timezone.now())
    _, ago = last_month()
    counted(offices.place, ago, came=2)

    told = text(report())

    assert "tại 1 địa điểm" in told
    assert "UBND phường Tô Hiệu" not in told


def test_doors_are_told_as_they_are_on_the_day_of_the_report(offices, report):
    Kiosk.objects.filter(pk=offices.box.pk).update(online=False, seen_at=timezone.now())

    told = text(report())

    today = timezone.localdate()
    assert (
        f"Tính đến ngày lập báo cáo ({today:%d/%m/%Y}): 2 cửa, trong đó 0 cửa đang kết nối,"
        " 1 cửa mất kết nối, 1 cửa chưa từng kết nối. Các cửa mất kết nối ở Phụ lục 2."
    ) in told
    assert "UBND phường Chiềng An – Cửa chính : liên lạc gần nhất" in told


def test_the_report_of_a_place_has_its_days(offices, client):
    _, ago = last_month()
    counted(offices.place, ago, came=2)

    page = client.get(f"/figures/places/{offices.place.pk}/report").content.decode()

    assert "vào 2, ra 2" in page
    assert "Theo đơn vị" not in page


def test_the_table_of_the_report_for_a_spreadsheet(offices, report):
    _, ago = last_month()
    counted(offices.place, ago, came=12, keypad=3, unverified=1, automatic=1, minutes="[10,11]")
    Unit.objects.filter(pk=offices.commune.pk).update(name="=cmd()")

    answer = report("report.csv")

    whole = answer.content.decode()
    rows = list(csv.reader(io.StringIO(whole.removeprefix("\ufeff"))))
    assert whole.startswith("\ufeff")
    assert rows[0][0] == "Đơn vị"
    assert ["'=cmd()", "12", "12", "3", "1", "1", "10.5", "1"] in rows
    assert rows[-1][:2] == ["Tổng cộng", "12"]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_the_table_of_a_place_is_by_day(offices, client):
    first, ago = last_month()
    counted(offices.place, ago, came=2)

    rows = client.get(f"/figures/places/{offices.place.pk}/report.csv").content.decode().splitlines()

    assert rows[1] == f"{first},2,2"
