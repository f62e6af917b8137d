"""The manager's session at the centre: whoever looks at the virtual door is logged in there already."""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode

log = logging.getLogger(__name__)

HOST: Final = "127.0.0.1"
_TOKEN: Final = re.compile(r'csrfmiddlewaretoken" value="([^"]+)"')
_LOGIN, _PLACES = "/login", "/places/"
"""Where one logs in, and where whoever manages one place is led to it."""
_WAIT_S: Final = 5.0
_AGAIN_S: Final = 10.0
"""How often it is asked whether one is logged in still."""
_PATIENCE_S: Final = 2.0
"""How long whoever opens the page waits for that."""
_MOST_BYTES: Final = 1 << 20


class Session:
    """
    Logs in when that is needed. Belongs to one event loop.

    Args:
        port: The centre's, on loopback.
        serves: Whether it is the centre that listens there; nobody else is told the password.
        user: Name of the account.
        password: Its password.
    """

    def __init__(self, port: int, serves: Callable[[], bool], user: str, password: str) -> None:
        self.path = _PLACES
        """Of the page that shows who comes and goes, once somebody has logged in."""
        self._port = port
        self._serves = serves
        self._user = user
        self._password = password
        self._cookies: dict[str, str] = {}
        self._renewing = asyncio.Lock()
        self._asking: asyncio.Task[None] | None = None
        self._asked_s = -_AGAIN_S
        self._is_known = False

    async def open(self) -> None:
        """
        Log in.

        Raises:
            OSError: If the centre does not answer, or does not let the account in.
        """
        await self._renew()
        self._asked_s, self._is_known = time.monotonic(), True

    async def cookies(self) -> list[str]:
        """
        What a browser is to keep (`Set-Cookie`), in order to be logged in; anew when it ran out.

        Nothing while the centre is away, or does not answer at once.
        """
        if not self._serves():
            return []
        if self._asking is None and time.monotonic() > self._asked_s + _AGAIN_S:
            self._asked_s, self._is_known = time.monotonic(), False
            self._asking = asyncio.create_task(self._ask_again())
        if self._asking is not None:
            await asyncio.wait([self._asking], timeout=_PATIENCE_S)
        if not self._is_known:
            return []
        return [f"{name}={value}; Path=/; HttpOnly; SameSite=Lax" for name, value in self._cookies.items()]

    async def _ask_again(self) -> None:
        try:
            await self._renew()
            self._is_known = True
        except OSError as error:
            log.warning("the manager is not logged in at the centre: %s", error)
        finally:
            self._asking = None

    async def _renew(self) -> None:
        """Log in unless that is done: one after the other, for all share what the centre gave."""
        async with self._renewing:
            await asyncio.to_thread(self._renew_at_once)

    def _renew_at_once(self) -> None:
        try:
            if not (self._cookies and self._is_let_in()):
                self._log_in()
        except HTTPException as error:
            raise OSError(f"the centre says what no centre says: {type(error).__name__}") from error

    def _log_in(self) -> None:
        self._cookies.clear()
        _, shown = self._ask("GET", _LOGIN)
        token = _TOKEN.search(shown)
        if token is None:
            raise OSError("the centre shows no page to log in")
        form = {"username": self._user, "password": self._password, "csrfmiddlewaretoken": token[1]}
        self._ask("POST", _LOGIN, form)
        if not self._is_let_in():
            raise OSError(f"the centre does not let {self._user} in")

    def _is_let_in(self) -> bool:
        """Whether the way leads to the place, and not to the page to log in. Shows nobody's name."""
        led_to, _ = self._ask("HEAD", _PLACES)
        if not led_to.startswith(_PLACES):
            return False
        self.path = led_to
        return True

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Ask for a page, or send a form; where that leads to, and what stands there."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(HTTPConnection(HOST, self._port, timeout=_WAIT_S)) as line:
            line.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = line.getresponse()
            for told in answer.headers.get_all("Set-Cookie", []):
                self._cookies |= {name: one.value for name, one in SimpleCookie(told).items()}
            shown = answer.read(_MOST_BYTES).decode(errors="replace")
            return answer.headers.get("Location", ""), shown
