"""The doors: how each is, and what it is told to do."""

import datetime as dt
import gzip
import re

import pytest
from django.utils import timezone

from collector import supporting
from collector.enrolment import enrol
from collector.models import AuditEntry, Kiosk, Order
from tests.collector.web.test_figures import text

BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"


def health(**change):
    """As a box that is well tells it."""
    door = {"running": True, "state": "serving", "camera": True, "keypad": True}
    whole = {
        "version": "0.9.0",
        "boot": BOOT,
        "uptime_s": 7300,
        "queue": {"waiting": 4, "sent": 0, "stored": 99, "aside": 0},
        "last_receipt": "2026-11-30T01:00:00Z",
        "clock": {"trusted": True, "time": "2026-11-30T01:00:00Z"},
        "disk_free_mb": 21000,
        "temperature_c": 51.5,
        "throttled": 0,
        "config": 3,
        "enrolled": True,
        "keeps_names": True,
        "certificate_expires": (timezone.now() + dt.timedelta(days=90)).isoformat(),
    }
    return {**whole, **change, "door": {**door, **change.get("door", {})}}


def heard(box, *, ago_s=0, online=True, **change):
    """A box has told how it is."""
    seen_at = timezone.now() - dt.timedelta(seconds=ago_s)
    Kiosk.objects.filter(pk=box.pk).update(
        online=online, seen_at=seen_at, health=health(**change), config_counter=3
    )


@pytest.fixture
def technician(client_of, offices):
    return client_of("technician", unit=offices.province)


@pytest.fixture
def box(offices):
    """The box of `offices.place`, which is well."""
    heard(offices.box)
    return offices.box


def tell(client, box, name, **more):
    return client.post(f"/doors/{box.name}/command", {"command": name, **more}, follow=True)


def test_the_ill_ones_come_first(technician, offices):
    heard(offices.box)
    heard(offices.other_box, ago_s=300)

    page = technician.get("/doors/").content.decode()

    assert re.findall(r'href="/doors/([a-z-]+)/"', page) == ["cong-to-hieu", "cong-chinh"]
    assert "không liên lạc 5 phút" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"state": "ill"}, ["cong-to-hieu"]),
        ({"state": "online"}, ["cong-chinh"]),
        ({"state": "never_seen"}, ["cong-to-hieu"]),
        ({"state": "revoked"}, []),
        ({"q": "chiềng AN"}, ["cong-chinh"]),
        ({"q": "to-hieu"}, ["cong-to-hieu"]),
        ({"q": "\0<script>"}, []),
        ({"state": "nonsense", "page": "99"}, ["cong-to-hieu", "cong-chinh"]),
    ],
)
def test_doors_are_chosen(technician, box, query, shown):
    page = technician.get("/doors/", query).content.decode()

    assert re.findall(r'href="/doors/([a-z-]+)/"', page) == shown
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"door": {"state": "out_of_order"}}, "tạm ngừng"),
        ({"door": {"camera": False}}, "mất camera"),
        (
            {"door": {"running": False, "state": None, "camera": None, "keypad": None}},
            "chương trình cửa không chạy",
        ),
        ({"clock": {"trusted": False, "time": "1970-01-01T00:00:00Z"}}, "đồng hồ chưa chuẩn"),
        ({"queue": {"waiting": 0, "sent": 0, "stored": 1, "aside": 2}}, "2 lượt chưa gửi được"),
        ({"temperature_c": 84.2}, "nóng 84 °C"),
        ({"throttled": 0x4}, "chạy chậm vì nóng"),
        ({"throttled": 0x50005}, "nguồn điện yếu"),
        ({"throttled": 0x50000}, "nguồn điện có lúc yếu"),
        ({"disk_free_mb": 40}, "thẻ nhớ gần đầy: còn 40 MB"),
        ({"disk_read_only": True}, "thẻ nhớ không ghi được nữa"),
        ({"config": 2}, "cấu hình đang gửi"),
        ({"certificate_expires": "2026-01-01T00:00:00Z"}, "chứng thư đã hết hạn"),
    ],
)
def test_what_is_wrong_is_said_with_a_remedy(technician, offices, change, fault):
    heard(offices.box, **change)

    page = technician.get(f"/doors/{offices.box.name}/").content.decode()

    faults = re.findall(r'<li><span class="doubt[^"]*">([^<]+)</span> ([^<]+)</li>', page)
    assert [words for words, _ in faults] == [fault]
    assert len(faults[0][1].strip()) > 20


def test_all_that_a_box_said_is_shown(technician, box):
    told = text(technician.get(f"/doors/{box.name}/"))

    for part in (
        "Phiên bản 0.9.0",
        "Nhiệt độ 52 °C",
        "Lượt chờ gửi 4",
        "Cấu hình đang dùng 3",
        "Đã bật được 2 giờ",
    ):
        assert part in told


def test_a_box_that_was_never_heard_of_has_a_page(technician, offices):
    told = text(technician.get(f"/doors/{offices.box.name}/"))

    assert "chưa từng kết nối" in told
    assert "Hộp báo gần nhất Chưa có gì." in told


@pytest.mark.parametrize(
    ("name", "more", "asked"),
    [
        ("identify", {}, ("identify", {})),
        ("restart", {}, ("restart", {})),
        ("log", {}, ("log_level", {"level": "debug", "minutes": 30})),
        ("support", {}, ("support_bundle", {})),
        ("shut", {"notice": " Đang  sửa cửa "}, ("out_of_order", {"on": True, "notice": "Đang sửa cửa"})),
        ("open", {"notice": "x"}, ("out_of_order", {"on": False, "notice": ""})),
    ],
)
def test_a_button_becomes_an_order(technician, box, name, more, asked):
    answer = tell(technician, box, name, **more)

    order = Order.objects.get()
    assert (order.kiosk_id, order.name, order.arguments, order.status) == (box.name, *asked, "waiting")
    assert "đang chờ hộp trả lời" in text(answer)


def test_an_order_stands_in_the_audit_without_the_words_for_the_screen(technician, box, offices):
    tell(technician, box, "shut", notice="Gặp anh Thử, 0912 345 678")

    entry = AuditEntry.objects.get(action="door_commanded")
    assert (entry.subject, entry.place, entry.detail) == (
        box.name,
        offices.place.pk,
        {"command": "out_of_order", "on": True},
    )


@pytest.mark.parametrize("notice", ["a" * 201, "a\u2028b\x07"])
def test_words_that_the_screen_cannot_show_are_refused(technician, box, notice):
    answer = tell(technician, box, "shut", notice=notice)

    assert "tối đa 200 chữ" in text(answer)
    assert not Order.objects.exists()


def test_a_command_that_is_none_is_refused(technician, box):
    assert "Không có lệnh này" in text(tell(technician, box, "explode"))
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"online": False}, "Hộp này đang mất kết nối"),
        ({"revoked_at": timezone.now()}, "Hộp này đã bị thu hồi"),
        ({"seen_at": None}, "Hộp này chưa từng kết nối"),
    ],
)
def test_a_box_that_cannot_hear_is_told_nothing(technician, box, facts, reason):
    Kiosk.objects.filter(pk=box.pk).update(**facts)

    page = technician.get(f"/doors/{box.name}/")
    answer = tell(technician, box, "identify")

    buttons = re.findall(r'<button [^>]*name="command"[^>]*>', page.content.decode())
    assert len(buttons) == 5
    assert all("disabled" in button for button in buttons)
    assert reason in text(page)
    assert reason in text(answer)
    assert not Order.objects.exists()


def test_the_answer_appears_by_itself(technician, box):
    tell(technician, box, "identify")
    waiting = technician.get(f"/doors/{box.name}/latest").content.decode()

    Order.objects.update(status="done", replied_at=timezone.now())
    done = technician.get(f"/doors/{box.name}/latest").content.decode()

    assert 'hx-trigger="every 1s"' in waiting
    assert 'hx-trigger="every 10s"' in done
    assert "Hộp đã làm lệnh gần nhất." in done


def test_a_support_bundle_is_fetched_as_a_file_and_that_stands_in_the_audit(technician, box, offices):
    tell(technician, box, "support")
    order = Order.objects.get()
    address = f"/doors/{box.name}/support/{order.pk}"
    assert technician.get(address).status_code == 403
    Order.objects.update(status="done", replied_at=timezone.now())
    assert address not in technician.get(f"/doors/{box.name}/latest").content.decode()

    supporting.keep(box.name, str(order.pk), gzip.compress(b'{"version": "0.1.0"}'), timezone.now())

    assert f'href="{address}"' in technician.get(f"/doors/{box.name}/latest").content.decode()
    answer = technician.get(address)
    assert (answer.json(), answer["Cache-Control"]) == ({"version": "0.1.0"}, "no-store")
    assert re.fullmatch(
        rf'attachment; filename="{box.name}-\d{{8}}-\d{{4}}.json"', answer["Content-Disposition"]
    )
    entry = AuditEntry.objects.get(action="fetched_support")
    assert (entry.subject, entry.place, entry.user) == (box.name, offices.place.pk, technician.user.username)


def test_the_page_is_shown_anew_when_the_buttons_change(technician, box):
    same = technician.get(f"/doors/{box.name}/latest", {"was": "online-open"})
    Kiosk.objects.filter(pk=box.pk).update(online=False)
    other = technician.get(f"/doors/{box.name}/latest", {"was": "online-open"})

    assert ("HX-Refresh" in same, other["HX-Refresh"]) == (False, "true")


def test_why_a_box_refused_does_no_harm(technician, box):
    tell(technician, box, "restart")
    Order.objects.update(status="refused", reason="<script>alert(1)</script>", replied_at=timezone.now())

    page = technician.get(f"/doors/{box.name}/").content.decode()

    assert "<script>alert" not in page


def test_a_door_that_is_shut_can_only_be_opened(technician, offices):
    heard(offices.box, door={"state": "out_of_order"})

    page = technician.get(f"/doors/{offices.box.name}/").content.decode()

    assert re.findall(r'name="command" value="([a-z]+)"', page) == [
        "identify",
        "open",
        "support",
        "log",
        "restart",
    ]


def test_nobody_sees_or_commands_doors_of_others(client_of, offices):
    heard(offices.other_box)
    manager = client_of()
    for address in ("/doors/cong-to-hieu/", "/doors/cong-to-hieu/latest", "/doors/nowhere/"):
        assert manager.get(address).status_code == 403, address
    assert tell(manager, offices.other_box, "restart").status_code == 403
    assert "cong-to-hieu" not in manager.get("/doors/").content.decode()
    assert client_of("clerk").get("/doors/").status_code == 403
    assert not Order.objects.exists()


def test_a_technician_sees_no_names_and_no_visits(store, technician, offices):
    store({})
    heard(offices.box)

    for address in ("/doors/", f"/doors/{offices.box.name}/"):
        assert "Nguyễn" not in technician.get(address).content.decode()


def test_many_boxes_come_page_by_page(technician, offices):
    for number in range(60):
        enrol(f"cong-{number}", offices.place.name)

    first, second = (technician.get("/doors/", {"page": page}).content.decode() for page in (1, 2))

    assert first.count('<th role="rowheader"') == 50
    assert second.count('<th role="rowheader"') == 12


def test_how_a_new_box_is_put_into_service_is_told(technician):
    assert "collector enrol" in text(technician.get("/doors/"))
