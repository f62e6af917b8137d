"""A manager without a mouse: Tab, Enter and what is typed lead from the login to the logout."""

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import PASSWORD, ZONE
from tests.browser.windows import vi

MOST_STOPS = 60
FOCUS = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    return {
        seen: box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
        ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        said: (at.getAttribute("aria-label") || at.innerText || at.id || at.tagName).trim(),
    };
}"""


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until something has the focus: a selector. On the way, everything that has it shows it."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["seen"], f"the focus is out of sight at {focus['said']}"
        assert focus["ringed"], f"the focus does not show at {focus['said']}"
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    pytest.fail(f"Tab never leads to {wanted}")


def test_all_of_a_day_is_done_by_keyboard(stranger, site):
    site.come("Quàng Thị Phím")
    page = stranger()
    page.goto("/login")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(site.names["manager"])
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(site.paper_code("manager"))
    page.keyboard.press("Enter")
    expect(page.locator("table.visits")).to_be_visible()

    tab_to(page, "a.skip")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    came = page.get_by_role("link", name="Quàng Thị Phím").first.get_attribute("id")
    tab_to(page, f"#{came}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Quàng Thị Phím")

    tab_to(page, "#time")
    page.keyboard.type(datetime.now(ZONE).strftime("%I%M%p"))
    tab_to(page, "#reason")
    page.keyboard.type("ra bằng cửa sau")
    page.keyboard.press("Enter")
    expect(page.locator(".history")).to_contain_text("ra bằng cửa sau")
    tab_to(page, "form[action='/logout'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Log in"))


def test_the_focus_stays_in_its_row_when_the_list_is_renewed(person, site):
    site.come("Vì Thị Tiêu")
    page = person("manager")
    page.goto(f"/places/{site.place.pk}/")
    page.get_by_role("link", name="Vì Thị Tiêu").focus()
    site.come("Cầm Thị Mới")

    expect(page.get_by_text("Cầm Thị Mới")).to_be_visible()
    expect(page.get_by_role("link", name="Vì Thị Tiêu")).to_be_focused()
