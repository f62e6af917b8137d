"""The page's application: its files, pictures of the tray, pictures that are dropped on it, and `/live`."""

import asyncio
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from hardware.simulated.web.canvas import Canvas
from hardware.simulated.web.deeds import Office
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.faults import Fault, code_of
from hardware.simulated.web.gate import Gate
from hardware.simulated.web.hand import Hand
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.live import LARGEST_FRAME_BYTES, Live
from hardware.simulated.web.tray import Tray
from kiosk.errors import KioskError

STATIC: Final = Path(__file__).with_name("static")
LARGEST_PICTURE_BYTES: Final = 20_000_000
_UPLOAD_S: Final = 30.0
_MOST_UPLOADS: Final = 4
_OWN_SITES: Final = {None, "none", "same-origin"}

SERVING: Final[dict[str, Any]] = {
    "host": "127.0.0.1",
    "access_log": False,
    "log_config": None,
    "lifespan": "off",
    "proxy_headers": False,
    "server_header": False,
    "timeout_graceful_shutdown": 2,
    # Some 20 pages, each with what a browser opens beside its websocket.
    "limit_concurrency": 200,
    # Some more than a frame, so that one slightly too large is told so. Pictures do not shrink a second time.
    "ws_max_size": LARGEST_FRAME_BYTES + 100_000,
    "ws_max_queue": 2,
    "ws_per_message_deflate": False,
}
"""How uvicorn serves it (`uvicorn.Config(app, port=…, **SERVING)`)."""


def make(  # noqa: PLR0917 - each is of a kind of its own
    facts: Facts, canvas: Canvas, link: DoorLink, hand: Hand, tray: Tray, office: Office
) -> ASGIApp:
    """
    The application, for one event loop.

    Args:
        facts: What pages are told.
        canvas: What pages are shown.
        link: Where the door is.
        hand: Does what visitors do.
        tray: Whose pictures the page shows.
        office: Does what lies behind the door.
    """
    live = Live(facts, canvas, link, hand, office)
    pictures = _Pictures(hand)

    async def page(request: Request) -> Response:
        response = FileResponse(STATIC / "index.html")
        # A foreign page that frames this one, or leads here, logs nobody in.
        if request.headers.get("sec-fetch-site") in _OWN_SITES:
            for cookie in await office.cookies():
                response.headers.append("Set-Cookie", cookie)
        return response

    async def thing(request: Request) -> Response:
        try:
            png = tray[request.path_params["name"]].png
        except KioskError:
            png = b""
        return Response(png, media_type="image/png") if png else Response(status_code=404)

    routes = [
        Route("/", page),
        Route("/tray/{name}.png", thing),
        Route("/picture", pictures.take, methods=["POST"]),
        WebSocketRoute("/live", live.serve),
        Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
    ]
    # Around all of it, so that its headers are on what Starlette says of an error, too.
    return Gate(Starlette(routes=routes))


class _Pictures:
    """Takes pictures that are dropped on a page: few may arrive at the same time, and one is decoded."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._arriving = 0
        self._decoding = asyncio.Lock()

    async def take(self, request: Request) -> Response:
        """Hold the picture up: 204, or 400 with the reason."""
        if self._arriving >= _MOST_UPLOADS:
            return _refused(Fault("busy", "picture: others are being looked at; drop it again"))
        self._arriving += 1
        try:
            content = await _body(request)
            async with self._decoding:
                await self._hand.picture(content)
        except ClientDisconnect:
            return Response(status_code=400)
        except KioskError as problem:
            return _refused(problem)
        finally:
            self._arriving -= 1
        return Response(status_code=204)


async def _body(request: Request) -> bytes:
    content = bytearray()
    try:
        async with asyncio.timeout(_UPLOAD_S):
            async for part in request.stream():
                content += part
                if len(content) > LARGEST_PICTURE_BYTES:
                    most = f"{LARGEST_PICTURE_BYTES // 1_000_000} MB"
                    raise Fault("too_large", f"picture: give one of {most} at most")
    except TimeoutError:
        raise Fault("late", "picture: it did not arrive in time; drop it again") from None
    return bytes(content)


def _refused(why: KioskError) -> Response:
    return JSONResponse({"error": str(why), "code": code_of(why)}, 400)
