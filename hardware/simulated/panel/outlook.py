"""What the devices of a simulated door show and sound, on its way to the panel; nobody at the door waits."""

from collections import deque
from dataclasses import dataclass
from threading import Condition
from typing import Final

import cv2
import numpy as np

from hardware.lamp import SHARES
from hardware.layout import Box
from hardware.simulated.buzzer import Played
from hardware.simulated.panel import wire
from hardware.simulated.panel.stream import Stream
from hardware.simulated.screen import Painted, Pixels
from hardware.simulated.voice import Said
from kiosk.signals import Glow, View

_MOST_UNSAID: Final = 1000
"""Of a panel that takes nothing for so long, the oldest words are left out."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """What was painted last in its place, for the view of this number."""

    painted: Painted
    number: int


class Outlook:
    """
    Sends what it is told to the panel.

    The devices tell it, on the main thread, and never wait: words and tones are all sent, in their order; of
    pictures the newest, whenever the panel is ready for one.
    """

    def __init__(self) -> None:
        self._ready = Condition()
        self._unsaid: deque[wire.FromDoor] = deque(maxlen=_MOST_UNSAID)
        self._pictures: list[_Picture] = []
        self._number = 0
        self._ended = False

    def opened(self, size_px: tuple[int, int], keys: str) -> None:
        """Say that the door is there, with a screen of this width and height and with these keys."""
        self._say(wire.Opened(*size_px, keys))

    def shows(self, shown: View | Painted) -> None:
        """Take a view that is about to be painted, or what was painted of it."""
        if isinstance(shown, View):
            self._number += 1
            self._say(_words(shown, self._number))
            return
        with self._ready:
            kept = (one for one in self._pictures if not shown.box.holds(one.painted.box))
            self._pictures = [*kept, _Picture(shown, self._number)]
            self._ready.notify()

    def glows(self, glow: Glow) -> None:
        """Take what the lamp does from now on."""
        self._say(wire.Glowing(str(glow.colour), str(glow.pattern), SHARES[glow.colour]))

    def plays(self, played: Played) -> None:
        """Take a cue that begins."""
        beeps = tuple((beep.hz, beep.ms) for beep in played.cue.beeps)
        self._say(wire.Sounding(played.cue.name, beeps, played.volume))

    def says(self, said: Said) -> None:
        """Take a phrase that begins."""
        self._say(wire.Saying(said.phrase, said.language))

    def shines(self, is_on: bool) -> None:
        """Take whether the light shines from now on."""
        self._say(wire.Shining(is_on))

    def send(self, stream: Stream) -> None:
        """
        Send until `end()`.

        Raises:
            OSError: If the panel is gone.
        """
        sent = _Sent()
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._unsaid or self._pictures or self._ended)
                if self._ended:
                    return
                unsaid, pictures = list(self._unsaid), self._pictures
                self._unsaid.clear()
                self._pictures = []
            for message in unsaid:
                stream.say(message)
            for picture in pictures:
                if (pixels := sent.changes(picture)) is not None:
                    stream.say(pixels)

    def end(self) -> None:
        """Have `send()` end. Any thread."""
        with self._ready:
            self._ended = True
            self._ready.notify()

    def _say(self, message: wire.FromDoor) -> None:
        with self._ready:
            self._unsaid.append(message)
            self._ready.notify()


class _Sent:
    """What the panel has of the screen."""

    def __init__(self) -> None:
        self._screen: Pixels | None = None
        self._number = 0

    def changes(self, picture: _Picture) -> wire.Pixels | None:
        """
        What the panel does not have yet: one rectangle.

        Of a new view that looks as the last did, one pixel, so that whoever waits for its picture gets it.
        None for nothing.
        """
        painted = picture.painted
        if self._screen is None:
            # The first is all of the screen.
            self._screen = np.zeros_like(painted.pixels)
            changed: Box | None = painted.box
        else:
            changed = _difference(_part(self._screen, painted.box), painted.pixels)
        if changed is None and picture.number != self._number:
            changed = Box(0, 0, 1, 1)
        if changed is None:
            return None
        self._number = picture.number
        pixels = _part(painted.pixels, changed)
        place = changed.moved(painted.box.x, painted.box.y)
        _part(self._screen, place)[:] = pixels
        bgr = cv2.cvtColor(
            np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4), cv2.COLOR_BGRA2BGR
        )
        return wire.Pixels(
            picture.number, place.x, place.y, place.width, place.height, painted.is_camera, bgr.tobytes()
        )


def _part(pixels: Pixels, box: Box) -> Pixels:
    return pixels[box.y : box.bottom, box.x : box.right]


def _difference(before: Pixels, now: Pixels) -> Box | None:
    """The smallest box that holds all pixels that are not the same; None when all are."""
    different = before != now
    rows = np.flatnonzero(different.any(axis=1))
    if not rows.size:
        return None
    columns = np.flatnonzero(different.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return Box(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def _words(view: View, number: int) -> wire.Shown:
    rows = (" – ".join(filter(None, (row.text, row.detail))) for row in view.rows)
    choices = (f"{one.key} {one.text}" for one in (*view.choices, *view.keys))
    return wire.Shown(
        number=number,
        state=view.state,
        mood=str(view.mood),
        headline=view.headline,
        name=view.name,
        detail=view.detail,
        note=view.note,
        digits=view.digits,
        hint=view.hint,
        reason=view.reason or "",
        direction=view.direction or "",
        language=view.language,
        signs=tuple(str(sign.kind) for sign in view.signs),
        rows=(*rows, *choices),
    )
