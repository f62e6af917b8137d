"""The days of all others at the centre: what each does, and what is not theirs."""

import csv
import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from collector.keyring import Keyring
from collector.models import Grant
from mqtt_bridge.wire.signed import CommandClaims, Kind, believe
from tests.browser.site import PASSWORD, PEOPLE
from tests.browser.windows import follow, press, vi
from tests.collector.conftest import wait_until

SECONDS_MS = 10_000
PLACE_PAGES = (
    "Visits",
    "Inside now",
    "Search",
    "Export",
    "Guards",
    "Personal requests",
    "Poster",
    "Settings",
)
THEIRS = {
    "clerk": ("Places", "Figures"),
    "province": ("Figures",),
    "auditor": ("Audit",),
    "technician": ("Doors",),
    "administrator": (),
}
"""Main pages, by role; a clerk's pages of a place are told below."""
REFUSED = {
    "clerk": (
        "/places/{place}/exports/",
        "/places/{place}/guards/",
        "/places/{elsewhere}/",
        "/doors/",
        "/audit/",
    ),
    "province": ("/places/", "/places/{place}/", "/places/{place}/inside/", "/doors/", "/audit/"),
    "auditor": ("/places/{place}/", "/places/{place}/search/", "/figures/", "/doors/"),
    "technician": ("/places/{place}/", "/figures/", "/audit/"),
    "administrator": ("/places/", "/places/{place}/", "/figures/", "/doors/", "/audit/"),
}


def links(page: Page, bar: str) -> list[str]:
    return page.locator(f"nav.{bar} a").all_inner_texts()


@pytest.mark.parametrize("role", REFUSED)
def test_what_is_not_theirs_has_no_link_and_is_refused(person, site, role):
    page = person(role)
    for address in REFUSED[role]:
        answer = page.goto(address.format(place=site.place.pk, elsewhere=site.elsewhere.pk))
        assert answer.status == 403, address
        assert links(page, "main")[: len(THEIRS[role])] == [vi(title) for title in THEIRS[role]]
        assert len(links(page, "main")) == len(THEIRS[role]) + (role == "administrator")
        expect(page.locator("body")).not_to_contain_text(PEOPLE[0])


def test_a_clerk_sees_the_day_who_is_inside_and_one_visit_but_changes_nothing(person, site):
    clerk = person("clerk")
    clerk.goto("/")
    assert clerk.url == f"{site.address}/places/{site.place.pk}/"
    assert links(clerk, "tabs") == [vi(title) for title in PLACE_PAGES[:3]]

    site.come("Lò Thị Khách")
    clerk.get_by_role("link", name="Lò Thị Khách").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text("Lò Thị Khách")
    expect(clerk.locator("form.check-out")).to_have_count(0)
    follow(clerk, "Inside now")
    expect(clerk.get_by_role("link", name="Lò Thị Khách").first).to_be_visible()


def test_the_province_compares_its_offices_without_a_name(person, site, tmp_path):
    province = person("province")
    province.goto("/")
    expect(province.get_by_role("heading", level=1)).to_contain_text("Sơn La")
    for commune in ("Chiềng An", "Tô Hiệu"):
        expect(province.locator("main")).to_contain_text(commune)
    expect(province.locator("main")).to_contain_text(vi("Not in use"))
    expect(province.locator("body")).not_to_contain_text(PEOPLE[0])

    follow(province, "Monthly report")
    expect(province.get_by_role("heading", level=1)).to_contain_text("BÁO CÁO")
    with province.expect_download() as awaited:
        province.locator("a[href*='report.csv']").click()
    awaited.value.save_as(tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        assert any("Chiềng An" in cell for row in csv.reader(file) for cell in row)


def test_an_auditor_finds_out_who_looked_at_whom_but_sees_nobody(person, site, tmp_path):
    site.come("Lường Thị Soi")
    manager = person("manager")
    manager.goto(f"/places/{site.place.pk}/")
    manager.get_by_role("link", name="Lường Thị Soi").first.click()
    manager.goto(f"/places/{site.place.pk}/search/")
    manager.fill("#sought", "Lường Thị Soi")
    manager.keyboard.press("Enter")
    expect(manager.locator("table.visits")).to_be_visible()

    auditor = person("auditor")
    auditor.goto("/")
    auditor.get_by_label(vi("Account"), exact=True).fill(site.names["manager"])
    press(auditor, "Show")
    rows = auditor.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text(vi("Searched for somebody"))
    expect(rows.nth(1)).to_contain_text(vi("Saw one visit"))
    expect(auditor.locator("body")).not_to_contain_text("Lường Thị Soi")
    assert "Lường Thị Soi" not in auditor.url
    with auditor.expect_download() as awaited:
        auditor.locator("a[href*='table.csv']").click()
    awaited.value.save_as(tmp_path / "audit.csv")
    assert vi("Saw one visit") in (tmp_path / "audit.csv").read_text(encoding="utf-8-sig")


def test_a_technician_has_a_box_show_itself_and_sees_its_answer_appear(person, site):
    site.greet()  # a box that has said nothing for three minutes is silent
    technician = person("technician")
    technician.goto("/")
    technician.get_by_role("row").filter(has_text="cong-chinh").get_by_role("link").click()
    heard = len(site.told("command/identify"))
    press(technician, "Show itself")
    expect(technician.locator(".orders")).to_contain_text(vi("waiting for the box …"))

    wait_until(lambda: len(site.told("command/identify")) > heard, "the box is told")
    keys = Keyring(site.folder).signing_keys()
    order = believe(site.told("command/identify")[-1], kiosk="cong-chinh", expected=Kind.COMMAND, keys=keys)
    assert isinstance(order, CommandClaims)
    site.say(f"reply/{order.id}", b'{"status":"done"}')
    expect(technician.locator(".orders tbody tr").first).to_contain_text(vi("done"), timeout=SECONDS_MS)


def test_an_administrator_makes_an_account_with_a_role_and_the_account_works(person, stranger, site):
    administrator = person("administrator")
    administrator.goto("/")
    assert urlsplit(administrator.url).path == "/admin/"
    administrator.goto("/admin/auth/user/add/")
    administrator.fill("#id_username", "canbo")
    administrator.fill("#id_password1", PASSWORD)
    administrator.fill("#id_password2", PASSWORD)
    administrator.click("[name=_save]")
    expect(administrator.locator(".success")).to_be_visible()
    user = User.objects.get(username="canbo")
    administrator.goto(f"/admin/auth/user/{user.pk}/change/")
    administrator.get_by_text("Thêm một").first.click()
    administrator.select_option("#id_grants-0-role", "province")
    administrator.click("[name=_save]")
    expect(administrator.locator(".success")).to_be_visible()
    assert Grant.objects.get(user=user).role == "province"

    page = stranger()
    page.goto("/login")
    page.fill("#id_username", "canbo")
    page.fill("#id_password", PASSWORD)
    press(page, "Log in")
    expect(page).to_have_url(re.compile("/figures/"))


def test_when_the_line_to_the_doors_is_down_the_open_page_says_so_and_recovers(person, site):
    manager = person("manager")
    down = manager.get_by_text(
        vi("The line to the doors is down. They go on working; their visits appear here when it is up again.")
    )
    manager.goto(f"/places/{site.place.pk}/")
    expect(down).to_have_count(0)
    site.broker.kill()
    try:
        expect(down).to_be_visible(timeout=SECONDS_MS)
    finally:
        site.broker.start()
        site.greet()
    expect(down).to_have_count(0, timeout=2 * SECONDS_MS)

    site.come("Tòng Thị Nối")
    expect(manager.get_by_text("Tòng Thị Nối")).to_be_visible(timeout=SECONDS_MS)
