"""Set-up codes and technicians' badges on the pages of the doors."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from collector import badges
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.enrolling import codes
from collector.enrolling.codes import State
from collector.models import AuditEntry, Grant, Kiosk, Place, SetupCode
from mqtt_bridge.wire import enrolment as wire
from mqtt_bridge.wire.codes import Purpose, key_id
from tests.collector.web.test_doors_page import text

URL = "https://192.168.1.10:8884"
SENT = {"door": "Cửa sau", "minutes": "60"}


@pytest.fixture
def technician(client_of, offices, settings):
    """Somebody who sets boxes up at one place, at a centre that is ready for it."""
    settings.ENROLMENT = "192.168.1.10:8884"
    authority = Authority(settings.DATA)
    authority.prepare(Settings(("192.168.1.10",), 8883, "", authority.shelf.owner()))
    return client_of("technician", place=offices.place)


@pytest.fixture
def drawn(monkeypatch):
    """The texts of the codes that were drawn."""
    texts = []
    draw = badges.picture
    monkeypatch.setattr(badges, "picture", lambda code, **how: texts.append(code) or draw(code, **how))
    return texts


def said(code: str, keyring) -> wire.SetupCode:
    """What a code says, signed by this centre."""
    keys = {key_id(key): key for key in keyring.signing_keys().values()}
    found = wire.opened(code, keys)
    assert isinstance(found, wire.SetupCode)
    return found


def test_a_new_box_gets_a_code_and_stands_in_the_list(technician, offices, keyring, drawn, settings):
    answer = technician.post("/doors/new", {**SENT, "place": offices.place.pk})

    box = Kiosk.objects.get(name="ubnd-phuong-chieng-an-1")
    assert (box.place, box.door) == (offices.place, "Cửa sau")
    assert answer.content.decode().count("<svg") == 1
    code = said(drawn[0], keyring)
    assert (code.url, code.authority) == (URL, Authority(settings.DATA).fingerprint())
    assert code.wifi is None
    assert dt.timedelta(minutes=59) < code.expires - timezone.now() <= dt.timedelta(hours=1)
    assert SetupCode.objects.get().digest == codes.digest(code.token)
    assert box.name in text(technician.get("/doors/"))


def test_who_made_it_is_written_down_and_no_secret(technician, offices, keyring, drawn):
    wifi = {"ssid": "Mang Thu", "psk": "mat khau mang", "hidden": "1"}
    technician.post("/doors/new", {**SENT, **wifi, "place": offices.place.pk})

    entry = AuditEntry.objects.get(action="setup_code")
    assert (entry.user, entry.subject) == (technician.user.username, "ubnd-phuong-chieng-an-1")
    assert entry.detail == {"what": "made", "minutes": 60, "wifi": True}
    assert said(drawn[0], keyring).wifi == wire.Wifi("Mang Thu", "mat khau mang", hidden=True)


def test_the_next_boxes_of_a_place_are_told_apart(technician, offices):
    for _ in range(2):
        technician.post("/doors/new", {**SENT, "place": offices.place.pk})

    names = Kiosk.objects.filter(door="Cửa sau").order_by("name").values_list("name", flat=True)
    assert list(names) == ["ubnd-phuong-chieng-an-1", "ubnd-phuong-chieng-an-2"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"place": ""}, "Xin chọn địa điểm"),
        ({"place": "x"}, "Xin chọn địa điểm"),
        ({"door": ""}, "Xin ghi tên cửa"),
        ({"door": "x" * 81}, "Xin ghi tên cửa"),
        ({"kiosk": "Cửa chính"}, "chữ thường không dấu"),
        ({"kiosk": "collector"}, "chữ thường không dấu"),
        ({"kiosk": "cong-chinh"}, "Đã có hộp máy mang tên này"),
        ({"kiosk": "cong-to-hieu"}, "Đã có hộp máy mang tên này"),
        ({"minutes": "100000"}, "Xin chọn một"),
        ({"ssid": "m" * 33}, "tên mạng"),
        ({"psk": "mat khau mang"}, "tên mạng"),
        ({"ssid": "Mang", "psk": "ngan"}, "Mật khẩu Wi-Fi"),
        ({"ssid": "Mang", "psk": "mật khẩu có dấu"}, "Mật khẩu Wi-Fi"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_made(technician, offices, sent, words):
    answer = technician.post("/doors/new", {**SENT, "place": offices.place.pk, **sent})

    assert answer.status_code == 400
    assert words in text(answer)
    assert (Kiosk.objects.count(), SetupCode.objects.count()) == (2, 0)


def test_a_password_is_not_shown_again(technician, offices):
    answer = technician.post(
        "/doors/new", {**SENT, "place": offices.place.pk, "door": "", "ssid": "Mang", "psk": "mat khau mang"}
    )

    page = answer.content.decode()
    assert 'value="Mang"' in page
    assert "mat khau mang" not in page


def test_a_box_of_another_place_is_made_by_nobody_from_here(technician, offices):
    answer = technician.post("/doors/new", {**SENT, "place": offices.elsewhere.pk})

    assert answer.status_code == 400
    assert offices.elsewhere.name not in text(technician.get("/doors/new"))


def test_a_box_that_serves_goes_on_while_a_code_for_another_is_open(technician, offices):
    Kiosk.objects.filter(pk=offices.box.pk).update(seen_at=timezone.now(), online=True)

    answer = technician.post(f"/doors/{offices.box.name}/code", {"minutes": "15"})

    assert answer.content.decode().count("<svg") == 1
    assert Kiosk.objects.get(pk=offices.box.pk).seen_at is not None
    assert "còn hạn đến" in text(technician.get(f"/doors/{offices.box.name}/"))


def test_a_box_has_one_open_code(technician, offices):
    for _ in range(3):
        technician.post(f"/doors/{offices.box.name}/code", {"minutes": "15"})

    states = [codes.state(code, timezone.now()) for code in SetupCode.objects.order_by("pk")]
    assert states == [State.WITHDRAWN, State.WITHDRAWN, State.OPEN]


def test_a_code_is_withdrawn(technician, offices):
    technician.post(f"/doors/{offices.box.name}/code", {"minutes": "15"})

    answer = technician.post(f"/doors/{offices.box.name}/code/withdraw", follow=True)

    assert "Mã không còn giá trị" in text(answer)
    assert codes.state(SetupCode.objects.get(), timezone.now()) is State.WITHDRAWN
    assert AuditEntry.objects.filter(action="setup_code", detail__what="withdrawn").exists()
    again = technician.post(f"/doors/{offices.box.name}/code/withdraw", follow=True)
    assert "Không còn mã nào" in text(again)


def test_the_page_follows_what_becomes_of_its_code(technician, offices):
    technician.post(f"/doors/{offices.box.name}/code", {"minutes": "15"})
    code = SetupCode.objects.get()
    address = f"/doors/{offices.box.name}/code/latest?code={code.pk}&was="

    assert technician.get(f"{address}open").status_code == 204
    SetupCode.objects.update(used_at=timezone.now())
    assert "Hộp máy đã đăng ký xong" in text(technician.get(f"{address}open"))
    assert technician.get(f"{address}used").status_code == 204
    Kiosk.objects.filter(pk=offices.box.pk).update(seen_at=timezone.now(), online=True)
    last = technician.get(f"{address}used")
    assert "Hộp máy đã đưa vào dùng" in text(last)
    assert "hx-get" not in last.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"withdrawn_at": timezone.now()}, "Mã này đã bị thu hồi"),
        ({"expires_at": timezone.now() - dt.timedelta(days=1)}, "Mã này đã hết hạn"),
    ],
)
def test_a_code_that_is_worth_nothing_is_no_longer_shown(technician, offices, change, words):
    technician.post(f"/doors/{offices.box.name}/code", {"minutes": "15"})
    SetupCode.objects.update(**change)

    answer = technician.get(f"/doors/{offices.box.name}/code/latest?code={SetupCode.objects.get().pk}")

    assert words in text(answer)
    assert "<svg" not in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?code=x", "?code=²", "?code=-1"])
def test_who_asks_for_no_code_hears_nothing(technician, offices, query):
    assert technician.get(f"/doors/{offices.box.name}/code/latest{query}").status_code == 204


@pytest.mark.parametrize("number", ["999999999", "9" * 30])
def test_who_asks_for_a_code_that_there_is_not_hears_so(technician, offices, number):
    assert technician.get(f"/doors/{offices.box.name}/code/latest?code={number}").status_code == 404


def test_a_code_of_another_box_is_not_told(technician, offices):
    technician.post(f"/doors/{offices.box.name}/code", {"minutes": "15"})
    other = Kiosk.objects.create(name="cong-phu", place=offices.place)

    answer = technician.get(f"/doors/{other.name}/code/latest?code={SetupCode.objects.get().pk}")

    assert answer.status_code == 404


def test_a_centre_that_is_not_ready_says_what_to_do(technician, offices, settings):
    settings.ENROLMENT = ""

    for address in ("/doors/new", f"/doors/{offices.box.name}/code"):
        assert "collector serve --enrolment" in text(technician.get(address))
        assert technician.post(address, {**SENT, "place": offices.place.pk}).status_code == 409
    assert not SetupCode.objects.exists()


def test_a_centre_without_an_authority_is_not_ready_either(client_of, offices, settings):
    settings.ENROLMENT = "192.168.1.10:8884"

    assert "collector broker" in text(client_of("technician").get("/doors/new"))


def test_a_password_alone_sets_no_box_up(client_of, offices):
    answer = client_of("technician", proven=False).get("/doors/new")

    assert answer["Location"].startswith("/account/second-factor")


def test_an_office_of_any_name_has_boxes_of_sound_names(technician, offices):
    for name in ("Đình làng Ổ", "123", "東京", "Trung tâm " + "rất " * 16 + "dài"):
        Place.objects.filter(pk=offices.place.pk).update(name=name)
        technician.post("/doors/new", {**SENT, "place": offices.place.pk})

    names = list(Kiosk.objects.filter(door="Cửa sau").values_list("name", flat=True))
    assert {"dinh-lang-o-1", "123-1", "hop-1"} < set(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,50}-1", name) for name in names)


def test_a_technicians_badge_is_signed_and_shown_once(technician, keyring, drawn):
    answer = technician.post("/doors/badge", {"days": "3"})

    assert answer.content.decode().count("<svg") == 1
    (code,) = drawn
    facts = wire_facts(code, keyring)
    assert (facts["for"], facts["sub"]) == (Purpose.TECHNICIAN, str(technician.user.pk))
    assert facts["name"] == technician.user.username
    left = dt.datetime.fromtimestamp(facts["exp"], dt.UTC) - timezone.now()
    assert dt.timedelta(days=2) < left <= dt.timedelta(days=3)
    entry = AuditEntry.objects.get(action="technician_badge")
    assert (entry.user, entry.detail) == (technician.user.username, {"days": 3})


@pytest.mark.parametrize("days", ["", "8", "90", "x"])
def test_a_badge_for_longer_is_one_of_the_usual_time(technician, keyring, drawn, days):
    technician.post("/doors/badge", {"days": days})

    facts = wire_facts(drawn[0], keyring)
    left = dt.datetime.fromtimestamp(facts["exp"], dt.UTC) - timezone.now()
    assert left <= dt.timedelta(days=1)


def test_who_only_sees_doors_may_set_none_up(client_of, offices):
    manager = client_of("clerk", place=offices.place)

    assert manager.get("/doors/new").status_code == 403


def test_what_stands_in_the_audit_has_words(technician, client_of, offices):
    technician.post(f"/doors/{offices.box.name}/code", {"minutes": "15", "ssid": "Mang Thu"})
    technician.post("/doors/badge", {"days": "7"})
    Grant.objects.create(user=technician.user, role="auditor")

    page = text(Client.get(technician, "/audit/"))

    assert "Tạo hoặc thu hồi mã cài đặt" in page
    assert "Tạo thẻ kỹ thuật viên" in page
    assert "Mang Thu" not in page


def wire_facts(code: str, keyring) -> dict:
    """What a badge says, if this centre has signed it."""
    from kiosk import signing

    facts = signing.facts_of(code, {key_id(key): key for key in keyring.signing_keys().values()})
    assert isinstance(facts, dict)
    return facts
