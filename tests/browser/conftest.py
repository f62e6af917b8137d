"""
A whole centre, people of every role, and a real browser.

The centre is made once a module, and each test is a part of somebody's day. Doors are those of
`tests.collector.conftest`: they post what boxes post.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.site import PASSWORD, Site, open_site
from tests.collector.conftest import templates
from tests.collector.databases import Templates
from tests.postgresql import postgresql

__all__ = ["postgresql", "templates"]
"""Fixtures that stand elsewhere."""

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SIZES = ((320, 640), (768, 1024), (1280, 800), (1920, 1080))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        # Playwright runs a loop on this thread, which Django takes for the code of an asynchronous view.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Site]:
    """A centre with a morning behind it, and a door that is online."""
    with django_db_blocker.unblock(), open_site(templates, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def person(browser: Browser, site: Site) -> Iterator[Any]:
    """Opens a window of somebody: `person("manager", 1280, 800)`, logged in with both factors; None of nobody."""
    contexts = []
    used_codes = person_codes

    def person(role: str | None, width: int = 1280, height: int = 800, language: str = "vi") -> Page:
        context = browser.new_context(
            base_url=site.address, viewport={"width": width, "height": height}, locale="vi-VN"
        )
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        if role is not None:
            number = used_codes[site.address, role] = used_codes.get((site.address, role), -1) + 1
            page.goto("/login")
            page.fill("#id_username", site.names[role])
            page.fill("#id_password", PASSWORD)
            page.click("form.card button")
            page.goto("/account/second-factor")
            page.fill("#code", f"paper{number:02d}")
            page.click("form.card button")
        return page

    errors: list[str] = []
    person.errors = errors  # type: ignore[attr-defined]
    yield person
    for context in contexts:
        context.close()
    assert not errors, errors


person_codes: dict[tuple[str, str], int] = {}
"""How many codes on paper each has used: every login takes the next."""


def faults(page: Page) -> list[str]:
    """What axe-core finds that is serious or worse, one line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def overflow_px(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
