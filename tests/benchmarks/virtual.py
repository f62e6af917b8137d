"""
The virtual door: from a click on a visitor until the answer is drawn in the page, and how smooth the page is.

A real stand with broker, centre, bridge and door, and Debian's Chromium before it, which draws without a graphics
card. Beside it the bare limit: a door alone, of the same size, from the moment that the same kind of card is before
its camera until the pixels of the answer have left it. The two take turns, so their ratio is what stand and browser
add, on a busy machine too; the times alone swing with it. Of pictures, the camera's own rate is the most there can be.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page, sync_playwright

from hardware.simulated.demo.people import VISITORS
from hardware.simulated.panel import wire
from tests import panels
from tests.benchmarks.order import Order
from tests.benchmarks.row import Rates, Row
from tests.browser.browsers import CHROMIUM, comes_true
from tests.virtual_door.stand import Stand

CLICKS = 60
WATCHED_S = 5.0
CAMERA_FRAMES_PER_S = 15
SIZE = ("--set=screen.width_px=2048", "--set=screen.height_px=1200")
CARDS = ("lo", "nguyen", "tran", "hoang")
"""Whoever is clicked on in turn: each comes and goes again and again, never twice within `door.same_code_s`."""

ANSWERS = {"welcome", "goodbye"}
ANSWERED = """visitor => new Promise((done, fail) => {
    const said = document.body.dataset, told = document.querySelector("#told");
    const before = told.textContent, began = performance.now();
    const watch = new MutationObserver(() => {
        const isNew = told.textContent !== before && ["welcome", "goodbye"].includes(said.reason);
        if (isNew && said.painted === said.view) {
            watch.disconnect();
            done(performance.now() - began);
        }
    });
    watch.observe(document.body, { attributes: true });
    setTimeout(() => fail(new Error(`no answer to ${visitor}: ${told.textContent}`)), 20_000);
    document.querySelector(`button[data-visitor=${visitor}]`).click();
})"""
"""Milliseconds from a click until the answer is drawn: a view in other words than the one before, whose may last."""


def measure(_order: Order) -> Iterator[Row | Rates]:
    """Time clicks, then count pictures."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="virtual-")))
        stand = Stand(folder / "stand")
        ending.callback(stand.stop)
        door = panels.Panel(folder / "alone", *SIZE)
        ending.callback(door.hang_up)
        playwright = ending.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        ending.callback(browser.close)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(stand.address)
        _until(page, "d.connected === 'true' && d.painted === d.view && d.state === 'waiting'")
        yield _clicks(page, door)
        yield _pictures(page)


def _clicks(page: Page, door: panels.Panel) -> Row:
    ours_s, bare_s = [], []
    codes = {visitor.id: visitor.code for visitor in VISITORS}
    for number in range(CLICKS):
        visitor = CARDS[number % len(CARDS)]
        ours_s.append(page.evaluate(ANSWERED, visitor) / 1000)
        _until(page, "d.hand === ''")
        bare_s.append(_alone(door, codes[visitor]))
        # Long enough for the same card to count as shown anew when its turn comes.
        page.wait_for_timeout(800)
    return Row("click to the answer in the page", ours_s, "a card to the pixels, a door alone", bare_s)


def _alone(door: panels.Panel, code: str) -> float:
    card = panels.held_up(code)
    before = door.view.name if door.view else ""
    door.from_now()
    began_s = perf_counter()
    door.say(card)
    shown = door.next(wire.Shown, lambda view: view.reason in ANSWERS and view.name != before)
    door.next(wire.Pixels, number=shown.number)
    took_s = perf_counter() - began_s
    door.say(wire.NothingSeen())
    return took_s


def _pictures(page: Page) -> Rates:
    """While a payment code is moved before the camera, at the rim of its picture, where it is not read."""
    _until(page, "d.state === 'waiting'")
    card = page.locator("button[data-visitor=payment]").bounding_box()
    screen = page.locator("canvas#screen").bounding_box()
    page.mouse.move(card["x"] + card["width"] / 2, card["y"] + card["height"] / 2)
    page.mouse.down()
    before, began_s, step = int(page.evaluate("document.body.dataset.drawn")), perf_counter(), 0
    while perf_counter() < began_s + WATCHED_S:
        step += 1
        page.mouse.move(screen["x"] + 2 + step % 12, screen["y"] + screen["height"] / 2)
        page.wait_for_timeout(15)
    drawn = int(page.evaluate("document.body.dataset.drawn")) - before
    page.mouse.up()
    rate = drawn / (perf_counter() - began_s)
    return Rates(
        "pictures a second in the page", drawn, "1/s", rate, "frames of its camera", CAMERA_FRAMES_PER_S
    )


def _until(page: Page, true: str) -> None:
    said = f"(d => {true})(document.body.dataset)"
    if not comes_true(page, said, 30_000):
        raise RuntimeError(f"did not come to pass at the virtual door: {true}")
