"""A simulated door whose devices somebody else works, at the other end of a stream."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any, Protocol, TypeVar

import numpy as np

from hardware.simulated.button import SimulatedButton
from hardware.simulated.buzzer import SimulatedBuzzer
from hardware.simulated.keypad import SimulatedKeypad
from hardware.simulated.lamp import SimulatedLamp
from hardware.simulated.light import SimulatedLight
from hardware.simulated.panel import wire
from hardware.simulated.panel.outlook import Outlook
from hardware.simulated.panel.stream import Garbled, Stream
from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.screen import SimulatedScreen
from hardware.simulated.voice import SimulatedVoice
from kiosk.errors import SettingsError
from kiosk.ports import Report
from kiosk.reports import Closing

_BEGIN_S = 10.0
"""How long the panel may take to begin."""

_Twin = TypeVar("_Twin")


class Devices(Protocol):
    """The devices of one door (`kiosk.devices.Devices`)."""

    scanner: Any
    keypad: Any
    screen: Any
    buzzer: Any
    lamp: Any
    voice: Any
    light: Any
    button: Any


class Panel:
    """
    The panel of one door, that has begun.

    Args:
        number: The file descriptor of a connected stream socket that was handed down to this process.

    Raises:
        SettingsError: If it is none, or the panel does not begin.
    """

    def __init__(self, number: int) -> None:
        self._stream = Stream(number)
        self._outlook = Outlook()
        self._begin = _begun(self._stream, number)
        self._wall_offset_s = self._begin.wall_offset_s
        self._holding: Thread | None = None

    def wall(self) -> float:
        """Seconds since 1970 by the wall clock of the box, right or wrong. Any thread."""
        return time.time() + self._wall_offset_s

    def attach(self, devices: Devices) -> None:
        """
        Take hold of the devices, before the door opens.

        Raises:
            SettingsError: If one is not the twin that a panel works.
        """
        parts = getattr(devices.scanner, "parts", {})
        self._camera = _twin("scanner", parts.get("simulated", devices.scanner), SimulatedScanner)
        self._keypad = _twin("keypad", devices.keypad, SimulatedKeypad)
        self._button = _twin("button", devices.button, SimulatedButton)
        screen = _twin("screen", devices.screen, SimulatedScreen)
        outlook = self._outlook
        outlook.opened(screen.size_px, self._keypad.keys)
        screen.watch(outlook.shows)
        _twin("lamp", devices.lamp, SimulatedLamp).watch(outlook.glows)
        _twin("buzzer", devices.buzzer, SimulatedBuzzer).watch(outlook.plays)
        _twin("voice", devices.voice, SimulatedVoice).watch(outlook.says)
        _twin("light", devices.light, SimulatedLight).watch(outlook.shines)
        for cable in self._begin.unplugged:
            self._plug(cable, is_in=False)

    def listen(self, report: Report, stop: Event, complain: Callable[[str], None]) -> None:
        """
        Do what the panel says until it closes the stream, or `stop` is set; then `tell()` ends too.

        Args:
            report: Takes the `Closing` when the panel is done, or gone.
            stop: Ends it, soon.
            complain: Takes one line when what the panel says is no message; the door closes then.
        """
        try:
            while (message := self._stream.next(stop)) is not None:
                self._do(message, stop)
        except Garbled:
            complain("--panel: what the panel said is no message; the door closes")
        finally:
            self._outlook.end()
            self._stream.end()
        if not stop.is_set():
            report(Closing())

    def tell(self) -> None:
        """Tell the panel all that the devices show and sound, until `listen()` ends."""
        try:
            self._outlook.send(self._stream)
        except OSError:
            # The panel is gone: so `listen()` hears it, should it not have yet.
            self._stream.end()

    def _do(self, message: wire.ToDoor, stop: Event) -> None:
        match message:
            case wire.Seen(width_px, height_px, luma):
                if len(luma) != width_px * height_px:
                    raise Garbled
                self._camera.see(np.frombuffer(luma, np.uint8).reshape(height_px, width_px))
            case wire.NothingSeen():
                self._camera.see_room()
            case wire.Pressed(key):
                if key in tuple(self._keypad.keys):
                    self._keypad.press(key)
            case wire.Plugged(cable, is_in):
                self._plug(cable, is_in=is_in)
            case wire.ButtonHeld():
                self._hold_button(stop)
            case wire.WallSet(offset_s, flag):
                self._set_wall(offset_s, flag)
            case wire.Begin():
                raise Garbled

    def _plug(self, cable: wire.Cable, *, is_in: bool) -> None:
        device = self._camera if cable == "camera" else self._keypad
        if is_in:
            device.find()
        else:
            device.lose()

    def _set_wall(self, offset_s: float, flag: str) -> None:
        self._wall_offset_s = offset_s
        if flag:
            Path(flag).touch()

    def _hold_button(self, stop: Event) -> None:
        """In a thread of its own, since that takes seconds; whoever holds it already does not begin anew."""
        if self._holding is None or not self._holding.is_alive():
            hold = self._button.hold_until_it_counts
            self._holding = Thread(target=lambda: hold(stop), name="panel's button", daemon=True)
            self._holding.start()


def _begun(stream: Stream, number: int) -> wire.Begin:
    """What the panel begins with."""
    too_long = Event()
    timer = Timer(_BEGIN_S, too_long.set)
    timer.daemon = True
    timer.start()
    try:
        message = stream.next(too_long)
    except Garbled:
        message = None
    finally:
        timer.cancel()
    if not isinstance(message, wire.Begin):
        raise SettingsError(f"--panel {number}: nobody begins there; have a panel say `begin` first")
    return message


def _twin(kind: str, device: object, made: type[_Twin]) -> _Twin:
    if not isinstance(device, made):
        raise SettingsError(f"--panel: devices.{kind} is not the simulated one; leave devices.* as they are")
    return device
