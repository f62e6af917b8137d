"""The hand before the camera and at the keys: one at a time, the newest."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from hardware.frame import Luma
from hardware.pictures import luma_of
from hardware.simulated.panel.wire import Pressed, Seen
from hardware.simulated.room import LONGEST_SIDE_PX
from hardware.simulated.web import lasting
from hardware.simulated.web.decoding import decoded
from hardware.simulated.web.facts import Facts, Told
from hardware.simulated.web.faults import Fault
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.scene import HEIGHT_PX, WIDTH_PX, Room, thing_of
from hardware.simulated.web.tray import Tray

log = logging.getLogger(__name__)

SHOWN_S: Final = 4.0
"""How long something is held up for a door that does not answer."""
PICTURE_S: Final = 2.5
"""The same for a picture."""
KEY_S: Final = 0.12
"""From one key to the next."""
_MOST_FRAME_PIXELS: Final = LONGEST_SIDE_PX * 1080
_MOST_FRAME_SCANS: Final = 4
"""Browsers make frames of one scan. What takes more passes takes time from whoever else looks."""
_MOVES_S: Final = 1 / 15
_STILL_S: Final = 1 / 4
_UNANSWERED: Final = {"waiting", "typing", "saving"}
_WORDS: Final = ("door", "state", "mood", "headline", "name", "detail", "rows")


class Page(Protocol):
    """The page by which a visitor holds something."""

    def say(self, told: Told) -> None:
        """Tell this page alone."""


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
    by: Page | None = None
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
        # Apart from the threads that encode the screen: a page's camera never keeps pages from being served.
        self._eye = ThreadPoolExecutor(1, "eye")
        self._held: _Held | None = None
        self._moved = asyncio.Event()
        self._looking = lasting.begin(self._look(), "what the camera sees")
        self._waiting: asyncio.Task[None] | None = None
        tray.when_taken_out(self._let_go)
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
            self._waiting = lasting.begin(self._key_in(f"{thing.number}#"), "keying in")
        else:
            self._hold_up(_Held(name, thing=thing_of(thing.luma, thing.kind)), SHOWN_S)

    async def picture(self, content: bytes) -> None:
        """
        Hold a picture up in the middle until the door has answered, `PICTURE_S` at most.

        Raises:
            Fault: If it is none.
        """
        luma = await decoded(content)
        self._wait_no_more()
        self._hold_up(_Held("picture", thing=luma), PICTURE_S)

    def hold(self, name: str, x: float, y: float, *, by: Page) -> None:
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
            self._take_up(_Held(name, x, y, by, thing_of(thing.luma, thing.kind)))

    def put_down(self, *, by: Page) -> None:
        """Put down what this page holds, if it holds anything; what is held up for an answer stays."""
        if self._held and self._held.by is by and self._held.name != "laptop":
            self._put_down()

    def laptop(self, on: bool, *, by: Page) -> None:
        """Let the camera of this page's computer be the door's, or be it no longer."""
        if on:
            self._wait_no_more()
            self._take_up(_Held("laptop", by=by))
        elif self._is_laptop(by):
            self._put_down(told=by)

    async def frame(self, jpeg: bytes, *, by: Page) -> None:
        """
        What that camera sees. Passed over when it is the door's no longer.

        Raises:
            BadPicture: If it is no JPEG, or one of more than 4 scans.
            Fault: If it is larger than 1920 x 1080.
        """
        if not self._is_laptop(by):
            return
        luma = await asyncio.get_running_loop().run_in_executor(self._eye, _frame, jpeg)
        if self._is_laptop(by):
            height_px, width_px = luma.shape
            self._link.say(Seen(width_px, height_px, luma.tobytes()))

    def press(self, key: str) -> None:
        """Press a key of the keypad."""
        self._facts.happen("key", key=key)
        self._link.say(Pressed(key))

    def leave(self, page: Page) -> None:
        """This page is gone, and with it what its visitor holds."""
        if self._held and self._held.by is page:
            self._put_down()

    def _is_laptop(self, by: Page) -> bool:
        return self._held is not None and self._held.name == "laptop" and self._held.by is by

    def _hold_up(self, held: _Held, longest_s: float) -> None:
        before = self._facts.get("view")
        self._take_up(held)
        self._waiting = lasting.begin(self._until_answered(before, longest_s), "waiting for an answer")

    def _take_up(self, held: _Held) -> None:
        self._change(held, told=held.by)

    def _put_down(self, *, told: Page | None = None) -> None:
        self._change(None, told=told)

    def _change(self, held: _Held | None, *, told: Page | None) -> None:
        """
        From now on, hold this.

        Args:
            held: None for nothing.
            told: The page that knows of it already, for it asked.
        """
        before, self._held = self._held, held
        if before and before.name == "laptop" and before.by is not None and before.by is not told:
            before.by.say({"happened": "laptop_lost"})
        self._tell()
        self._moved.set()

    def _let_go(self, name: str) -> None:
        """This is in the tray no more."""
        if self._held and self._held.name == name:
            self._wait_no_more()
            self._put_down()

    def _tell(self) -> None:
        held = self._held
        self._facts.tell("hand", held and {"held": held.name, "x": held.x, "y": held.y})

    def _wait_no_more(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    async def _look(self) -> None:
        """Let the camera see what is before it: at once when it moves, and all the time for its grain."""
        while True:
            self._moved.clear()
            try:
                self._see()
            except Exception:
                # Whatever cannot be drawn is put down, so that the door sees the next.
                log.exception("what is held cannot be drawn")
                self._wait_no_more()
                self._put_down()
            await asyncio.sleep(_MOVES_S)
            try:
                async with asyncio.timeout(_STILL_S - _MOVES_S):
                    await self._moved.wait()
            except TimeoutError:
                pass

    def _see(self) -> None:
        held = self._held
        if self._link.gone.is_set() or (held and held.thing is None):
            return
        if held and held.thing is not None:
            luma = self._room.see_held(held.thing, held.x, held.y, time.monotonic())
        else:
            luma = self._room.see()
        self._link.say(Seen(WIDTH_PX, HEIGHT_PX, luma.tobytes()))

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
    luma = luma_of(
        jpeg, "frame", formats=("JPEG",), most_pixels=_MOST_FRAME_PIXELS, most_scans=_MOST_FRAME_SCANS
    )
    if max(luma.shape) > LONGEST_SIDE_PX:
        size = f"{luma.shape[1]} x {luma.shape[0]} pixels"
        raise Fault("too_large", f"frame: {size}; scale it down to {LONGEST_SIDE_PX} x 1080")
    return luma
