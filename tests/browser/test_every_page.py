"""Every page of every role: fit for everybody, at every width, in both languages."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from collector.models import Guard, Kiosk, PersonRequest, Visit
from tests.browser.browsers import comes_true
from tests.browser.site import PASSWORD
from tests.browser.windows import faults, overflow_px, press
from tests.collector.web.test_rights import ROWS

WIDTHS_PX = (320, 768, 1280, 1920)
PAGES = {
    "manager": (
        "day", "inside", "search", "visit", "exports", "guards", "guard", "guard_remove", "persons", "persons_receipt",
        "poster", "poster_renew", "place_settings", "place_questions", "record", "figures_place", "report_place",
        "doors", "door", "password",
    ),
    "clerk": ("day", "visit"),
    "province": ("figures_unit", "report_unit"),
    "auditor": ("audit",),
    "technician": ("doors", "door", "door_new", "door_code", "technician_badge"),
    "administrator": ("admin:index",),
    None: ("login", "check_in"),
}  # fmt: skip
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
"""Charts are drawn anew when a window becomes smaller, so not at once."""
ELSEWHERE = {
    "home": "leads to another",
    "places": "leads to the day of who has one place",
    "figures": "leads to the figures of who has one unit",
    "figures_all": "is that of a unit",
    "report_all": "is that of a unit",
    "second_factor": "is below",
    "checked_in": "is a visitor's",
    "export": "is below",
}
"""Pages that another test looks at, or this one by another address; and why."""
NO_PAGES = re.compile(r"health.*|metrics|.*_file|.*table.*|.*rows|.*_progress|.*_latest|door_support")


@pytest.fixture(scope="module")
def things(site) -> Iterator[dict[str, Any]]:
    """Something of the place for each part of an address."""
    now = timezone.now()
    # As the centre proposes names; it stands in the list of doors.
    awaited = Kiosk.objects.create(name="ubnd-phuong-chieng-an-12", place=site.place, door="Cửa sau")
    yield {
        "place": site.place.pk,
        "unit": site.province.pk,
        "slug": site.place.slug,
        "kiosk": site.door.kiosk,
        "visit": Visit.objects.filter(place=site.place).earliest("at").pk,
        "guard": Guard.objects.create(
            place=site.place, name="Lò Thị Gác", phone="+84912342001", pin_hash="-"
        ).pk,
        "receipt": PersonRequest.objects.create(
            place=site.place, kind="see", at=now, by="manager", visits=2
        ).pk,
    }
    awaited.delete()


def address(name: str, things: dict[str, Any]) -> str:
    """Of a page, with what stands in its address."""
    for ways in get_resolver().reverse_dict.getlist(name):
        ((_, parts),) = ways[0]
        return reverse(name, kwargs={part: things[part] for part in parts})
    return reverse(name)


def wrong(page: Page) -> list[str]:
    """What is wrong with the page as it stands, at any width."""
    found = faults(page)
    for width in WIDTHS_PX:
        page.set_viewport_size({"width": width, "height": 900})
        if not comes_true(page, FITS):
            found.append(f"{overflow_px(page)} px wider than a window of {width} px")
    if page.locator("html").get_attribute("lang") != "vi":
        found.append("another language")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    if not page.title().strip():
        found.append("no title")
    return found


def test_no_page_is_forgotten():
    pages = {
        row.values[0] for row in ROWS if row.values[1] == "GET" and not NO_PAGES.fullmatch(row.values[0])
    }

    assert pages == {name for names in PAGES.values() for name in names} | ELSEWHERE.keys()


@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_fit_for_everybody_at_every_width(person, stranger, things, role):
    page = person(role) if role else stranger()
    found = {}
    for name in PAGES[role]:
        page.goto(address(name, things))
        found[name] = wrong(page)

    assert not {name: told for name, told in found.items() if told}


@pytest.mark.parametrize("role", ["manager", None])
def test_every_page_is_there_in_english_and_fits_the_smallest_phone(person, stranger, things, role):
    size = (320, 640)
    page = person(role, *size, language="en") if role else stranger(*size, language="en")
    for name in PAGES[role]:
        page.goto(address(name, things))
        assert (name, page.locator("html").get_attribute("lang"), overflow_px(page)) == (name, "en", 0)


def test_what_pages_show_only_once_is_fit_for_everybody_too(person, site, things):
    site.come("Tòng Thị Một", known={"document": "014099111222"})
    manager = person("manager")
    place = f"/places/{site.place.pk}"
    found = {}
    for deed in ("guard_pin", "guard_badge"):
        manager.goto(f"{place}/guards/{things['guard']}/")
        manager.click(f"form[action$='/{deed.removeprefix('guard_')}/'] button")
        expect(manager.locator(".secret, .badge")).to_be_visible()
        found[deed] = wrong(manager)
    for deed in ("see", "correct", "erase"):
        manager.goto(f"{place}/persons/")
        manager.fill("#id_document", "014099111222")
        manager.keyboard.press("Enter")
        expect(manager.locator("table.held")).to_be_visible()
        if deed == "see":
            found["found"] = wrong(manager)
        else:
            manager.click(f"button[formaction$='{deed}']")
            expect(manager.locator("[name=do]")).to_be_visible()
            found[deed] = wrong(manager)
    technician = person("technician")
    technician.goto(f"/doors/{site.door.kiosk}/code")
    technician.click("form.settings button")
    expect(technician.locator(".setup svg")).to_be_visible()
    found["set-up code"] = wrong(technician)
    press(technician, "Withdraw the code")
    found["withdrawn"] = wrong(technician)
    technician.goto("/doors/badge")
    technician.click("form.settings button")
    expect(technician.locator(".badge svg")).to_be_visible()
    found["technician's badge"] = wrong(technician)
    manager.goto(f"{place}/search/")
    manager.fill("#sought", "014099111222")
    manager.keyboard.press("Enter")
    expect(manager.locator("table.visits")).to_be_visible()
    found["search"] = wrong(manager)
    manager.goto(f"{place}/exports/")
    manager.click("form.asked button")
    expect(manager.locator("a[download]")).to_be_visible()
    found["export"] = wrong(manager)

    assert not {name: told for name, told in found.items() if told}


def test_a_login_that_fails_and_the_second_step_are_fit_for_everybody(stranger, site):
    page = stranger()
    page.goto("/login")
    page.fill("#id_username", site.names["clerk"])
    page.fill("#id_password", "khong dung dau")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    found = {"login": wrong(page)}
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    found["second step"] = wrong(page)
    page.goto("/o/khong")
    found["no such office"] = wrong(page)

    assert not {name: told for name, told in found.items() if told}
