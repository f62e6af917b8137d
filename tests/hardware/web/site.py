"""The page's real application on a loopback port, before a scratch door that speaks the panel's wire."""

import asyncio
import contextlib
import http.client
import json
import socket
import struct
import threading
import time

import cv2
import msgspec
import numpy as np
import uvicorn
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
from websockets.sync.client import connect

from hardware.simulated.panel import wire
from hardware.simulated.web import app, scene
from hardware.simulated.web.canvas import Canvas
from hardware.simulated.web.entrance import entrance
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.faults import Fault
from hardware.simulated.web.hand import Hand
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.tray import Tray
from kiosk.errors import KioskError
from tests.ports import free_port
from tests.programs import PATIENCE_S, eventually

WIDTH_PX, HEIGHT_PX = 400, 240
NOBODY = entrance(scene.WIDTH_PX, scene.HEIGHT_PX)[::8, ::8]
SHOWN = wire.Shown(1, "waiting", "neutral", "Mời", "", "", "", "", "", "", "", "vi", ())


def showing(number: int = 2, **words: str) -> wire.Shown:
    """A view that answers a visitor."""
    return msgspec.structs.replace(SHOWN, number=number, state="showing", reason="welcome", **words)


def luma_of(seen: wire.Seen):
    return np.frombuffer(seen.luma, np.uint8).reshape(seen.height_px, seen.width_px)


def _shows_somebody(seen: wire.Seen) -> bool:
    luma = luma_of(seen)[::8, ::8]
    return luma.shape != NOBODY.shape or abs(luma - NOBODY).mean() > 3


def pixels(number: int, x: int, y: int, width: int, height: int, *, is_camera: bool = False, seed: int = 1):
    """Pixels of a screen, like no others."""
    bgr = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return wire.Pixels(number, x, y, width, height, is_camera, bgr.tobytes())


class Door:
    """
    The other end of the panel's wire.

    Args:
        listens: Whether it takes what the panel says.
    """

    def __init__(self, *, listens: bool = True) -> None:
        self.socket, self.panel = socket.socketpair()
        self.heard = []
        if listens:
            self.listen()

    def listen(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    def say(self, *messages) -> None:
        for message in messages:
            self.socket.sendall(wire.packed(message))

    def open(self) -> None:
        self.say(wire.Opened(WIDTH_PX, HEIGHT_PX, "123456789*0#"), SHOWN)

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def of(self, *kinds):
        """What it has heard of these kinds."""
        return [message for message in list(self.heard) if isinstance(message, kinds)]

    def hears(self, kind, **wanted):
        """Wait for a message; the first in which all this is so."""

        def found():
            return [
                one
                for one in self.of(kind)
                if all(getattr(one, name) == value for name, value in wanted.items())
            ]

        eventually(found)
        return found()[0]

    def held_up(self):
        """What its camera has seen of somebody."""
        return [one for one in self.of(wire.Seen) if _shows_somebody(one)]

    def sees(self):
        """Wait until its camera sees somebody; the first picture of them."""
        eventually(self.held_up)
        return self.held_up()[0]

    def sees_nobody(self) -> None:
        """Wait until its camera sees nobody any more."""
        eventually(lambda: (seen := self.of(wire.Seen)) and not _shows_somebody(seen[-1]))

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError), self.socket.makefile("rb") as stream:
            while head := stream.read(wire.LENGTH.size):
                self.heard.append(wire.understood(stream.read(*wire.LENGTH.unpack(head))))


class Stand:
    """Keeps what it was asked for; `free` is cleared by who wants it to take its time."""

    def __init__(self) -> None:
        self.asked = []
        self.free = asyncio.Event()
        self.free.set()

    async def pull(self, lever, *, on) -> None:
        self.asked.append((lever, on))
        await self.free.wait()
        if lever == "disk":
            raise KioskError("disk: cannot be filled here")
        if lever == "clock":
            raise ZeroDivisionError
        if lever == "camera":
            raise Fault("opening", "the door opens as yet; wait until it has")

    async def begin_anew(self) -> None:
        self.asked.append("new box")

    async def put_in_service(self) -> None:
        self.asked.append("in service")

    async def cookies(self):
        return ["sessionid=abc; Path=/; HttpOnly"]


class Page:
    """A page that looks at the site, and acknowledges pictures unless it is told not to."""

    def __init__(self, port: int, *, draws: bool = True) -> None:
        self._open = contextlib.ExitStack()
        self._websocket = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{port}/live",
                origin=f"http://127.0.0.1:{port}",
                max_size=None,
                compression=None,
                close_timeout=2,
            )
        )
        self.draws = draws
        self.facts, self.happened, self.pictures = {}, [], []
        self.signs_of_life, self.sent_away = 0, None
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, do: str, **more) -> None:
        self._websocket.send(json.dumps({"do": do, **more}))

    def send(self, message) -> None:
        self._websocket.send(message)

    def sees(self, **facts) -> None:
        """Wait until all these facts hold."""
        eventually(lambda: all(self.facts.get(name) == value for name, value in facts.items()))

    def hears(self, name: str):
        """Wait for a happening; the last of this name."""
        eventually(lambda: [one for one in self.happened if one["happened"] == name])
        return [one for one in self.happened if one["happened"] == name][-1]

    def picture(self, number: int):
        """Wait for so many pictures; where the last of them lies, the number of its view, and itself."""
        eventually(lambda: len(self.pictures) >= number)
        content = self.pictures[number - 1]
        return *struct.unpack("<HHI", content[:8]), content[8:]

    def close(self) -> None:
        self._open.close()

    def _listen(self) -> None:
        try:
            self._hear()
        except ConnectionClosedError as end:
            self.sent_away = end.rcvd and end.rcvd.code
        except ConnectionClosedOK:
            # Closed by ourselves, when a picture had come that was not yet said to be drawn.
            pass

    def _hear(self) -> None:
        for message in self._websocket:
            if isinstance(message, bytes):
                self.pictures.append(message)
                if self.draws:
                    self.ask("drawn")
                continue
            told = json.loads(message)
            if "fact" in told:
                self.facts[told["fact"]] = told["is"]
            elif told["happened"] == "alive":
                self.signs_of_life += 1
            else:
                self.happened.append(told)


class Site:
    """Serves until it is closed, in a thread of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        self.door: Door | None = None

    def run(self, coroutine):
        """Wait for what runs in the site's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE_S)

    def do(self, act, *arguments):
        """Have something done in the site's loop."""

        async def done():
            return act(*arguments)

        return self.run(done())

    def opens(self, *, listens: bool = True) -> Door:
        """A new door, that is open and waits for a visitor."""
        if self.door:
            self.door.end()
        self.door = Door(listens=listens)
        self.door.open()
        self.run(self.link.attach(self.door.panel, wire.Begin()))
        eventually(lambda: self.facts.get("view"))
        return self.door

    def page(self, *, draws: bool = True) -> Page:
        return Page(self.port, draws=draws)

    def answer(self, method: str, path: str, body: bytes | None = None, **headers: str):
        """Status, headers and body of an answer; a header whose value is None is left out."""
        address = f"127.0.0.1:{self.port}"
        asked = {"host": address, **({"origin": f"http://{address}"} if method == "POST" else {}), **headers}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host=True)
            for name, value in asked.items():
                for one in value if isinstance(value, tuple) else (value,):
                    if one is not None:
                        connection.putheader(name, one)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def close(self) -> None:
        if self.door:
            self.door.end()
        self.run(self.link.detach())
        self._server.should_exit = True
        self._thread.join(PATIENCE_S)

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.facts = Facts()
        self.canvas = Canvas(WIDTH_PX, HEIGHT_PX)
        self.link = DoorLink(self.facts, self.canvas)
        self.tray = Tray(self.facts)
        self.hand = Hand(self.facts, self.link, self.tray)
        self.stand = Stand()
        made = app.make(self.facts, self.canvas, self.link, self.hand, self.tray, self.stand)
        self._server = uvicorn.Server(uvicorn.Config(made, port=self.port, **app.SERVING))
        serving = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(0.01)
        self._ready.set()
        await serving


def decoded(picture: bytes):
    """Blue, green and red of a PNG or JPEG."""
    return cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)


def as_jpeg(luma) -> bytes:
    return cv2.imencode(".jpg", luma)[1].tobytes()


def now_s() -> float:
    return time.monotonic()
