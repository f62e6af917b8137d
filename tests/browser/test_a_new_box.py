"""A technician sets a box up: the code on the screen, the box that has read it, and the page that says so."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from collector.keyring import Keyring
from collector.models import Kiosk, SetupCode
from mqtt_bridge.wire import enrolment as wire
from mqtt_bridge.wire.codes import key_id
from mqtt_bridge.wire.enrolment import Admission
from tests.browser.windows import follow, press, vi
from tests.collector.enrolling.conftest import Box

SECONDS_MS = 10_000


def read(page: Page) -> str:
    """The code that a camera sees on the screen."""
    page.locator(".code svg").scroll_into_view_if_needed()
    with Image.open(BytesIO(page.screenshot())) as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def opened(text: str, site) -> wire.SetupCode:
    """What a code says that this centre has signed."""
    keys = {key_id(key): key for key in Keyring(site.folder).signing_keys().values()}
    said = wire.opened(text, keys)
    assert isinstance(said, wire.SetupCode)
    return said


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_code_is_read_off_the_screen_as_it_was_signed(person, site, width):
    page = person("technician", width, 900)
    page.goto(f"/doors/{site.door.kiosk}/code")
    page.fill("#ssid", "Mạng Thử")
    page.fill("#psk", "mot mat khau mang dai")
    press(page, "Make the code")

    said = opened(read(page), site)

    assert said.url == f"https://127.0.0.1:{site.enrolment}"
    assert said.wifi == wire.Wifi("Mạng Thử", "mot mat khau mang dai")
    assert "mang" not in page.url


def test_a_technician_sees_a_new_box_come(person, site):
    page = person("technician")
    page.goto("/doors/")
    follow(page, "Set up a new box")
    page.select_option("#place", label=site.place.name)
    page.fill("#door", "Cửa sau")
    press(page, "Make the code")
    expect(page.locator(".setup")).to_contain_text(vi("waiting for the box to come …"))

    answer = Box(site.enrolment).ask(read(page))

    assert isinstance(answer, Admission)
    expect(page.locator(".setup h2")).to_have_text(vi("The box is enrolled"), timeout=SECONDS_MS)
    expect(page.locator(".setup svg")).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text(vi("The box is enrolled"))
    box = Kiosk.objects.get(pk=answer.centre.kiosk)
    assert (box.place, box.door) == (site.place, "Cửa sau")
    follow(page, "To the box")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cửa sau")
    box.delete()


def test_a_code_that_is_withdrawn_elsewhere_vanishes_from_the_screen(person, site):
    page, other = person("technician"), person("technician")
    page.goto(f"/doors/{site.door.kiosk}/code")
    press(page, "Make the code")
    expect(page.locator(".setup svg")).to_be_visible()

    other.goto(f"/doors/{site.door.kiosk}/code")
    press(other, "Withdraw the code")

    expect(page.locator(".setup h2")).to_have_text(vi("This code was withdrawn"), timeout=SECONDS_MS)
    expect(page.locator(".setup svg")).to_have_count(0)
    assert SetupCode.objects.filter(kiosk=site.door.kiosk, used_at=None, withdrawn_at=None).count() == 0
