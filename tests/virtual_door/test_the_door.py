"""Somebody tries the door in a browser: people come, things break, and the page shows what the door shows."""

import base64
import os
import signal
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from hardware.simulated.codes import write_code
from tests import people
from tests.browser.browsers import comes_true
from tests.browser.windows import faults, overflow_px
from tests.virtual_door.conftest import answered, comes, forget, lock, mend, painted

LOOKED_AT_WELL = (390, 1280)
"""How wide pages are that axe-core looks at: each time takes seconds, and what it sees changes with the layout alone."""

HIDDEN = """[...document.querySelectorAll("button, [role=switch]")].filter(one => {
    one.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = one.getBoundingClientRect();
    const there = width && document.elementFromPoint(left + width / 2, top + height / 2);
    return width && !(there && (one.contains(there) || there.contains(one)));
}).map(one => one.outerHTML.slice(0, 80))"""
"""What is on the page, and cannot be clicked since something lies over it."""


UNREADABLE = """() => {
    const heard = sockets.at(-1);
    for (const bytes of [new Uint8Array([0, 0, 0, 0, 9, 0, 0, 0, 1, 2]), new Uint8Array(3)]) {
        heard.dispatchEvent(new MessageEvent("message", { data: bytes.buffer }));
    }
}"""
WATCHED = """
    window.sockets = [];
    window.WebSocket = class extends WebSocket {
        constructor(...address) { super(...address); sockets.push(this); }
    };
    const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.streams = [];
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await asked(wanted);
        streams.push(stream);
        return stream;
    };
"""
"""Has a page keep its websockets and its camera's streams where a test can see them."""


@pytest.fixture(scope="module")
def watched(visit):
    """A page that lets its sockets and streams be seen."""
    page = visit("", permissions=["camera"])
    page.add_init_script(WATCHED)
    page.reload()
    comes(page, "d.view && d.painted === d.view")
    mend(page)
    return page


def lever(page: Page, name: str) -> None:
    """Break what this lever breaks, or mend it."""
    page.locator(f"[role=switch][data-lever={name}]").click()


def show(page: Page, visitor: str) -> None:
    """Have a visitor come once nobody else is before the door: the same again is answered only then."""
    comes(page, "d.state === 'waiting' && d.hand === ''")
    forget(page)
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
def test_who_holds_up_a_card_or_a_phone_comes_in_or_goes_home_and_then_the_other(page, visitor):
    answers = set()
    for _ in range(2):
        show(page, visitor)
        comes(page, "shown.some(({ lamp }) => ['green steady', 'blue steady'].includes(lamp))")
        answers |= {
            tuple(one)
            for one in page.evaluate("shown.map(({reason, direction, lamp}) => [reason, direction, lamp])")
        }

    assert {("welcome", "in", "green steady"), ("goodbye", "out", "blue steady")} <= answers


def test_whoever_has_a_basic_phone_is_keyed_in(page):
    show(page, "cam")

    comes(page, "d.state === 'typing'")
    answered(page)


def test_a_payment_code_is_refused(page):
    show(page, "payment")

    painted(page, "payment_code", "red steady")


def test_a_guard_comes_on_duty_by_badge_and_by_pin(page):
    show(page, "guard")
    painted(page, "on_duty")
    comes(page, "d.state === 'waiting' && d.signs.includes('on_duty')")
    lock(page)


def test_the_keyboard_types_on_the_keypad(page):
    comes(page, "d.state === 'waiting'")
    page.locator("button[data-language=vi]").click()
    page.keyboard.type("0982000085")
    comes(page, "d.state === 'typing'")
    page.keyboard.press("Backspace")
    page.keyboard.type("5")
    page.keyboard.press("Enter")

    answered(page)


def test_a_card_that_is_dragged_before_the_camera_is_read(page):
    comes(page, "d.state === 'waiting' && d.hand === ''")
    card, before = page.locator("button[data-visitor=hoang]"), page.locator("canvas#screen")
    start, end = card.bounding_box(), before.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    answered(page)
    page.mouse.up()

    comes(page, "d.state === 'waiting'")


def test_a_picture_that_is_dropped_on_the_page_is_read(page, tmp_path):
    write_code(people.CAN_CUOC, tmp_path / "card.png")

    page.locator("input[type=file]").set_input_files(tmp_path / "card.png")

    answered(page)


def test_what_is_no_picture_is_refused_in_a_sentence(page, tmp_path):
    (tmp_path / "card.png").write_text("no picture")

    with page.expect_response("**/picture") as answer:
        page.locator("input[type=file]").set_input_files(tmp_path / "card.png")

    assert answer.value.status == 400
    expect(page.locator("#fault")).not_to_be_empty()


def test_the_laptops_own_camera_is_the_doors(visit):
    page = visit(permissions=["camera"])
    mend(page)
    comes(page, "d.state === 'waiting' && d.hand === ''")

    page.locator("button[data-do=laptop]").click()
    answered(page)
    page.locator("button[data-do=laptop]").click()

    comes(page, "d.laptop === 'false' && d.hand === ''")
    page.context.close()


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
    comes(page, "d.levers.includes('disk')")
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
    answered(page)
    assert comes_true(page, "+document.querySelector('[data-count=waiting]').textContent >= 1")
    lever(page, "line")

    stored = f"+document.querySelector('[data-count=stored]').textContent > {before}"
    assert comes_true(page, stored, 60_000)
    expect(page.frame_locator("iframe#centre").get_by_text("Nguyễn Văn Thử").first).to_be_visible(
        timeout=15_000
    )


def test_a_box_out_of_the_carton_is_in_service_by_a_code_that_is_then_in_nobodys_hand(page):
    page.locator("button[data-do=new_box]").click()
    comes(page, "d.stage === 'new' && d.state === 'setting_up' && d.tray.includes('setup')", 60)
    code, before = (
        page.locator("button[data-visitor=setup]").bounding_box(),
        page.locator("#screen").bounding_box(),
    )
    page.mouse.move(code["x"] + 20, code["y"] + 20)
    page.mouse.down()
    page.mouse.move(before["x"] + before["width"] / 2, before["y"] + before["height"] / 2, steps=8)

    comes(page, "!d.tray.includes('setup')", 60)

    expect(page.locator(".ghost, .aimed")).to_have_count(0)
    comes(page, "d.hand === ''")
    page.mouse.up()
    comes(page, "d.stage === 'in_service' && d.state === 'waiting' && !d.signs", 60)


def test_two_pages_at_once_agree(page, visit):
    other = visit("", 900, 700)
    show(page, "tran")
    answered(other)
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
    [
        (390, 844, "vi"),
        (768, 1024, "en"),
        (1024, 768, "vi"),
        (1100, 800, "vi"),
        (1280, 800, "en"),
        (1920, 1080, "vi"),
    ],
)
def test_the_page_is_fit_to_be_used(first, width, height, language):
    page = first
    page.set_viewport_size({"width": width, "height": height})
    page.locator(f"button[data-language={language}]").click()
    comes(page, "d.painted === d.view")

    assert overflow_px(page) <= 0
    assert page.evaluate(HIDDEN) == []
    assert width not in LOOKED_AT_WELL or not faults(page)


def test_the_screen_goes_on_after_a_picture_that_cannot_be_drawn(watched):
    watched.evaluate(UNREADABLE)

    show(watched, "tran")
    answered(watched)
    comes(watched, "d.state === 'waiting' && d.hand === ''")


def test_who_clicks_twice_begins_one_camera_and_it_stops_when_another_page_begins_its_own(watched, visit):
    comes(watched, "d.hand === ''")
    watched.evaluate("for (const _ of [1, 2]) document.querySelector('#laptop').click()")
    comes(watched, "d.hand === 'laptop'")
    assert watched.evaluate("streams.length") == 1
    other = visit("", permissions=["camera"])
    other.locator("#laptop").click()
    comes(other, "d.laptop === 'true'")

    comes(watched, "d.laptop === 'false'")
    assert watched.evaluate("streams[0].getTracks()[0].readyState") == "ended"
    other.context.close()
    comes(watched, "d.state === 'waiting' && d.hand === ''")


def test_sound_that_is_turned_off_stays_off(watched):
    watched.locator("#sound").click()
    comes(watched, "d.sound === 'on'")
    watched.reload()
    comes(watched, "d.view && d.painted === d.view && d.sound === 'off'")
    watched.locator("#people-title").click()
    comes(watched, "d.sound === 'on'")
    watched.locator("#sound").click()
    comes(watched, "d.sound === 'off'")

    watched.locator("#people-title").click()
    watched.keyboard.press("Shift")
    watched.wait_for_timeout(300)

    assert watched.evaluate("document.body.dataset.sound") == "off"


def test_a_door_without_power_says_so_to_whoever_comes(page):
    lever(page, "power")
    comes(page, "d.open === 'false'")

    page.locator("button[data-visitor=lo]").click()

    expect(page.locator("#fault [data-word='fault.no_power']")).to_be_visible()
    lever(page, "power")
    comes(page, "d.state === 'waiting' && d.painted === d.view", 60)
    expect(page.locator("#dark")).to_be_hidden()
    expect(page.locator("#fault > *")).to_have_count(0)


def test_a_door_speaks_the_pages_language_when_asked(page):
    comes(page, "d.state === 'waiting'")
    page.locator("button[data-language=en]").click()
    page.locator("#speaks").click()
    comes(page, "d.language === 'en'")
    expect(page.locator("#speaks")).to_be_hidden()

    page.locator("button[data-language=vi]").click()
    page.locator("#speaks").click()
    comes(page, "d.language === 'vi'")


def test_a_stand_that_hangs_is_told_from_one_that_is_there(page, stand):
    os.kill(stand.process.pid, signal.SIGSTOP)
    try:
        comes(page, "d.connected === 'false'")
        expect(page.locator("#dark")).to_be_visible()
        assert page.evaluate("document.querySelector('#levers').closest('[inert]') !== null")
    finally:
        os.kill(stand.process.pid, signal.SIGCONT)

    comes(page, "d.connected === 'true' && d.painted === d.view", 60)
    expect(page.locator("#dark")).to_be_hidden()
