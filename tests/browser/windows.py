"""A real browser, and windows of it in which somebody looks at a site."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.browsers import CHROMIUM
from tests.browser.site import PASSWORD, Site

GRAVE = ("serious", "critical")
"""As axe-core calls what keeps people from using a page."""


@contextmanager
def chromium(language: str = "en-US") -> Iterator[Browser]:
    """
    Debian's, without a screen. Django may be asked on the same thread: Playwright's loop runs on it.

    Args:
        language: In which the browser writes days and times, if it knows it (Debian: `chromium-l10n`).
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--lang={language}"],
            env={**os.environ, "LANGUAGE": language},
        )
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        try:
            yield browser
        finally:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
            browser.close()


def window(
    browser: Browser, site: Site, width: int = 1280, height: int = 800, language: str = "vi", **more: Any
) -> BrowserContext:
    """A browser of somebody's own, as large as that (px), which knows nothing of any other."""
    context = browser.new_context(
        base_url=site.address, viewport={"width": width, "height": height}, locale="vi-VN", **more
    )
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
    return context


def log_in(page: Page, site: Site, role: str) -> None:
    """Type the password, and the next code on paper."""
    page.goto("/login?next=/account/second-factor")
    page.fill("#id_username", site.names[role])
    page.fill("#id_password", PASSWORD)
    page.click("form.card button")
    page.fill("#code", site.paper_code(role))
    page.click("form.card button")
    page.wait_for_url(lambda address: "/account/" not in address)


def vi(english: str) -> str:
    """What pages say in Vietnamese for something in English."""
    with translation.override("vi"):
        told = translation.gettext(english)
    assert told != english, english
    return told


def press(page: Page, english: str) -> None:
    """A button, by its words in English, on a page in Vietnamese."""
    page.get_by_role("button", name=vi(english), exact=True).click()


def follow(page: Page, english: str) -> None:
    """A link, likewise."""
    page.get_by_role("link", name=vi(english), exact=True).first.click()


def faults(page: Page) -> list[str]:
    """What axe-core finds that is serious or worse, one line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in GRAVE
    ]


def overflow_px(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
