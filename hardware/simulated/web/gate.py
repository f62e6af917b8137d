"""The gate of the page: whoever asks must sit at this machine, in this very page."""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

_HERE: Final = re.compile(r"(127\.0\.0\.1|localhost)(:[0-9]{1,5})?", re.IGNORECASE)
_LOOKING: Final = {"GET", "HEAD"}
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "font-src 'self'; media-src 'self' blob:; frame-src http://127.0.0.1:* http://localhost:*; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Gate:
    """
    ASGI middleware. Refuses with 403, and says on every answer what the page may do.

    A name that leads here, and is none of this machine's own, is a foreign page's way in (DNS rebinding); so
    is a foreign page that asks for more than a look. Any port is fine, for people forward ports. Starlette's
    TrustedHostMiddleware would let a request with two hosts pass, and knows nothing of origins.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        looks = scope["type"] == "http" and scope["method"] in _LOOKING
        if not _is_here(headers) or not (looks or _is_own(headers)):
            refuse: ASGIApp = (
                PlainTextResponse("Open this page at http://127.0.0.1 or http://localhost.\n", 403)
                if scope["type"] == "http"
                else WebSocketClose(1008)
            )
            await refuse(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    answer[name] = value
                # Files that belong to the program are asked for again each time, and sent when they are new.
                is_file = scope["path"].startswith("/static/")
                answer["Cache-Control"] = "no-cache" if is_file else "no-store"
            await send(message)

        await self._app(scope, receive, guarded)


def _is_here(headers: Headers) -> bool:
    hosts = headers.getlist("host")
    return len(hosts) == 1 and _HERE.fullmatch(hosts[0]) is not None


def _is_own(headers: Headers) -> bool:
    origins = headers.getlist("origin")
    return len(origins) == 1 and origins[0].lower() == f"http://{headers['host'].lower()}"
