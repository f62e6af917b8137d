"""The page's application: its files, pictures of the tray, pictures that are dropped on it, and `/live`."""

import asyncio
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from hardware.simulated.web.canvas import Canvas
from hardware.simulated.web.deeds import Stand
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.gate import Gate
from hardware.simulated.web.hand import Hand
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.live import Live
from hardware.simulated.web.tray import Tray
from kiosk.errors import KioskError

STATIC: Final = Path(__file__).with_name("static")
LARGEST_PICTURE_BYTES: Final = 20_000_000
_UPLOAD_S: Final = 30.0

SERVING: Final[dict[str, Any]] = {
    "host": "127.0.0.1",
    "access_log": False,
    "log_config": None,
    "lifespan": "off",
    "proxy_headers": False,
    "server_header": False,
    "timeout_graceful_shutdown": 2,
    # A frame of the laptop's camera and some more. Pictures do not shrink a second time.
    "ws_max_size": 2_100_000,
    "ws_per_message_deflate": False,
}
"""How uvicorn serves it (`uvicorn.Config(app, port=…, **SERVING)`)."""


def make(  # noqa: PLR0917 - each is of a kind of its own
    facts: Facts, canvas: Canvas, link: DoorLink, hand: Hand, tray: Tray, stand: Stand
) -> Starlette:
    """
    The application, for one event loop.

    Args:
        facts: What pages are told.
        canvas: What pages are shown.
        link: Where the door is.
        hand: Does what visitors do.
        tray: Whose pictures the page shows.
        stand: Does what lies behind the door.
    """
    live = Live(facts, canvas, link, hand, stand)
    pictures = _Pictures(hand)

    async def page(_request: Request) -> Response:
        response = FileResponse(STATIC / "index.html")
        for cookie in await stand.cookies():
            response.headers.append("Set-Cookie", cookie)
        return response

    async def thing(request: Request) -> Response:
        try:
            png = tray[request.path_params["name"]].png
        except KioskError:
            png = b""
        return Response(png, media_type="image/png") if png else Response(status_code=404)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/tray/{name}.png", thing),
            Route("/picture", pictures.take, methods=["POST"]),
            WebSocketRoute("/live", live.serve),
            Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
        ],
        middleware=[Middleware(Gate)],
    )


class _Pictures:
    """Takes pictures that are dropped on a page, one at a time: each may claim some hundred megabytes."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._is_busy = False

    async def take(self, request: Request) -> Response:
        """Hold the picture up: 204, or 400 with the reason."""
        if self._is_busy:
            return _refused("picture: another is being looked at; drop it again")
        self._is_busy = True
        try:
            async with asyncio.timeout(_UPLOAD_S):
                content = await _body(request)
            await self._hand.picture(content)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return _refused("picture: it did not arrive in time; drop it again")
        except KioskError as problem:
            return _refused(str(problem))
        finally:
            self._is_busy = False
        return Response(status_code=204)


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST_PICTURE_BYTES:
            raise KioskError(f"picture: give one of {LARGEST_PICTURE_BYTES // 1_000_000} MB at most")
    return bytes(content)


def _refused(why: str) -> Response:
    return JSONResponse({"error": why}, 400)
