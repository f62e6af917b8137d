"""A manager's day, from the login to the last page, in a real browser at a real centre."""

import csv
import re
import time
from base64 import b32decode
from datetime import datetime
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
import zxingcpp
from django.contrib.auth.models import User
from django_otp.oath import totp
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from collector.keyring import Keyring
from collector.models import Grant, Guard
from kiosk.badges import badge_digest
from kiosk.formats import signed
from kiosk.model import Direction, Reason, Source
from kiosk.proof import Trust
from mqtt_bridge.wire.guards import matches
from tests.browser.browsers import comes_true
from tests.browser.site import FRAMER, PASSWORD, PEOPLE, ZONE
from tests.browser.windows import follow, press, vi
from tests.collector.conftest import wait_until

A4_PT = (595, 842)
LATE_MS = 5000
"""Nobody waits longer than this for what the page shows by itself; `make bench` says how long it takes."""


@pytest.fixture
def manager(person) -> Page:
    return person("manager")


@pytest.fixture
def place(site) -> str:
    """The root of the place's pages."""
    return f"/places/{site.place.pk}/"


def total(page: Page, way: str) -> int:
    return int(page.locator(f".totals .{way} dd").inner_text())


def pages_of(pdf: bytes) -> list:
    """Its pages; each is of A4."""
    pages = PdfReader(BytesIO(pdf)).pages
    for page in pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == pytest.approx(A4_PT, abs=1)
    return list(pages)


def scanned(page: Page, what: str) -> str:
    """What a camera reads of a part of the page."""
    with Image.open(BytesIO(page.locator(what).screenshot())) as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def test_the_password_and_a_code_on_paper_lead_to_the_day_and_logging_out_ends_it(stranger, site, place):
    page = stranger()
    page.goto("/")
    page.get_by_label(vi("Name"), exact=True).fill(site.names["manager"])
    page.get_by_label(vi("Password"), exact=True).fill(PASSWORD)
    press(page, "Log in")
    page.get_by_label(vi("Code"), exact=True).fill(site.paper_code("manager"))
    press(page, "Go on")

    expect(page).to_have_url(site.address + place)
    expect(page.get_by_role("heading", level=1)).to_contain_text(vi("Today"))

    press(page, "Log out")
    page.goto(place)
    expect(page).to_have_url(re.compile("/login"))
    expect(page.locator("body")).not_to_contain_text(PEOPLE[0])


def test_a_new_manager_sets_up_the_second_step_with_an_app(stranger, site):
    user = User.objects.create_user("moi", password=PASSWORD)
    Grant.objects.create(user=user, role="manager", place=site.place)
    page = stranger()
    page.goto("/login")
    page.fill("#id_username", "moi")
    page.fill("#id_password", PASSWORD)
    press(page, "Log in")

    told = urlsplit(scanned(page, ".qr"))
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    secret = parse_qs(told.query)["secret"][0]
    page.fill("#code", f"{totp(b32decode(secret)):06}")
    press(page, "Go on")
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name=vi("Kept; go on")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(vi("Today"))


def test_who_comes_in_appears_by_itself_and_is_counted(manager, site, place):
    manager.goto(place)
    manager.evaluate("window.untouched = true")
    came, left = total(manager, "in"), total(manager, "out")

    site.come("Hoàng Thị Thí")
    expect(manager.locator("table.visits tbody tr").first).to_contain_text("Hoàng Thị Thí", timeout=LATE_MS)
    site.come("Hoàng Thị Thí", direction=Direction.OUT)
    expect(manager.locator("table.visits tbody tr").first).to_contain_text(vi("Out"), timeout=LATE_MS)

    assert (total(manager, "in"), total(manager, "out")) == (came + 1, left + 1)
    assert manager.evaluate("window.untouched")


def test_the_list_is_filtered_by_way_and_by_guard_and_still_lives(manager, site, place):
    known = {"document": None, "name": None, "birth": None, "phone": "+84912340001"}
    site.come("", known=known, source=Source.KEYPAD, operator="Lò Văn Canh")
    manager.goto(place)
    manager.get_by_label(vi("Way"), exact=True).select_option("out")
    press(manager, "Show")
    assert set(manager.locator("td.way").all_inner_texts()) == {f"← {vi('Out')}"}

    follow(manager, "Show all")
    manager.get_by_label(vi("Guard"), exact=True).select_option(label="Lò Văn Canh")
    press(manager, "Show")
    rows = manager.locator("table.visits tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("0912 340 001")
    site.come("", known=known, source=Source.KEYPAD, operator="Lò Văn Canh", direction=Direction.OUT)
    expect(rows).to_have_count(2, timeout=LATE_MS)


def test_in_an_intranets_frame_the_day_shows_and_a_visit_opens_in_a_tab(manager, site, place):
    may = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    frame = f'<iframe src="{site.address}{place}" sandbox="{may}">'
    site.come("Sùng Thị Khung")
    manager.route(f"{FRAMER}/", lambda asked: asked.fulfill(body=frame, content_type="text/html"))
    # The browser does not know that a page nobody serves is of this machine.
    manager.context.grant_permissions(["local-network-access"], origin=FRAMER)
    manager.goto(f"{FRAMER}/")
    day = manager.frame_locator("iframe")

    with manager.expect_popup() as opened:
        day.get_by_role("link", name="Sùng Thị Khung").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Sùng Thị Khung")
    opened.value.close()
    day.locator("#to-inside").click()
    expect(day.get_by_role("heading", level=1)).to_have_text(vi("Inside now"))


def test_a_check_out_is_put_right_with_a_reason_that_the_history_tells(manager, site, place):
    site.come("Đèo Văn Quên")
    manager.goto(place)
    manager.get_by_role("link", name="Đèo Văn Quên").click()
    manager.get_by_label(vi("Left at"), exact=True).fill(datetime.now(ZONE).strftime("%H:%M"))
    manager.get_by_label(vi("Reason"), exact=True).fill("ra bằng cửa sau")
    press(manager, "Put it right")

    history = manager.locator(".history li").last
    expect(history).to_contain_text("ra bằng cửa sau")
    expect(history).to_contain_text("manager")
    manager.goto(f"{place}inside/")
    expect(manager.get_by_text("Đèo Văn Quên")).to_have_count(0)


def test_the_list_for_an_evacuation_prints_on_a4_with_its_heads_on_each_page(manager, site, place):
    crowd = [f"Khách Thử {number}" for number in range(40)]
    site.come(*crowd)
    manager.goto(f"{place}inside/")
    printed = manager.get_by_role("button", name=vi("Print the list"))
    manager.evaluate("window.print = () => { window.printed = true; }")
    printed.click()
    assert manager.evaluate("window.printed")

    manager.emulate_media(media="print")
    expect(printed).to_be_hidden()
    pages = [page.extract_text() for page in pages_of(manager.pdf(prefer_css_page_size=True))]
    assert len(pages) > 1
    assert all(vi("In since") in page for page in pages)
    assert all(any(name in page for page in pages) for name in crowd)


@pytest.mark.parametrize("sought", ["0912 340 002", "014099555666", "ha thi tim", "Hà Thị TÌM"])
def test_somebody_is_found_by_a_whole_number_or_a_name_without_accents(manager, site, place, sought):
    site.come("Hà Thị Tìm", known={"document": "014099555666", "phone": "+84912340002"})
    manager.goto(f"{place}search/")
    manager.get_by_label(vi("Phone, ID or health-insurance number, or name")).fill(sought)
    manager.keyboard.press("Enter")

    expect(manager.locator("table.visits").get_by_text("Hà Thị Tìm").first).to_be_visible()
    assert manager.url == f"{site.address}{place}search/"


def test_a_list_is_taken_along_as_csv_and_for_excel(manager, site, place, tmp_path):
    site.come("Lò Thị Xuất")
    files = {}
    for kind in ("csv", "xlsx"):
        manager.goto(f"{place}exports/")
        manager.get_by_label(vi("Kind of file")).select_option(kind)
        press(manager, "Make the list")
        with manager.expect_download() as awaited:
            follow(manager, "Fetch the list")
        files[kind] = tmp_path / awaited.value.suggested_filename
        awaited.value.save_as(files[kind])

    with files["csv"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    sheet = openpyxl.load_workbook(files["xlsx"]).worksheets[0]
    assert rows[0] == [cell.value for cell in sheet[1]]
    for table in (rows, [[cell.value for cell in row] for row in sheet.rows]):
        assert any("Lò Thị Xuất" in row for row in table)


def test_a_guard_gets_the_right_a_pin_that_is_shown_once_and_a_badge_that_doors_know(manager, site, place):
    manager.goto(f"{place}guards/")
    manager.get_by_label(vi("Full name")).fill("Cà Văn Gác")
    manager.locator("#phone").fill("0912 340 003")
    press(manager, "Add")
    expect(manager.get_by_role("heading", level=1)).to_have_text("Cà Văn Gác")
    his_page = manager.url
    press(manager, "Make a PIN")
    pin = manager.locator(".secret").inner_text().replace(" ", "")
    manager.goto(his_page)
    expect(manager.locator("body")).not_to_contain_text(pin)

    press(manager, "Make a badge")
    expect(manager.locator(".badge")).to_contain_text("Cà Văn Gác")
    code = scanned(manager, ".badge .code")
    manager.emulate_media(media="print")
    assert len(pages_of(manager.pdf(prefer_css_page_size=True))) == 1

    keys = Keyring(site.folder).signing_keys().values()
    trust = Trust(own={signed.signing.key_id(key): key for key in keys})
    badge = signed.recognise(code, trust, datetime.now(ZONE))
    wait_until(lambda: getattr(told_guard(site), "badge_hash", ""), "the door knows the badge")
    assert badge.reason is Reason.BADGE_CODE
    assert told_guard(site).badge_hash == badge_digest(signed.signing.opened(code, trust).subject)
    assert matches(pin, [told_guard(site).pin_hash]) == 0

    manager.emulate_media(media="screen")
    manager.goto(f"{place}guards/")
    manager.get_by_role("button", name=re.compile(f"{vi('Take the right')}.*Cà Văn Gác")).click()
    wait_until(lambda: told_guard(site) is None, "the door forgets the guard")
    assert Guard.objects.get(name="Cà Văn Gác").right == ""


def told_guard(site):
    """As the door was told of the guard last; None for not at all."""
    return next((guard for guard in site.config.body.guards if guard.name == "Cà Văn Gác"), None)


def test_a_notice_reaches_the_door_within_seconds(manager, site, place):
    manager.goto(f"{place}settings/")
    manager.get_by_label(vi("Notice on the screen")).fill("Chiều nay nghỉ tiếp dân.")
    began_s = time.monotonic()
    manager.get_by_role("button", name=vi("Save"), exact=True).last.click()
    wait_until(lambda: site.config.body.notice == "Chiều nay nghỉ tiếp dân.", "the door has the notice")

    assert time.monotonic() - began_s < LATE_MS / 1000
    expect(manager.locator(".screen")).to_contain_text("Chiều nay nghỉ tiếp dân.")


def test_the_poster_is_one_page_of_a4_with_the_places_own_address(manager, site, place, tmp_path):
    manager.goto(f"{place}poster/")
    assert scanned(manager, "figure.poster").endswith(f"/o/{site.place.slug}")
    with manager.expect_download() as awaited:
        follow(manager, "Download the poster (PDF, A4)")
    awaited.value.save_as(tmp_path / "poster.pdf")

    (page,) = pages_of((tmp_path / "poster.pdf").read_bytes())
    assert site.place.slug in page.extract_text()


def test_a_person_who_asks_is_shown_what_is_held_corrected_erased_and_given_receipts(manager, site, place):
    site.come("Bạc Thị Hỏi", known={"document": "014099777888"})
    for deed in ("They have seen it: make the receipt", "Correct it …", "Erase it …"):
        manager.goto(f"{place}persons/")
        manager.get_by_label(vi("ID number")).fill("014099777888")
        press(manager, "Find")
        expect(manager.locator("table.held")).to_contain_text(
            "Bạc Thị Hỏi" if deed != "Erase it …" else "Bạc Thị Đúng"
        )
        press(manager, deed)
        if deed != "They have seen it: make the receipt":
            if deed == "Correct it …":
                manager.get_by_label(vi("Full name")).fill("Bạc Thị Đúng")
            manager.get_by_label(vi("Reason")).fill("người ấy yêu cầu")
            press(manager, "Correct it" if deed == "Correct it …" else "Erase it for ever")
        expect(manager).to_have_url(re.compile("/receipts/"))
        expect(manager.locator("article")).not_to_contain_text("Bạc Thị")

    manager.emulate_media(media="print")
    assert len(pages_of(manager.pdf(prefer_css_page_size=True))) == 1
    manager.goto(place)
    expect(manager.get_by_text(re.compile("Bạc Thị"))).to_have_count(0)


def test_figures_are_drawn_and_told_in_tables_and_the_months_report_prints_on_a4(manager, site, place):
    manager.goto("/figures/")
    expect(manager.get_by_role("heading", level=1)).to_contain_text("UBND phường Chiềng An")
    drawn = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    )
    assert comes_true(manager, f"() => [...document.querySelectorAll('canvas')].every({drawn})")
    assert manager.locator("canvas").count() > 1

    follow(manager, "Monthly report")
    manager.emulate_media(media="print")
    assert pages_of(manager.pdf(prefer_css_page_size=True))


def test_the_doors_are_told_with_how_they_are(manager, site):
    row = manager.get_by_role("row").filter(has_text="cong-chinh")
    for _ in range(LATE_MS // 1000):
        # What the door has said may be on its way still, and the list is as it was when it was asked for.
        manager.goto("/doors/")
        if comes_true(manager, f"document.body.innerText.includes('{vi('online')}')", 1000):
            break
    expect(row).to_contain_text(vi("online"))
    expect(row).to_contain_text("0.1.0")
    expect(manager.get_by_text("cong-to-hieu")).to_have_count(0)
