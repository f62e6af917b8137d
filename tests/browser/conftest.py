"""
A whole centre, people of every role, and a real browser.

The centre is made once for all of them, and each test is a part of somebody's day. Doors are those of
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

Person = Callable[..., Page]
REFUSALS = ("400 (Bad Request)", "403 (Forbidden)", "404 (Not Found)")
"""What some tests ask for; the browser calls them errors."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def site(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Site]:
    """A centre with a morning behind it, and a door that is online."""
    with django_db_blocker.unblock(), open_site(templates, tmp_path_factory.mktemp("site")) as site:
        site.begin()
        yield site


@pytest.fixture(scope="package")
def rooms(browser: Browser, site: Site) -> Iterator[dict[str, BrowserContext]]:
    """Browsers by role, logged in with both factors as soon as somebody asks for one."""

    class Rooms(dict[str, BrowserContext]):
        def __missing__(self, role: str) -> BrowserContext:
            self[role] = window(browser, site)
            page = self[role].new_page()
            log_in(page, site, role)
            page.close()
            return self[role]

    rooms = Rooms()
    yield rooms
    for room in rooms.values():
        room.close()


@pytest.fixture
def watched() -> Iterator[Callable[[Page], Page]]:
    """Has a page fail its test when a script on it fails."""
    errors: list[str] = []

    def watch(page: Page) -> Page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        return page

    yield watch
    assert not [error for error in errors if not any(refusal in error for refusal in REFUSALS)]


@pytest.fixture
def person(rooms: dict[str, BrowserContext], watched: Callable[[Page], Page]) -> Iterator[Person]:
    """Opens a page of somebody who is logged in: `person("manager", 320, 640)`."""
    with ExitStack() as ending:

        def person(role: str, width: int = 1280, height: int = 800, language: str = "vi") -> Page:
            page = watched(rooms[role].new_page())
            ending.callback(page.close)
            page.set_viewport_size({"width": width, "height": height})
            rooms[role].add_cookies([{**cookie_of(rooms[role]), "value": language}])
            return page

        yield person


@pytest.fixture
def stranger(browser: Browser, site: Site, watched: Callable[[Page], Page]) -> Iterator[Person]:
    """Opens a page of somebody whom nobody knows, in a browser of their own: `stranger(320, 640, has_touch=True)`."""
    with ExitStack() as ending:

        def stranger(*size: int, **more: Any) -> Page:
            context = window(browser, site, *size, **more)
            ending.callback(context.close)
            return watched(context.new_page())

        yield stranger


def cookie_of(room: BrowserContext) -> dict[str, Any]:
    """That of the language."""
    (found,) = (cookie for cookie in room.cookies() if cookie["name"] == "django_language")
    return {"name": found["name"], "domain": found["domain"], "path": found["path"]}
