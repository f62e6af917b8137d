"""The virtual door as it is for everybody who tries it, and a browser before it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import people
from tests.browser.browsers import CHROMIUM, comes_true
from tests.virtual_door.clip import write_clip
from tests.virtual_door.stand import Stand

KEPT = """
    window.shown = [];
    window.known = "";
    addEventListener("DOMContentLoaded", () => {
        const { dataset } = document.body;
        const keep = () => shown.push({ reason: dataset.reason, lamp: dataset.lamp, direction: dataset.direction, view: dataset.view });
        new MutationObserver(keep).observe(document.body, { attributes: true });
    });
"""
"""Has a page keep whatever it was told, for an answer stands for seconds, and a busy machine may look later."""


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand with everything behind it, open."""
    stand = Stand(tmp_path_factory.mktemp("stand"))
    yield stand
    assert stand.stop() == 0


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Chromium, whose camera sees somebody hold up an ID card."""
    clip: Path = tmp_path_factory.mktemp("clip") / "card.y4m"
    write_clip(people.CCCD_OF_A_WOMAN, clip)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={clip}",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visit(browser: Browser, stand: Stand) -> Iterator[Callable[..., Page]]:
    """Opens a page of the door, in a browser of its own; nothing on any may fail."""
    errors: list[str] = []
    contexts = []

    def visit(query: str = "", width: int = 1280, height: int = 800, **more: object) -> Page:
        context = browser.new_context(
            base_url=stand.address, viewport={"width": width, "height": height}, locale="vi-VN", **more
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.add_init_script(KEPT)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto("/" + query)
        comes(page, "d.connected === 'true' && d.painted === d.view")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not [error for error in errors if "400 (Bad Request)" not in error]


@pytest.fixture(scope="module")
def first(visit: Callable[..., Page]) -> Page:
    """A page that stays open."""
    return visit()


@pytest.fixture
def page(first: Page) -> Page:
    """That page, before a door that is well."""
    mend(first)
    return first


def mend(page: Page) -> None:
    """Mend everything, have the box in service, and no guard on duty; an answer may still stand."""
    for lever in page.locator("[role=switch][data-lever][aria-checked=false]").all():
        lever.click()
    if page.evaluate("document.body.dataset.stage") == "new":
        page.locator("button[data-do=in_service]").click()
    comes(page, "d.stage === 'in_service' && ['waiting', 'showing'].includes(d.state)", 60)
    if "on_duty" in page.evaluate("document.body.dataset.signs"):
        lock(page)
    comes(page, "!d.signs && !d.levers", 60)
    forget(page)


def lock(page: Page) -> None:
    """End the guard's turn of duty, by the keypad."""
    comes(page, "d.state === 'waiting'")
    page.locator('button[data-key="*"]').click()
    comes(page, "d.state === 'menu'")
    page.locator('button[data-key="0"]').click()
    painted(page, "off_duty")


def comes(page: Page, true: str, patience_s: float = 20) -> None:
    """Wait until this is so, in JavaScript, of `d`, what the page knows of the door."""
    said = f"(d => {true})(document.body.dataset)"
    assert comes_true(page, said, round(patience_s * 1000)), (
        page.evaluate("`not so: ${JSON.stringify(document.body.dataset)}`") + f" for {true}"
    )


def painted(page: Page, reason: str, lamp: str = "") -> None:
    """Wait until a new answer was on the screen of a page, with the lamp so, and all that came is drawn."""
    _was_shown(page, f"reason === '{reason}' && lamp.startsWith('{lamp}')")


def answered(page: Page) -> None:
    """Wait until somebody was newly welcomed or sent home, and the lamp said so too."""
    _was_shown(
        page,
        "reason === 'welcome' && lamp === 'green steady' || reason === 'goodbye' && lamp === 'blue steady'",
    )


def _was_shown(page: Page, true: str, patience_s: float = 20) -> None:
    said = f"shown.some(({{ reason, lamp, view }}) => view !== known && ({true}))"
    assert comes_true(page, said, round(patience_s * 1000)), page.evaluate("`saw ${JSON.stringify(shown)}`")
    forget(page)
    comes(page, "d.painted === d.view")


def forget(page: Page) -> None:
    """Look for what is shown from now on only; an answer that stands already is none to what comes."""
    page.evaluate("shown.length = 0, known = document.body.dataset.view")
