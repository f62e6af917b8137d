"""The hand before the camera and at the keys: one at a time, the newest."""

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hardware.frame import Luma
from hardware.pictures import luma_of
from hardware.simulated.panel.wire import NothingSeen, Pressed, Seen
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.scene import HEIGHT_PX, WIDTH_PX, Room, fit, hold
from hardware.simulated.web.tray import Tray
from kiosk.errors import BadPicture

SHOWN_S: Final = 4.0
"""How long something is held up for a door that does not answer."""
PICTURE_S: Final = 2.5
"""The same for a picture."""
KEY_S: Final = 0.12
"""From one key to the next."""
MOST_LUMA_PX: Final = 1920
_MOST_FRAME_PIXELS: Final = 1920 * 1080
_MOVES_S: Final = 1 / 15
_STILL_S: Final = 1 / 4
_UNANSWERED: Final = {"waiting", "typing", "saving"}
_WORDS: Final = ("door", "state", "mood", "headline", "name", "detail", "rows")


@dataclass(frozen=True, slots=True)
class _Held:
    """
    What is before the camera.

    Attributes:
        name: What pages call it.
        x: Of its middle in the camera's field as the visitor sees it: 0 to 1.
        y: The same.
        by: The page whose visitor holds it there, and with which it goes; None when it is put down by itself.
        thing: How it looks; None for what another camera sees.
    """

    name: str
    x: float = 0.5
    y: float = 0.5
    by: object = None
    thing: Luma | None = field(default=None, repr=False)


class Hand:
    """
    What visitors do, for all pages: what is taken up last takes the place of what was held. One event loop.

    Args:
        facts: Is told `hand`, and the happening `key`; tells when the door has answered.
        link: Where the camera and the keys of the door are.
        tray: From where things are taken.
    """

    def __init__(self, facts: Facts, link: DoorLink, tray: Tray) -> None:
        self._facts = facts
        self._link = link
        self._tray = tray
        self._room = Room()
        self._held: _Held | None = None
        self._moved = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._waiting: asyncio.Task[None] | None = None
        facts.tell("hand", None)

    def show(self, name: str) -> None:
        """
        Hold a thing up in the middle until the door has answered, `SHOWN_S` at most; or key in a number.

        Raises:
            KioskError: If there is no such thing.
        """
        thing = self._tray[name]
        self._wait_no_more()
        if thing.luma is None:
            if self._held and self._held.by is None:
                self._put_down()
            self._waiting = asyncio.create_task(self._key_in(f"{thing.number}#"))
        else:
            self._hold_up(_Held(name, thing=hold(thing.luma, thing.kind)), SHOWN_S)

    async def picture(self, content: bytes) -> None:
        """
        Hold a picture up in the middle until the door has answered, `PICTURE_S` at most.

        Raises:
            BadPicture: If it is none.
        """
        luma = await asyncio.to_thread(lambda: fit(luma_of(content, "picture")))
        self._wait_no_more()
        self._hold_up(_Held("picture", thing=luma), PICTURE_S)

    def hold(self, name: str, x: float, y: float, *, by: object) -> None:
        """
        Hold a thing there; again and again as it moves. Nothing happens for somebody who has only a number.

        Raises:
            KioskError: If there is no such thing.
        """
        held = self._held
        if held and held.name == name and held.by is by:
            self._held = replace(held, x=x, y=y)
            self._tell()
            self._moved.set()
            return
        thing = self._tray[name]
        if thing.luma is not None:
            self._wait_no_more()
            self._take_up(_Held(name, x, y, by, hold(thing.luma, thing.kind)))

    def put_down(self, *, by: object) -> None:
        """Put down what this page holds, if it holds anything; what is held up for an answer stays."""
        if self._held and self._held.by is by and self._held.name != "laptop":
            self._put_down()

    def laptop(self, on: bool, *, by: object) -> None:
        """Let the camera of this page's computer be the door's, or be it no longer."""
        if on:
            self._wait_no_more()
            self._take_up(_Held("laptop", by=by))
            self._link.say(NothingSeen())
        elif self._is_laptop(by):
            self._put_down()

    async def frame(self, jpeg: bytes, *, by: object) -> None:
        """
        What that camera sees. Passed over when it is the door's no longer.

        Raises:
            BadPicture: If it is no JPEG, or larger than 1920 x 1080.
        """
        if not self._is_laptop(by):
            return
        luma = await asyncio.to_thread(_frame, jpeg)
        if self._is_laptop(by):
            height_px, width_px = luma.shape
            self._link.say(Seen(width_px, height_px, luma.tobytes()))

    def press(self, key: str) -> None:
        """Press a key of the keypad."""
        self._facts.happen("key", key=key)
        self._link.say(Pressed(key))

    def leave(self, page: object) -> None:
        """This page is gone, and with it what its visitor holds."""
        if self._held and self._held.by is page:
            self._put_down()

    def _is_laptop(self, by: object) -> bool:
        return self._held is not None and self._held.name == "laptop" and self._held.by is by

    def _hold_up(self, held: _Held, longest_s: float) -> None:
        before = self._facts.get("view")
        self._take_up(held)
        self._waiting = asyncio.create_task(self._until_answered(before, longest_s))

    def _take_up(self, held: _Held) -> None:
        if self._looking:
            self._looking.cancel()
            self._looking = None
        self._held = held
        self._tell()
        if held.thing is not None:
            self._looking = asyncio.create_task(self._look())

    def _put_down(self) -> None:
        if self._looking:
            self._looking.cancel()
            self._looking = None
        self._held = None
        self._tell()
        self._link.say(NothingSeen())

    def _tell(self) -> None:
        held = self._held
        self._facts.tell("hand", held and {"held": held.name, "x": held.x, "y": held.y})

    def _wait_no_more(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    async def _look(self) -> None:
        """Let the camera see what is held: at once when it moves, and all the time that its grain moves."""
        while self._held and self._held.thing is not None:
            self._moved.clear()
            held = self._held
            luma = self._room.see(self._held.thing, held.x, held.y, time.monotonic())
            self._link.say(Seen(WIDTH_PX, HEIGHT_PX, luma.tobytes()))
            await asyncio.sleep(_MOVES_S)
            try:
                async with asyncio.timeout(_STILL_S - _MOVES_S):
                    await self._moved.wait()
            except TimeoutError:
                pass

    async def _until_answered(self, before: dict[str, Any] | None, longest_s: float) -> None:
        try:
            async with asyncio.timeout(longest_s):
                with self._facts.listening() as told:
                    while not _is_answer((await told.get()), before):
                        pass
        except TimeoutError:
            pass
        self._put_down()

    async def _key_in(self, keys: str) -> None:
        for key in keys:
            self.press(key)
            await asyncio.sleep(KEY_S)


def _is_answer(told: dict[str, Any], before: dict[str, Any] | None) -> bool:
    """Whether this is a view that answers somebody, and not that which was there before."""
    view = told.get("is")
    if told.get("fact") != "view" or view is None or view["state"] in _UNANSWERED:
        return False
    return before is None or any(view[word] != before[word] for word in _WORDS)


def _frame(jpeg: bytes) -> Luma:
    luma = luma_of(jpeg, "frame", formats=("JPEG",), most_pixels=_MOST_FRAME_PIXELS)
    if max(luma.shape) > MOST_LUMA_PX:
        raise BadPicture(f"frame: {luma.shape[1]} x {luma.shape[0]} pixels; scale it down to 1920 x 1080")
    return luma
