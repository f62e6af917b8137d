"""The sounder: a passive buzzer on one pin, or an active one, which knows only its own tone."""

import time
from abc import ABC, abstractmethod
from threading import Event, Lock
from typing import Any

from gpiozero import Buzzer, PWMOutputDevice

from hardware.loudness import duty
from hardware.pins import missing, pin_errors, real_pins
from kiosk.errors import DeviceClosed
from kiosk.ports import Report
from kiosk.signals import Beep, Cue

LOWEST_HZ = 500
HIGHEST_HZ = 3000
"""Between these, older ears hear well."""

_LOOK_S = 0.05
"""How soon the end of the door is noticed."""


class _PinBuzzer(ABC):
    """
    Whatever sounds on one pin.

    Args:
        pin: GPIO number.
        active_high: False where it sounds while the pin is low, as behind a PNP transistor.
        pin_factory: Where pins come from; None for those of this box.

    Raises:
        DeviceMissing: If the pin cannot be had.
    """

    _make: type[PWMOutputDevice | Buzzer]

    def __init__(self, *, pin: int = 18, active_high: bool = True, pin_factory: Any = None) -> None:
        pins = real_pins() if pin_factory is None else pin_factory
        try:
            self._output: Any = self._make(pin, active_high=active_high, pin_factory=pins)
            self._tone(0, 0)
        except pin_errors() as error:
            raise missing(f"buzzer.pin = {pin}", error) from error
        self._lock = Lock()
        self._asked = Event()
        self._silent = Event()
        self._silent.set()
        self._next: tuple[Cue, int] | None = None
        self._closed = False

    def play(self, cue: Cue, volume: int = 100) -> None:
        """
        Sound a cue and return at once. Any thread.

        A cue already sounding is cut short. It sounds only while `run()` runs.

        Args:
            cue: Beeps in milliseconds; an empty cue is silence.
            volume: 0 to 100; 0 is silence.

        Raises:
            DeviceClosed: If the buzzer was closed.
            ValueError: If a tone lies outside 500 to 3000 Hz, or the volume outside 0 to 100.
        """
        duty(volume)
        for beep in cue.beeps:
            if beep.hz and not LOWEST_HZ <= beep.hz <= HIGHEST_HZ:
                raise ValueError(
                    f"cue {cue.name}: {beep.hz} Hz; take {LOWEST_HZ} to {HIGHEST_HZ}, or 0 for a rest"
                )
        with self._lock:
            if self._closed:
                raise DeviceClosed("the buzzer was closed; make a new one")
            self._next = cue, volume
            self._silent.clear()
            self._asked.set()

    def finish(self, within_s: float) -> bool:
        """Wait until what was asked for has sounded, or so many seconds at most; whether it has."""
        return self._silent.wait(within_s)

    def run(self, report: Report, stop: Event) -> None:  # noqa: ARG002 - a buzzer has nothing to report
        """Play what `play()` asks for until `stop` is set; silent afterwards, even in mid-beep."""
        try:
            while not stop.is_set() and not self._closed:
                if self._asked.wait(_LOOK_S):
                    self._sound_next(stop)
        finally:
            self._set(0, 0)
            self._silent.set()

    def close(self) -> None:
        """Fall silent and give the pin back. Calling it twice does no harm."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._asked.set()
                self._output.close()

    @abstractmethod
    def _tone(self, hz: int, volume: int) -> None:
        """Begin a tone, or silence at 0 Hz or volume 0. Only with the lock, and never after `close()`."""

    def _sound_next(self, stop: Event) -> None:
        with self._lock:
            asked, self._next = self._next, None
            self._asked.clear()
        if asked is not None:
            cue, volume = asked
            self._sound(cue.beeps, volume, stop)
        with self._lock:
            if self._next is None:
                self._silent.set()

    def _sound(self, beeps: tuple[Beep, ...], volume: int, stop: Event) -> None:
        for beep in beeps:
            self._set(beep.hz, volume)
            if self._cut_short(beep.ms / 1000, stop):
                break
        self._set(0, 0)

    def _cut_short(self, seconds: float, stop: Event) -> bool:
        """Let time pass; true as soon as another cue is asked for, or the door ends."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._asked.wait(min(left, _LOOK_S)) or stop.is_set():
                return True
        return False

    def _set(self, hz: int, volume: int) -> None:
        with self._lock:
            if not self._closed:
                self._tone(hz, volume)


class TonalBuzzer(_PinBuzzer):
    """
    A passive buzzer, between the pin and ground: it plays tones, and softer ones by shorter pulses.

    Args:
        pin: GPIO number.
        active_high: False where it is driven while the pin is low, as behind a PNP transistor.
        pin_factory: Where pins come from; None for those of this box.

    Raises:
        DeviceMissing: If the pin cannot be had.
    """

    _make = PWMOutputDevice

    def _tone(self, hz: int, volume: int) -> None:
        if hz and volume:
            self._output.frequency = hz
            self._output.value = duty(volume)
        else:
            self._output.frequency = None
            self._output.off()


class PlainBuzzer(_PinBuzzer):
    """
    An active buzzer, which knows only its own tone: a cue's rhythm is heard, at full volume or not at all.

    Args:
        pin: GPIO number.
        active_high: False for one that sounds while the pin is low, as many on small boards do.
        pin_factory: Where pins come from; None for those of this box.

    Raises:
        DeviceMissing: If the pin cannot be had.
    """

    _make = Buzzer

    def _tone(self, hz: int, volume: int) -> None:
        if hz and volume:
            self._output.on()
        else:
            self._output.off()
