"""
Tries the parts of a box one by one, for `kiosk check`.

Every function tries one part, says in a few words what works, and gives everything back. A part that does not
work is an exception of `kiosk.errors`, whose message holds the remedy. Pictures are thrown away unseen.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from ctypes import POINTER, byref, c_int, c_uint
from importlib.metadata import PackageNotFoundError, version
from queue import Empty, Queue
from threading import Event, Thread
from time import monotonic
from typing import Any, Protocol, TypeAlias

import numpy as np

from hardware.frame import Luma
from hardware.viewfinder import VIEWFINDER
from hardware.zbar import Zbar
from hardware.zxing import Zxing
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.ports import Buzzer, Keypad, Lamp, Report, Scanner, Told
from kiosk.reports import DeviceChange
from kiosk.signals import Beep, Colour, Cue, Glow

_ANSWER_S = 10.0
"""How long a device may take to say whether it is there."""
_END_S = 5.0
"""How long it may take to end."""
_LOOK_S = 0.02
_SHINE_S = 0.3

_CUE = Cue("check", (Beep(1047, 110), Beep(0, 30), Beep(1568, 110)))

_TEXT = b"entrance-kiosk"
# A QR code that says just that, a row a number; drawing one would need a library that a box does not have.
_ROWS = (
    0x1FC87F, 0x104441, 0x17435D, 0x174D5D, 0x17455D, 0x105C41, 0x1FD57F,
    0x000100, 0x12D2A0, 0x1F9337, 0x114B61, 0x0A13D9, 0x0A4D1B, 0x0011E1,
    0x1FCDBE, 0x105933, 0x1742B8, 0x1759B3, 0x1743B1, 0x104890, 0x1FD25A,
)  # fmt: skip
_MODULE_PX = 6
_QUIET_MODULES = 4

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


class _Engine(Protocol):
    def read(self, luma: Luma) -> list[bytes]: ...


def zxing() -> str:
    """
    Read a small code with the first engine.

    Returns:
        Its name and version.

    Raises:
        DeviceMissing: If it is not installed, or cannot be used.
        DeviceLost: If it does not read the code.
    """
    remedy = "pip install --force-reinstall zxing-cpp"
    try:
        engine = Zxing()
    except ModuleNotFoundError as problem:
        raise DeviceMissing("zxing-cpp is missing: pip install zxing-cpp") from problem
    except ImportError as problem:
        raise DeviceMissing(f"zxing-cpp cannot be used ({problem}): {remedy}") from problem
    _read_by(engine, "zxing-cpp", remedy)
    try:
        return f"zxing-cpp {version('zxing-cpp')}"
    except PackageNotFoundError:
        return "zxing-cpp"


def zbar() -> str:
    """
    Read a small code with the second engine.

    Returns:
        Its name and version: of libzbar, which does the work, not of pyzbar.

    Raises:
        DeviceMissing: If pyzbar or libzbar is not installed, or libzbar is too old.
        DeviceLost: If it does not read the code.
    """
    remedy = "sudo apt install libzbar0"
    try:
        engine = Zbar()
    except ModuleNotFoundError as problem:
        raise DeviceMissing("pyzbar is missing: pip install pyzbar") from problem
    except ImportError as problem:
        raise DeviceMissing(f"zbar cannot be used ({problem}): {remedy}") from problem
    _read_by(engine, "zbar", remedy)
    return f"zbar {_zbar_version()}"


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


def _read_by(engine: _Engine, name: str, remedy: str) -> None:
    rows = np.array([[row >> bit & 1 for bit in reversed(range(len(_ROWS)))] for row in _ROWS], np.uint8)
    modules = np.pad(1 - rows, _QUIET_MODULES, constant_values=1) * np.uint8(255)
    luma: Luma = modules.repeat(_MODULE_PX, axis=0).repeat(_MODULE_PX, axis=1)
    if engine.read(luma) != [_TEXT]:
        raise DeviceLost(f"{name} does not read a plain code: {remedy}")


def _zbar_version() -> str:
    from pyzbar import wrapper  # noqa: PLC0415  # looks for libzbar when imported

    # pyzbar's own zbar_version passes two numbers, and libzbar writes a third.
    ask: Any = wrapper.zbar_function("zbar_version", c_int, *[POINTER(c_uint)] * 3)
    numbers = (c_uint(), c_uint(), c_uint())
    ask(*(byref(number) for number in numbers))
    return ".".join(str(number.value) for number in numbers)


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
