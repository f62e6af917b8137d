"""Debian's Chromium, and waiting for what a page comes to say."""

import shutil

from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
LOOK_MS = 50


def comes_true(page: Page, expression: str, patience_ms: int = 10_000) -> bool:
    """
    Whether an expression becomes true on a page.

    Playwright's own waiting would have the page evaluate text, again and again, which its policy forbids.
    """
    for _ in range(patience_ms // LOOK_MS):
        if page.evaluate(expression):
            return True
        page.wait_for_timeout(LOOK_MS)
    return False
