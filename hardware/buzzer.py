"""The sounder: a passive buzzer on one pin."""

import time
from threading import Event, Lock
from typing import Any

from gpiozero import TonalBuzzer
from gpiozero.tones import Tone

from hardware.pins import missing, pin_errors, real_pins
from kiosk.errors import DeviceClosed
from kiosk.ports import Report
from kiosk.signals import Beep, Cue

LOWEST_HZ = 500
HIGHEST_HZ = 3000
"""Between these, older ears hear well."""

# Two octaves around D6 (1175 Hz) reach from 294 to 4699 Hz.
_MID_TONE = Tone("D6")
_OCTAVES = 2

_LOOK_S = 0.05
"""How soon the end of the door is noticed."""


class GpioBuzzer:
    """
    A passive buzzer, between the pin and ground.

    Args:
        pin: GPIO number. 18 and 12 have a PWM of their own and sound cleanest.
        pin_factory: Where pins come from; None for those of this box.

    Raises:
        DeviceMissing: If the pin cannot be had.
    """

    def __init__(self, *, pin: int = 18, pin_factory: Any = None) -> None:
        pins = real_pins() if pin_factory is None else pin_factory
        try:
            self._buzzer = TonalBuzzer(pin, mid_tone=_MID_TONE, octaves=_OCTAVES, pin_factory=pins)
        except pin_errors() as error:
            raise missing(f"buzzer.pin = {pin}", error) from error
        self._lock = Lock()
        self._asked = Event()
        self._cue: Cue | None = None
        self._closed = False

    def play(self, cue: Cue) -> None:
        """
        Sound a cue and return at once. Any thread.

        A cue already sounding is cut short. It sounds only while `run()` runs.

        Args:
            cue: Beeps in milliseconds; an empty cue is silence.

        Raises:
            DeviceClosed: If the buzzer was closed.
            ValueError: If a tone lies outside 500 to 3000 Hz.
        """
        for beep in cue.beeps:
            if beep.hz and not LOWEST_HZ <= beep.hz <= HIGHEST_HZ:
                raise ValueError(
                    f"cue {cue.name}: {beep.hz} Hz; take {LOWEST_HZ} to {HIGHEST_HZ}, or 0 for a rest"
                )
        with self._lock:
            if self._closed:
                raise DeviceClosed("the buzzer was closed; make a new one")
            self._cue = cue
            self._asked.set()

    def run(self, report: Report, stop: Event) -> None:  # noqa: ARG002 - a buzzer has nothing to report
        """Play what `play()` asks for until `stop` is set; silent afterwards, even in mid-beep."""
        try:
            while not stop.is_set():
                if self._asked.wait(_LOOK_S):
                    with self._lock:
                        if self._closed:
                            return
                        cue, self._cue = self._cue, None
                        self._asked.clear()
                    self._sound(cue.beeps if cue else (), stop)
        finally:
            self._tone(0)

    def close(self) -> None:
        """Fall silent and give the pin back. Calling it twice does no harm."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._asked.set()
                self._buzzer.close()

    def _sound(self, beeps: tuple[Beep, ...], stop: Event) -> None:
        for beep in beeps:
            self._tone(beep.hz)
            if self._cut_short(beep.ms / 1000, stop):
                break
        self._tone(0)

    def _cut_short(self, seconds: float, stop: Event) -> bool:
        """Let time pass; true as soon as another cue is asked for, or the door ends."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._asked.wait(min(left, _LOOK_S)) or stop.is_set():
                return True
        return False

    def _tone(self, hz: int) -> None:
        with self._lock:
            if not self._closed:
                self._buzzer.play(Tone.from_frequency(hz) if hz else None)
