"""
Tries the parts of a box one by one, for `kiosk check`.

Every function tries one part, says in a few words what works, and gives everything back. A part that does not
work is an exception of `kiosk.errors`, whose message holds the remedy. Pictures are thrown away unseen.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from queue import Empty, Queue
from threading import Event, Thread
from time import monotonic
from typing import Protocol, TypeAlias

from hardware.viewfinder import VIEWFINDER
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.ports import Button, Buzzer, Keypad, Lamp, Light, Report, Scanner, Told
from kiosk.reports import DeviceChange
from kiosk.signals import Beep, Colour, Cue, Glow

_ANSWER_S = 10.0
"""How long a device may take to say whether it is there."""
_END_S = 5.0
"""How long it may take to end."""
_LOOK_S = 0.02
_SHINE_S = 0.3

_CUE = Cue("check", (Beep(1047, 110), Beep(0, 30), Beep(1568, 110)))

_Said: TypeAlias = Told | Exception


class _SizedScreen(Protocol):
    """A screen that knows its size."""

    @property
    def size_px(self) -> tuple[int, int]: ...

    def close(self) -> None: ...


class _Named(Protocol):
    """A device that knows what the keyboard calls itself that it has taken."""

    @property
    def name(self) -> str: ...

    def run(self, report: Report, stop: Event) -> None: ...


def camera(make: Callable[[], Scanner]) -> str:
    """
    Start a scanner, wait for its first picture, and end it.

    Raises:
        DeviceMissing: If there is no camera, or it gives no picture. It takes ten seconds at most.
    """
    with _at_work(make().run) as said:
        _found(said, "camera")
        until_s = monotonic() + _ANSWER_S
        while (frame := VIEWFINDER.newest()) is None and monotonic() < until_s:
            _heard(said, _LOOK_S)
    if frame is None:
        raise DeviceLost("camera: gives no picture; check the cable")
    height_px, width_px = frame.luma.shape
    return f"gives pictures of {width_px} x {height_px} pixels"


def keypad(make: Callable[[], Keypad]) -> str:
    """
    Take a keypad's pins and look at the keys once.

    Raises:
        DeviceMissing: If the pins cannot be had.
    """
    with _at_work(make().run) as said:
        _found(said, "keypad")
    return "its pins answer"


def usb(make: Callable[[], _Named]) -> str:
    """
    Look for a numeric pad, and take its keys for a moment.

    Returns:
        What it calls itself, so that a technician sees whether it is the one that is meant.

    Raises:
        DeviceMissing: If none is plugged in, or it cannot be had.
    """
    return f"{_taken(make(), 'usb')}: its keys reach the door alone"


def wedge(make: Callable[[], _Named]) -> str:
    """
    Look for a code reader that types, and take its keys for a moment.

    Returns:
        What it calls itself, so that a technician sees whether it is the one that is meant.

    Raises:
        DeviceMissing: If none is plugged in, or it cannot be had.
    """
    return f"{_taken(make(), 'wedge')}: what it types reaches the door alone"


def serial(make: Callable[[], Scanner]) -> str:
    """
    Open the line of a code reader.

    Raises:
        DeviceMissing: If there is no such line, or it cannot be had.
    """
    with _at_work(make().run) as said:
        _found(said, "serial")
    return "its line opens"


def screen(make: Callable[[], _SizedScreen]) -> str:
    """
    Open the screen and close it again. Main thread only.

    Raises:
        DeviceMissing: If there is no display, or it does not open.
    """
    with closing(make()) as opened:
        width_px, height_px = opened.size_px
    return f"opens with {width_px} x {height_px} pixels"


def buzzer(make: Callable[[], Buzzer]) -> str:
    """
    Sound two short notes.

    Raises:
        DeviceMissing: If the pin cannot be had.
    """
    with closing(make()) as opened, _at_work(opened.run) as said:
        opened.play(_CUE)
        _heard(said, sum(beep.ms for beep in _CUE.beeps) / 1000 + _LOOK_S)
    return "sounded two short notes"


def lamp(make: Callable[[], Lamp]) -> str:
    """
    Shine in red, green and blue, one after the other. Main thread only.

    Raises:
        DeviceMissing: If a pin cannot be had.
    """
    with closing(make()) as opened:
        for colour in (Colour.RED, Colour.GREEN, Colour.BLUE):
            opened.light(Glow(colour))
            Event().wait(_SHINE_S)
    return "shone red, green and blue"


def light(make: Callable[[], Light]) -> str:
    """
    Shine on what is held before the camera. Main thread only.

    Raises:
        DeviceMissing: If the pin cannot be had.
    """
    with closing(make()) as opened:
        opened.shine(on=True)
        Event().wait(_SHINE_S)
    return "shone"


def button(make: Callable[[], Button]) -> str:
    """
    Take a button's pin for a moment.

    Raises:
        DeviceMissing: If the pin cannot be had.
    """
    with _at_work(make().run) as said:
        _found(said, "button")
    return "its pin answers"


@contextmanager
def _at_work(run: Callable[[Report, Event], None]) -> Iterator["Queue[_Said]"]:
    """A device in a thread of its own, as at a door; what it says comes through the queue."""
    said: Queue[_Said] = Queue()
    stop = Event()

    def work() -> None:
        try:
            run(said.put, stop)
        except Exception as bug:  # noqa: BLE001 - raised by whoever listens
            said.put(bug)

    # A daemon, since a camera may hang in its library for ever.
    thread = Thread(target=work, name="check", daemon=True)
    thread.start()
    try:
        yield said
    finally:
        stop.set()
        thread.join(_END_S)


def _heard(said: "Queue[_Said]", within_s: float) -> _Said | None:
    """The next that a device says; None when it keeps silent so long."""
    try:
        one = said.get(timeout=within_s)
    except Empty:
        return None
    if isinstance(one, Exception):
        raise one
    return one


def _taken(device: _Named, part: str) -> str:
    """What the keyboard calls itself that a device takes."""
    with _at_work(device.run) as said:
        _found(said, part)
    return device.name


def _found(said: "Queue[_Said]", device: str) -> None:
    """Wait until a device says that it is there."""
    until_s = monotonic() + _ANSWER_S
    while (left_s := until_s - monotonic()) > 0:
        one = _heard(said, left_s)
        if isinstance(one, DeviceChange):
            if one.present:
                return
            raise DeviceMissing(one.problem)
    raise DeviceMissing(
        f"{device}: no answer within {_ANSWER_S:.0f} s; check the cable, then start the box again"
    )
