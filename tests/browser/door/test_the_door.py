"""Somebody tries the door in a browser: people come, things break, and the page shows what the door shows."""

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from hardware.simulated.codes import write_code
from tests import people
from tests.browser.browsers import comes_true
from tests.browser.door.conftest import comes, lock, mend, painted
from tests.browser.windows import faults, overflow_px

HIDDEN = """[...document.querySelectorAll("button, [role=switch]")].filter(one => {
    one.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = one.getBoundingClientRect();
    const there = width && document.elementFromPoint(left + width / 2, top + height / 2);
    return width && !(there && (one.contains(there) || there.contains(one)));
}).map(one => one.outerHTML.slice(0, 80))"""
"""What is on the page, and cannot be clicked since something lies over it."""


def lever(page: Page, name: str) -> None:
    """Break what this lever breaks, or mend it."""
    page.locator(f"[role=switch][data-lever={name}]").click()


def show(page: Page, visitor: str) -> None:
    page.locator(f"button[data-visitor={visitor}]").click()


def key_in(page: Page, keys: str) -> None:
    for key in keys:
        page.locator(f'button[data-key="{key}"]').click()


def counted(page: Page, name: str) -> int:
    return int(page.locator(f"[data-count={name}]").inner_text())


def screen(page: Page) -> np.ndarray:
    """The pixels on the canvas, as they were drawn."""
    picture = page.evaluate("document.querySelector('canvas#screen').toDataURL().split(',')[1]")
    return np.asarray(Image.open(BytesIO(base64.b64decode(picture))).convert("RGB"))


@pytest.mark.parametrize("visitor", ["lo", "nguyen", "tran", "hoang"])
def test_who_holds_up_a_card_or_a_phone_is_welcomed_then_sent_home(page, visitor):
    show(page, visitor)
    painted(page, "welcome")
    comes(page, "d.lamp === 'green steady' && d.direction === 'in'")
    comes(page, "d.state === 'waiting' && d.hand === ''")
    show(page, visitor)
    painted(page, "goodbye")
    comes(page, "d.lamp === 'blue steady' && d.direction === 'out'")


def test_whoever_has_a_basic_phone_is_keyed_in(page):
    comes(page, "d.state === 'waiting'")
    show(page, "cam")

    comes(page, "d.state === 'typing'")
    painted(page, "welcome")


def test_a_payment_code_is_refused(page):
    show(page, "payment")

    painted(page, "payment_code")
    comes(page, "d.lamp === 'red steady'")


def test_a_guard_comes_on_duty_by_badge_and_by_pin(page):
    show(page, "guard")
    painted(page, "on_duty")
    comes(page, "d.state === 'waiting' && d.signs.includes('on_duty')")
    lock(page)


def test_the_keyboard_types_on_the_keypad(page):
    comes(page, "d.state === 'waiting'")
    page.keyboard.type("0982000085")
    comes(page, "d.state === 'typing'")
    page.keyboard.press("Backspace")
    page.keyboard.type("5")
    page.keyboard.press("Enter")

    comes(page, "['welcome', 'goodbye'].includes(d.reason)")


def test_a_card_that_is_dragged_before_the_camera_is_read(page):
    card, before = page.locator("button[data-visitor=hoang]"), page.locator("canvas#screen")
    start, end = card.bounding_box(), before.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    comes(page, "['welcome', 'goodbye'].includes(d.reason)")
    page.mouse.up()

    comes(page, "d.state === 'waiting'")


def test_a_picture_that_is_dropped_on_the_page_is_read(page, tmp_path):
    write_code(people.CAN_CUOC, tmp_path / "card.png")

    page.locator("input[type=file]").set_input_files(tmp_path / "card.png")

    painted(page, "welcome")


def test_what_is_no_picture_is_refused_in_a_sentence(page, tmp_path):
    (tmp_path / "card.png").write_text("no picture")

    with page.expect_response("**/picture") as answer:
        page.locator("input[type=file]").set_input_files(tmp_path / "card.png")

    assert answer.value.status == 400
    expect(page.locator("#fault")).not_to_be_empty()


def test_the_laptops_own_camera_is_the_doors(visit):
    page = visit(permissions=["camera"])
    mend(page)

    page.locator("button[data-do=laptop]").click()
    painted(page, "welcome")
    page.locator("button[data-do=laptop]").click()

    comes(page, "d.state === 'waiting'")


@pytest.mark.parametrize(
    ("name", "broken", "patience_s"),
    [
        ("camera", "d.signs.includes('camera_lost')", 20),
        ("keypad", "d.signs.includes('keypad_lost')", 20),
        ("broker", "d.signs.includes('line_down')", 20),
        ("clock", "d.signs.includes('clock_untrusted')", 40),
        ("power", "d.state === undefined || d.state === ''", 20),
    ],
)
def test_what_is_broken_is_shown_and_what_is_mended_too(page, name, broken, patience_s):
    lever(page, name)
    comes(page, broken, patience_s)
    lever(page, name)

    comes(page, "d.state === 'waiting' && !d.signs", 60)


def test_on_a_full_disk_nobody_is_welcomed(page):
    lever(page, "disk")
    show(page, "lo")
    comes(page, "d.reason === 'not_saved' || d.state === 'out_of_order'", 30)
    lever(page, "disk")

    # Keys are not heard at once, so that whoever types on does not wipe it away.
    for _ in range(20):
        key_in(page, "#")
        if comes_true(page, "document.body.dataset.state === 'waiting'", 1000):
            break
    comes(page, "d.state === 'waiting'")


def test_visits_wait_while_the_line_is_cut_and_then_reach_the_manager(page):
    before = counted(page, "stored")
    lever(page, "line")
    comes(page, "d.signs.includes('line_down')", 30)
    show(page, "nguyen")
    comes(page, "['welcome', 'goodbye'].includes(d.reason)")
    assert comes_true(page, "+document.querySelector('[data-count=waiting]').textContent >= 1")
    lever(page, "line")

    stored = f"+document.querySelector('[data-count=stored]').textContent > {before}"
    assert comes_true(page, stored, 60_000)
    expect(page.frame_locator("iframe#centre").get_by_text("Nguyễn Văn Thử").first).to_be_visible(
        timeout=15_000
    )


def test_a_box_out_of_the_carton_is_in_service_by_a_code(page):
    page.locator("button[data-do=new_box]").click()
    comes(page, "d.stage === 'new' && d.state === 'setting_up'", 60)

    page.locator("button[data-visitor=setup]").click()

    comes(page, "d.stage === 'in_service' && d.state === 'waiting' && !d.signs", 60)
    assert page.locator("button[data-visitor=setup]").count() == 0


def test_two_pages_at_once_agree(page, visit):
    other = visit("", 900, 700)
    show(page, "tran")
    comes(other, "['welcome', 'goodbye'].includes(d.reason)")
    comes(page, "d.state === 'waiting' && d.painted === d.view")
    lever(other, "camera")
    comes(page, "d.levers === 'camera' && d.signs.includes('camera_lost')")
    for one in (page, other):
        comes(one, "d.painted === d.view")

    assert np.array_equal(screen(page), screen(other))


def test_closing_the_page_stops_nothing(page, visit, stand):
    stored = counted(page, "stored")
    other = visit()
    show(other, "hoang")
    other.context.close()

    assert comes_true(page, f"+document.querySelector('[data-count=stored]').textContent > {stored}", 30_000)
    comes(page, "d.state === 'waiting' && d.painted === d.view")
    assert stand.process.poll() is None


@pytest.mark.parametrize(
    ("width", "height", "language"),
    [(390, 844, "vi"), (768, 1024, "en"), (1024, 768, "vi"), (1280, 800, "en"), (1920, 1080, "vi")],
)
def test_the_page_is_fit_to_be_used(first, width, height, language):
    page = first
    page.set_viewport_size({"width": width, "height": height})
    page.locator(f"button[data-language={language}]").click()
    comes(page, "d.painted === d.view")

    assert overflow_px(page) <= 0
    assert page.evaluate(HIDDEN) == []
    assert not faults(page)
