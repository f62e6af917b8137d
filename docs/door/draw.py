"""Draws the page of the virtual door, of a real one: `python -m docs.door.draw`."""

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.browsers import CHROMIUM
from tests.virtual_door.stand import Stand

WIDTH_PX, HEIGHT_PX = 1440, 900
SETTLES_MS = 1500
"""The lamp has its colour by then, and the visit is on the manager's page."""


def main(file: Path) -> None:
    """Open a door, draw its page into a WebP, and close the door."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        stand = Stand(Path(folder))
        try:
            draw(stand.address, browser, file)
        finally:
            stand.stop()


def draw(address: str, browser: Browser, file: Path) -> None:
    """Draw the page at this address, with Mrs Lò who has just come in."""
    window = browser.new_context(viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, locale="en-US")
    page = window.new_page()
    page.goto(address)
    page.wait_for_selector("body[data-state=waiting]")
    page.click("button[data-visitor=lo]")
    page.wait_for_selector("body[data-reason=welcome][data-stored='1']")
    page.wait_for_timeout(SETTLES_MS)
    # It holds for as long as this door does; a picture of it holds longer.
    page.locator("#centre-password").evaluate("shown => { shown.textContent = '••••••' }")
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as drawn:
        drawn.convert("RGB").save(file, lossless=True, method=6)
    window.close()


if __name__ == "__main__":
    main(Path(__file__).parent / "page.webp")
