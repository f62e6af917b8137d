"""One page that looks: what it is told and shown, and what it asks for."""

import asyncio
import json
from functools import partial
from typing import Final, TypeAlias, assert_never

from starlette.websockets import WebSocket, WebSocketDisconnect

from hardware.simulated.panel.wire import ButtonHeld
from hardware.simulated.web import asked, faults
from hardware.simulated.web.canvas import Canvas, Watching
from hardware.simulated.web.deeds import Deeds, Office
from hardware.simulated.web.facts import Facts, Told
from hardware.simulated.web.faults import Fault
from hardware.simulated.web.hand import Hand
from hardware.simulated.web.link import DoorLink
from kiosk.errors import KioskError

LARGEST_FRAME_BYTES: Final = 2_000_000
"""Of what a page's camera sees; nothing that a page sends is larger."""
ALIVE_S: Final = 2.0
"""From one sign of life to the next: a stand that hangs gives none, though its connections stand."""
_MOST_PAGES: Final = 20
_TRY_LATER: Final = 1013

_OfHand: TypeAlias = asked.Key | asked.Show | asked.Hold | asked.PutDown | asked.Laptop


class Live:
    """
    The websocket at `/live`. A page that goes, or draws nothing any more, costs nothing and stops nothing.

    Args:
        facts: What pages are told.
        canvas: What pages are shown.
        link: Where the door is.
        hand: Does what visitors do.
        office: Does what lies behind the door.
    """

    def __init__(self, facts: Facts, canvas: Canvas, link: DoorLink, hand: Hand, office: Office) -> None:
        self._facts = facts
        self._canvas = canvas
        self._link = link
        self._hand = hand
        self._office = office
        self._deeds = Deeds(facts)
        self._pages = 0

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one page until it goes; one more than 20 is sent away."""
        try:
            await websocket.accept()
            if self._pages >= _MOST_PAGES:
                await websocket.close(_TRY_LATER, f"{_MOST_PAGES} pages look at this door; close one")
                return
        except WebSocketDisconnect:
            return
        self._pages += 1
        try:
            with self._facts.listening() as told, self._canvas.watching() as watching:
                await self._serve(_Page(websocket, told, watching))
        finally:
            self._pages -= 1

    async def _serve(self, page: "_Page") -> None:
        try:
            async with asyncio.TaskGroup() as group:
                senders = [group.create_task(work()) for work in (page.tell, page.paint, page.live)]
                await self._listen(page)
                for sender in senders:
                    sender.cancel()
        except* WebSocketDisconnect:
            pass
        finally:
            self._hand.leave(page)

    async def _listen(self, page: "_Page") -> None:
        """
        Do what the page asks, one after the other; so one that asks faster is read no faster.

        Returns:
            When the page is gone.
        """
        while True:
            message = await page.websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text, content = message.get("text"), message.get("bytes")
            try:
                if text is not None:
                    self._do(asked.asked(text), page)
                elif content is not None:
                    await self._see(content, page)
            except KioskError as problem:
                page.say({"happened": "fault", **faults.told(problem)})

    async def _see(self, jpeg: bytes, page: "_Page") -> None:
        try:
            if len(jpeg) > LARGEST_FRAME_BYTES:
                raise Fault("too_large", f"frame: {len(jpeg)} bytes; give {LARGEST_FRAME_BYTES} at most")
            await self._hand.frame(jpeg, by=page)
        finally:
            page.say({"happened": "taken"})

    def _do(self, ask: asked.Asked, page: "_Page") -> None:
        match ask:
            case asked.Drawn():
                page.drawn.set()
            case asked.Pull(lever, on):
                self._deeds.ask(partial(self._office.pull, lever, on=on))
            case asked.NewBox():
                self._deeds.ask(self._office.begin_anew)
            case asked.InService():
                self._deeds.ask(self._office.put_in_service)
            case asked.Button():
                self._link.say(ButtonHeld())
            case _:
                self._move(ask, page)

    def _move(self, ask: _OfHand, page: "_Page") -> None:
        match ask:
            case asked.Key(key):
                self._hand.press(key)
            case asked.Show(visitor):
                self._hand.show(visitor)
            case asked.Hold(visitor, x, y):
                self._hand.hold(visitor, x, y, by=page)
            case asked.PutDown():
                self._hand.put_down(by=page)
            case asked.Laptop(on):
                self._hand.laptop(on, by=page)
            case _:
                assert_never(ask)


class _Page:
    """The sending side of one page."""

    def __init__(self, websocket: WebSocket, told: asyncio.Queue[Told], watching: Watching) -> None:
        self.websocket = websocket
        self.drawn = asyncio.Event()
        self._told = told
        self._watching = watching

    def say(self, told: Told) -> None:
        """Tell this page alone; one that does not listen misses it."""
        try:
            self._told.put_nowait(told)
        except asyncio.QueueFull:
            pass

    async def tell(self) -> None:
        """Tell what is true, and what happens."""
        while True:
            told = await self._told.get()
            await self.websocket.send_text(json.dumps(told, ensure_ascii=False))
            self._told.task_done()

    async def paint(self) -> None:
        """Show what is new, one picture at a time: the next when the last is drawn."""
        while True:
            picture = await self._watching.next()
            # The words come before their pixels, and a door's size before its screen.
            await self._told.join()
            self.drawn.clear()
            await self.websocket.send_bytes(picture)
            await self.drawn.wait()

    async def live(self) -> None:
        """Give signs of life."""
        while True:
            await asyncio.sleep(ALIVE_S)
            self.say({"happened": "alive"})
