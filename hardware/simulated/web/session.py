"""The manager's session at the centre: whoever looks at the virtual door is logged in there already."""

import asyncio
import re
from http.cookiejar import CookieJar
from typing import Final
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

_TOKEN: Final = re.compile(r'csrfmiddlewaretoken" value="([^"]+)"')
_LOGIN, _PLACES = "/login", "/places/"
"""Where one logs in, and where whoever manages one place is led to it."""
_WAIT_S: Final = 10.0
_MOST_BYTES: Final = 1 << 20


class Session:
    """
    Logs in when that is needed. Belongs to one event loop.

    Args:
        address: The centre's, such as `http://127.0.0.1:8081`.
        user: Name of the account.
        password: Its password.
    """

    def __init__(self, address: str, user: str, password: str) -> None:
        self.path = _PLACES
        """Of the page that shows who comes and goes, once somebody has logged in."""
        self._address = address
        self._user = user
        self._password = password
        self._jar = CookieJar()
        self._one_at_a_time = asyncio.Lock()

    async def cookies(self) -> list[str]:
        """
        What a browser is to keep (`Set-Cookie`), in order to be logged in; anew when it ran out.

        Raises:
            OSError: If the centre does not answer, or does not let the account in.
        """
        async with self._one_at_a_time:
            await asyncio.to_thread(self._renew)
            return [
                f"{cookie.name}={cookie.value}; Path=/; HttpOnly; SameSite=Lax"
                for cookie in self._jar
                if cookie.value is not None
            ]

    def _renew(self) -> None:
        if self._jar and self._arrive(self._ask(_PLACES)):
            return
        self._jar.clear()
        where, shown = self._ask(f"{_LOGIN}?{urlencode({'next': _PLACES})}")
        token = _TOKEN.search(shown)
        if token is None:
            raise OSError(f"{self._address}{where}: no page to log in")
        form = {"username": self._user, "password": self._password, "next": _PLACES}
        if not self._arrive(self._ask(where, urlencode({**form, "csrfmiddlewaretoken": token[1]}))):
            raise OSError(f"{self._address}: {self._user} is not let in")

    def _arrive(self, page: tuple[str, str]) -> bool:
        """Whether a page is the place's."""
        where, _ = page
        if not where.startswith(_PLACES):
            return False
        self.path = where
        return True

    def _ask(self, path: str, form: str | None = None) -> tuple[str, str]:
        """Ask for a page, or send a form; where that led to, and what stands there."""
        browser = build_opener(HTTPCookieProcessor(self._jar), ProxyHandler({}))
        asked = Request(f"{self._address}{path}", form.encode() if form is not None else None)  # noqa: S310 - http, to our own centre
        with browser.open(asked, timeout=_WAIT_S) as answer:
            led = urlsplit(answer.geturl())
            shown = answer.read(_MOST_BYTES).decode(errors="replace")
            return f"{led.path}?{led.query}" if led.query else led.path, shown
