"""
A whole centre, people of every role, and a real browser.

The centre is made once a module, and each test is a part of somebody's day. Doors are those of
`tests.collector.conftest`: they post what boxes post.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.site import Site, open_site
from tests.browser.windows import chromium, log_in, window
from tests.collector.conftest import templates
from tests.collector.databases import Templates
from tests.postgresql import postgresql

__all__ = ["postgresql", "templates"]
"""Fixtures that stand elsewhere."""

OpenWindow = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Site]:
    """A centre with a morning behind it, and a door that is online."""
    with django_db_blocker.unblock(), open_site(templates, tmp_path_factory.mktemp("site")) as site:
        site.begin()
        yield site


@pytest.fixture
def open_window(browser: Browser, site: Site) -> Iterator[OpenWindow]:
    """Opens a browser of somebody's own, as `window()` does; a script that fails in one fails the test."""
    errors: list[str] = []

    def watched(page: Page) -> None:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)

    with ExitStack() as ending:

        def open_window(*size: int, **more: Any) -> BrowserContext:
            context = window(browser, site, *size, **more)
            ending.callback(context.close)
            context.on("page", watched)
            return context

        yield open_window
    # Refused pages are what some tests ask for; the browser calls them errors.
    assert not [error for error in errors if "403 (Forbidden)" not in error]


@pytest.fixture
def person(open_window: OpenWindow, site: Site) -> Callable[..., Page]:
    """Opens a window of somebody: `person("manager", 1280, 800)`, logged in with both factors."""

    def person(role: str, width: int = 1280, height: int = 800, language: str = "vi") -> Page:
        page = open_window(width, height, language=language).new_page()
        log_in(page, site, role)
        return page

    return person
