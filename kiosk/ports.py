"""
What the door asks of the world: one Protocol for each device.

Workers (`Scanner`, `Keypad`, `Button`, `Buzzer`) run their `run()` in a thread of their own and end soon
after `stop` is set. They report through the callable they are given, which never blocks and may be called
from any thread. A device that is missing or lost is reported as a `DeviceChange`, not raised; any other
exception out of `run()` is a bug and ends the process.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Protocol, TypeAlias

from kiosk.glimpse import Glimpse
from kiosk.model import Anchor, LastVisit, Moment, PastVisit, Visit, Visitor
from kiosk.reports import ButtonHeld, Closing, DeviceChange, KeyPress, Reading
from kiosk.signals import Cue, Glow, View

Told: TypeAlias = Reading | Glimpse | KeyPress | ButtonHeld | DeviceChange | Closing
"""What a device may tell the door."""

Report = Callable[[Told], None]
"""How a device tells the door something. Never blocks; any thread may call it."""


class Clock(Protocol):
    """Tells the time, by a clock that never jumps."""

    @property
    def anchor(self) -> Anchor:
        """What the time is told from."""
        ...

    def now(self) -> Moment:
        """The present moment. Any thread may ask."""
        ...


class Scanner(Protocol):
    """A camera with a decoder behind it. No picture leaves it."""

    @property
    def last_frame_s(self) -> float | None:
        """When the newest frame was taken (monotonic seconds); None before the first, or while lost."""
        ...

    def run(self, report: Report, stop: Event) -> None:
        """
        Read until `stop` is set, reporting the texts seen on every frame, again and again.

        Of a frame with a code that cannot be read, what it shows of the code is reported instead.
        """
        ...


class Keypad(Protocol):
    """Twelve keys, or sixteen."""

    def run(self, report: Report, stop: Event) -> None:
        """Report each key once when it is pressed, until `stop` is set."""
        ...


class Button(Protocol):
    """A button inside the box, for whoever sets it up."""

    def run(self, report: Report, stop: Event) -> None:
        """Report each time that it is held down for long, until `stop` is set."""
        ...


class Screen(Protocol):
    """The picture for people. Belongs to the thread that made it, which must be the main thread."""

    def show(self, view: View) -> None:
        """Paint a view; it is visible when this returns."""
        ...

    def attend(self, report: Report) -> None:
        """Serve the window: repaint the camera's picture if it is on view, report keys and closing."""
        ...

    def save(self, path: Path) -> None:
        """
        Write what is on the screen to a PNG.

        Raises:
            OSError: If the file cannot be written.
        """
        ...

    def close(self) -> None:
        """Give the display back. Calling it twice does no harm."""
        ...


class Buzzer(Protocol):
    """A sounder."""

    def play(self, cue: Cue, volume: int = 100) -> None:
        """
        Sound a cue and return at once. A cue already sounding is cut short.

        `volume` is 0 to 100: at 0 nothing sounds; a sounder that cannot be softer sounds as it can.
        """
        ...

    def run(self, report: Report, stop: Event) -> None:
        """Play what `play()` asks for until `stop` is set; silent afterwards, even in mid-beep."""
        ...

    def close(self) -> None:
        """Give the pin back. Calling it twice does no harm."""
        ...


class Voice(Protocol):
    """A voice that says short phrases, recorded before."""

    def say(self, phrase: str, language: str, volume: int = 100) -> None:
        """
        Say a phrase, by its name in `kiosk.words`, and return at once; the one being said is cut short.

        What was never recorded is passed over. Main thread only. `volume` is 0 to 100: at 0 nothing is said.
        """
        ...

    def close(self) -> None:
        """Fall silent and give the loudspeaker back. Calling it twice does no harm."""
        ...


class Lamp(Protocol):
    """A coloured light."""

    def light(self, glow: Glow) -> None:
        """Take this colour and pattern and return at once. Main thread only."""
        ...

    def close(self) -> None:
        """Go dark and give the pins back. Calling it twice does no harm."""
        ...


class Light(Protocol):
    """A white light on what is held before the camera."""

    def shine(self, *, on: bool) -> None:
        """Shine, or do not, and return at once. Main thread only."""
        ...

    def close(self) -> None:
        """Go dark and give the pin back. Calling it twice does no harm."""
        ...


class Journal(Protocol):
    """The door's book of visits. Belongs to the thread that opened it."""

    def append(self, visit: Visit) -> int:
        """
        Write a visit down; when this returns, it survives a power cut.

        Returns:
            Its sequence number: 1, 2, 3 …

        Raises:
            JournalFailed: If it is not certain to be on disk.
        """
        ...

    def last_visit(self, visitor: Visitor, since: datetime) -> LastVisit | None:
        """
        The latest visit of the same person at or after `since` (aware); None when there is none.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        ...

    def recent(self, since: datetime, most: int) -> list[PastVisit]:
        """
        This door's latest visits at or after `since` (aware), the newest first; corrections are no visits.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        ...

    def inside(self, since: datetime) -> list[PastVisit]:
        """
        The visits by which people came in who have not left since, those that came first before the others.

        Whoever came or left by a door of the same place counts too, as far as this door has heard of it.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        ...

    def take_back(self, sequence: int, at: Moment, operator: str) -> int | None:
        """
        Write down that a visit of this door did not take place: a correcting visit, the other way.

        Returns:
            The correction's sequence number; None when there is no such visit, or it was taken back already.

        Raises:
            JournalFailed: If it is not certain to be on disk.
        """
        ...

    def keep_time(self, anchor: Anchor) -> int:
        """
        Remember what the time is told from, and put right the times of this boot's visits once that is true.

        Returns:
            How many were put right.

        Raises:
            JournalFailed: If the journal cannot be written.
        """
        ...

    def prune(self, before: datetime) -> int:
        """
        Forget some visits that the centre has and that are older than `before` (aware).

        Returns:
            How many; call again while it is more than none.

        Raises:
            JournalFailed: If the journal cannot be written.
        """
        ...

    def waiting(self) -> int:
        """
        How many visits have not reached the centre.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        ...

    def line_up(self) -> bool:
        """Whether the road lives, and last said that it reaches the broker."""
        ...

    def tell_door(self, *, serving: bool, camera: bool, keypad: bool) -> None:
        """
        Let the road know how the door is.

        Raises:
            JournalFailed: If the journal cannot be written.
        """
        ...

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        ...
