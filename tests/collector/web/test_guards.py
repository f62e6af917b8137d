"""Guards on the page: a right given and taken with one button, PINs and badges that are shown once."""

import re
from datetime import timedelta

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image, ImageDraw

from collector import guards
from collector.models import AuditEntry, Guard
from kiosk.signing import Purpose, key_id, opened
from kiosk.trust import Trust
from mqtt_bridge.wire.guards import badge_digest, matches


@pytest.fixture
def page(offices):
    return f"/places/{offices.place.pk}/guards/"


@pytest.fixture
def guard(offices):
    return guards.enter(offices.place, "Lò Văn Gác", "0982 688 084")


@pytest.fixture
def own(page, guard):
    """The guard's own page."""
    return f"{page}{guard.pk}/"


def told(client, address):
    return client.get(address).content.decode()


def audited():
    """What was done to guards, without the looks at them."""
    found = AuditEntry.objects.exclude(action="saw_guards").order_by("pk")
    return list(found.values_list("action", "subject", "detail"))


def test_a_manager_adds_a_guard_by_name_and_phone(client, page):
    answer = client.post(page, {"name": "Lò Văn Gác", "phone": "0982.688.084"})

    guard = Guard.objects.get()
    assert (guard.name, guard.phone, guard.right) == ("Lò Văn Gác", "+84982688084", "check_in")
    assert answer["Location"] == f"{page}{guard.pk}/"
    assert "chưa cửa nào nhận ra" in told(client, page)
    assert "0982 688 084" in told(client, page)
    assert audited() == [("guard_changed", str(guard.pk), {"what": "added"})]


def test_who_looks_at_guards_is_written_down(client, page, own, guard):
    for address in (page, own, f"{own}remove/"):
        client.get(address)

    looks = AuditEntry.objects.filter(action="saw_guards").order_by("pk")
    assert list(looks.values_list("subject", "count")) == [("", 0), (str(guard.pk), 0), (str(guard.pk), 0)]
    assert "Gác" not in str(list(looks.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 10_000},
        {"name": "Lò\0"},
        {"name": "a\u202eb"},
        {"phone": "12"},
        {"phone": "\0"},
    ],
)
def test_a_guard_who_will_not_do_is_told_at_the_field(client, page, change):
    answer = client.post(page, {"name": "Lò Văn Gác", "phone": "", **change})

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Guard.objects.exists()


def test_a_name_that_is_there_is_not_added_twice(client, page, guard):
    answer = client.post(page, {"name": guard.name, "phone": ""})

    assert "đã có bảo vệ tên như vậy" in answer.content.decode()
    assert Guard.objects.count() == 1


def test_a_hostile_name_is_only_text(client, page):
    client.post(page, {"name": "<script>alert(1)</script>"})

    assert "<script>alert" not in told(client, page)


def test_the_right_is_taken_and_given_with_one_button(client, page, own, guard):
    for right, there in (("", False), ("check_in", True)):
        client.post(f"{own}right/", {"right": right})
        guard.refresh_from_db()
        assert bool(guard.right) is there

    assert [detail["what"] for _, _, detail in audited()] == ["right taken", "right given"]


def test_the_centre_makes_a_pin_and_shows_it_once(client, own, guard, caplog):
    answer = client.post(f"{own}pin/", {"make": "1"})

    pin = re.search(r"<code>(\d{3} \d{3})</code>", answer.content.decode())[1].replace(" ", "")
    guard.refresh_from_db()
    assert matches(pin, [guard.pin_hash]) == 0
    for place in (
        told(client, own),
        told(client, own.replace(f"{guard.pk}/", "")),
        caplog.text,
        str(audited()),
    ):
        assert pin not in place.replace(" ", "")
    assert pin not in str(dict(client.session))
    assert audited() == [("guard_pin", str(guard.pk), {"made": True})]
    assert answer["Cache-Control"] == "no-store"


def test_a_manager_may_type_a_pin_which_nobody_sees_again(client, own, guard):
    answer = client.post(f"{own}pin/", {"pin": "482613"}, follow=True)

    guard.refresh_from_db()
    assert matches("482613", [guard.pin_hash]) == 0
    assert "482613" not in answer.content.decode() + str(audited())


@pytest.mark.parametrize("pin", ["", "082613", "111111", "48261", "x" * 1000, "739164"])
def test_a_pin_that_will_not_do_is_told_and_not_repeated(client, own, guard, offices, pin):
    guards.set_pin(guards.enter(offices.place, "Lường Văn Gác", ""), "739164")

    answer = client.post(f"{own}pin/", {"pin": pin})

    guard.refresh_from_db()
    assert (answer.status_code, guard.pin_hash) == (400, "")
    assert not pin or pin not in answer.content.decode()


def scanned(html):
    """What a camera reads off the badge on a page: its drawing, filled in."""
    svg = html.partition("<svg")[2].partition("</svg>")[0]
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    picture = Image.new("L", (side * 8, side * 8), 255)
    pen = ImageDraw.Draw(picture)
    path = re.search(r'<path[^>]*stroke="#000"[^>]*?d="([^"]+)"|<path[^>]*? d="([^"]+)"[^>]*stroke', svg)
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1] or path[2]):
        told = [float(one) for one in numbers.split()]
        if letter == "h":
            pen.rectangle((x * 8, (y - 0.5) * 8, (x + told[0]) * 8 - 1, (y + 0.5) * 8 - 1), fill=0)
            x += told[0]
        else:
            x, y = (told[0], told[1]) if letter == "M" else (x + told[0], y + told[1])
    (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def test_a_badge_is_shown_once_and_reads_as_the_guards(client, own, guard, keyring):
    html = client.post(f"{own}badge/", {"days": "30"}).content.decode()

    code = opened(scanned(html), Trust(own={key_id(key): key for key in keyring.signing_keys().values()}))
    guard.refresh_from_db()
    assert code.purpose is Purpose.BADGE
    assert badge_digest(code.subject) == guard.badge_hash
    assert guard.badge_ends == code.expires.replace(microsecond=guard.badge_ends.microsecond)
    assert timedelta(days=29) < guard.badge_ends - timezone.now() <= timedelta(days=30)
    assert "<svg" not in told(client, own)
    assert audited() == [("guard_badge", str(guard.pk), {"what": "given", "days": 30})]


def test_a_new_badge_ends_the_old_one_and_a_removed_one_is_gone(client, own, guard):
    digests = []
    for _ in range(2):
        client.post(f"{own}badge/", {"days": "365"})
        guard.refresh_from_db()
        digests.append(guard.badge_hash)

    client.post(f"{own}badge/remove/")

    guard.refresh_from_db()
    assert digests[0] != digests[1]
    assert (guard.badge_hash, guard.badge_ends) == ("", None)


def test_a_guard_is_removed_only_after_a_second_thought(client, own, guard):
    assert "danger" in told(client, f"{own}remove/")
    assert Guard.objects.exists()

    client.post(f"{own}remove/")

    assert not Guard.objects.exists()
    assert audited() == [("guard_removed", str(guard.pk), {})]


def test_the_phone_can_be_changed(client, own, guard):
    assert client.post(f"{own}phone/", {"phone": "12"}).status_code == 400

    client.post(f"{own}phone/", {"phone": "0212 385 1234"})

    guard.refresh_from_db()
    assert guard.phone == "+842123851234"


def test_the_list_tells_when_somebody_last_checked_people_in(client, page, guard, store):
    at = timezone.now() - timedelta(hours=1)
    store({"operator": guard.name, "at": at}, {"operator": "Ai khác", "at": at})

    assert f"{timezone.localtime(at):%d/%m/%Y %H:%M}" in told(client, page)


def test_nobody_reaches_a_guard_of_another_place(client, client_of, offices, own, guard):
    there = client_of("manager", place=offices.elsewhere)

    assert there.get(own).status_code == 403
    assert (
        there.post(own.replace(f"/{offices.place.pk}/", f"/{offices.elsewhere.pk}/", 1) + "pin/").status_code
        == 404
    )
    assert client_of("clerk").get(own).status_code == 403


def test_a_pin_is_made_though_what_stands_for_anothers_is_none(client, offices):
    Guard.objects.create(place=offices.place, name="Lò Văn Cũ", pin_hash="no hash")
    guard = Guard.objects.create(place=offices.place, name="Lò Văn Giả")

    client.post(f"/places/{offices.place.pk}/guards/{guard.pk}/pin/", {"make": "1"})

    assert Guard.objects.get(pk=guard.pk).pin_hash.startswith("$argon2id$")
