"""A visitor who has only a phone: from the code to the welcome and out again."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from collector.keyring import Keyring
from mqtt_bridge.wire import tokens
from tests.browser.windows import faults, overflow_px, vi

PHONE = {"has_touch": True, "is_mobile": True}
LATE_MS = 5000
FINGER_PX = 44


@pytest.fixture
def phone(stranger) -> Page:
    return stranger(320, 640, **PHONE)


@pytest.fixture
def at_door(site) -> str:
    """What the code on the door's screen holds at this moment, but for the centre's name."""
    key = tokens.office_code_key(Keyring(site.folder).place_key(site.place.pk))
    return f"/o/{site.place.slug}?t={tokens.token(key, site.door.kiosk, datetime.now(UTC))}"


def fill(page: Page, name: str, number: str) -> None:
    page.get_by_label(vi("Full name")).fill(name)
    page.get_by_label(vi("Phone number"), exact=True).fill(number)


def go(page: Page, way: str) -> None:
    page.locator(f"button[name=direction][value={way}]").tap()


def test_the_code_at_the_door_leads_to_the_welcome_and_the_goodbye_and_the_managers_page(
    phone, person, site, at_door
):
    manager = person("manager")
    manager.goto(f"/places/{site.place.pk}/")
    phone.goto(at_door)
    expect(phone.locator(".at-door")).to_contain_text(vi("You are at the door."))
    fill(phone, "Hoàng Văn Máy", "0912 341 001")
    go(phone, "in")
    expect(phone.get_by_role("heading", level=1)).to_have_text(vi("Welcome"))
    row = manager.locator("table.visits tbody tr").filter(has_text="Hoàng Văn Máy")
    expect(row).to_contain_text(vi("at the door"), timeout=LATE_MS)
    expect(row).to_contain_text("0912 341 001")

    phone.goto(at_door)
    fill(phone, "Hoàng Văn Máy", "0912 341 001")
    go(phone, "out")
    expect(phone.get_by_role("heading", level=1)).to_have_text(vi("Goodbye"))
    expect(row).to_have_count(2, timeout=LATE_MS)
    expect(row.first).to_contain_text(vi("Out"))


def test_who_has_only_the_address_is_marked_as_from_elsewhere(phone, person, site):
    phone.goto(f"/o/{site.place.slug}")
    fill(phone, "Hoàng Thị Xa", "0912 341 002")
    go(phone, "in")
    expect(phone.get_by_role("heading", level=1)).to_have_text(vi("Welcome"))

    manager = person("manager")
    manager.goto(f"/places/{site.place.pk}/")
    row = manager.locator("table.visits tbody tr").filter(has_text="Hoàng Thị Xa")
    expect(row).to_contain_text(vi("from elsewhere"))


def test_a_phone_remembers_its_owner_if_they_wish_and_forgets_them_again(phone, site):
    phone.goto(f"/o/{site.place.slug}")
    fill(phone, "Hoàng Thị Nhớ", "0912 341 003")
    phone.get_by_label(vi("Remember name and phone on this phone")).tap()
    go(phone, "in")
    expect(phone.get_by_role("heading", level=1)).to_have_text(vi("Welcome"))

    phone.goto(f"/o/{site.place.slug}")
    expect(phone.get_by_label(vi("Full name"))).to_have_value("Hoàng Thị Nhớ")
    phone.get_by_role("button", name=vi("Forget them")).tap()
    phone.reload()
    expect(phone.get_by_label(vi("Full name"))).to_have_value("")


def test_a_phone_without_scripts_checks_in_as_well(stranger, site, at_door):
    phone = stranger(320, 640, **PHONE, java_script_enabled=False)
    phone.goto(at_door)
    expect(phone.get_by_text(vi("Remember name and phone on this phone"))).to_be_hidden()
    fill(phone, "Hoàng Văn Cũ", "0912 341 004")
    go(phone, "in")

    expect(phone.get_by_role("heading", level=1)).to_have_text(vi("Welcome"))


def test_a_number_that_is_none_is_told_and_what_was_typed_stays(phone, site):
    phone.goto(f"/o/{site.place.slug}")
    fill(phone, "Hoàng Văn Nhầm", "12")
    go(phone, "in")

    expect(phone.get_by_role("alert")).to_contain_text(vi("Nothing is recorded yet."))
    expect(phone.get_by_label(vi("Full name"))).to_have_value("Hoàng Văn Nhầm")


def test_all_a_visitor_sees_fits_the_smallest_phone_and_is_fit_for_everybody(phone, site, at_door):
    phone.goto(at_door)
    seen = [(faults(phone), overflow_px(phone))]
    fill(phone, "Hoàng Thị Vừa", "0912 341 005")
    buttons = [button.bounding_box() for button in phone.locator("button[name=direction]").all()]
    go(phone, "in")
    expect(phone.locator(".done")).to_be_visible()
    seen.append((faults(phone), overflow_px(phone)))

    assert seen == [([], 0)] * 2
    assert all(box["height"] >= FINGER_PX <= box["width"] for box in buttons)
