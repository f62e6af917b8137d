"""Somebody without card and app: the code on the door's screen, the page on the phone, and the manager who sees it."""

from datetime import UTC, datetime

import pytest

from collector.keyring import Keyring
from mqtt_bridge.wire.tokens import office_code_key, token
from tests.browser.conftest import SIZES, faults, overflow_px

VISITOR, PHONE = "Lường Thị Ví Dụ", "0982 688 084"


@pytest.fixture
def scanned(site):
    """The address that a phone reads off the door's screen now."""
    key = office_code_key(Keyring(site.folder).place_key(site.place.pk))
    return f"/o/{site.place.slug}?t={token(key, 'cong-chinh', datetime.now(UTC))}"


def send(phone, way, name=VISITOR, number=PHONE):
    phone.fill("#name", name)
    phone.fill("#phone", number)
    phone.click(f"button[value={way}]")
    phone.wait_for_url("**/done?**")


def test_who_scans_the_screen_is_welcomed_and_the_manager_sees_it_at_once(person, site, scanned):
    manager = person("manager")
    manager.goto(f"/places/{site.place.pk}/")
    phone = person(None, 390, 844)
    phone.goto(scanned)

    send(phone, "in")

    assert phone.inner_text("h1") == "Xin chào"
    row = manager.locator("tr", has_text=PHONE)
    row.wait_for(timeout=2000)
    assert VISITOR in row.inner_text()
    assert "tại cửa" in row.inner_text()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_phone_shows_it_whole_and_anybody_can_use_it(person, site, scanned, width, height):
    phone = person(None, width, height)
    for address in (scanned, f"/o/{site.place.slug}"):
        phone.goto(address)
        assert (faults(phone), max(0, overflow_px(phone))) == ([], 0)

    send(phone, "out", number=f"0982 68{width:04d}")

    assert (faults(phone), max(0, overflow_px(phone))) == ([], 0)


def test_the_phone_remembers_who_wishes_it_and_forgets_when_told(person, site):
    page = f"/o/{site.place.slug}"
    phone = person(None, 390, 844)
    phone.goto(page)
    phone.check("#remember")
    send(phone, "in", number="0982 688 090")

    phone.goto(page)
    assert (phone.input_value("#name"), phone.input_value("#phone")) == (VISITOR, "0982 688 090")
    phone.click("#forget")
    phone.goto(page)

    assert (phone.input_value("#name"), phone.input_value("#phone")) == ("", "")
    assert phone.evaluate("localStorage.length") == 0


def test_a_phone_without_scripts_and_a_thumb_on_its_keys_does_as_well(browser, site):
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    phone = context.new_page()
    phone.goto(f"/o/{site.place.slug}")

    phone.focus("#name")
    phone.keyboard.type(VISITOR)
    phone.keyboard.press("Tab")
    phone.keyboard.type("0982 688 091")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/done?**")

    assert phone.inner_text("h1") == "Xin chào"
    context.close()
