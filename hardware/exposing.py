"""
How a camera's exposure is stepped while a code is seen and not read.

The automatic exposure is right for the whole room, and may be wrong for the code: a phone's screen dazzles, a
card lies in the shadow of the hand, what moves is blurred. So a few other exposures are tried, a third of a
second each, then the automatic one again, and so on until the code is read or gone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from kiosk.glimpse import Glimpse

PATIENCE_FRAMES = 6
"""So many frames with a code that is not read pass first: most are read by then."""
STEP_FRAMES = 6
"""How long each exposure is kept; a Pi's sensor takes it up after two or three frames."""
GONE_FRAMES = 8
"""After so many frames with nothing unread, the automatic exposure is back."""

Step: TypeAlias = tuple[float, float]
"""By how much the time and the gain of the automatic exposure are multiplied."""

LADDERS: dict[Glimpse, tuple[Step, ...]] = {
    Glimpse.TOO_BRIGHT: ((1 / 2, 1), (1 / 4, 1), (1 / 8, 1)),
    Glimpse.TOO_DARK: ((1, 2), (1, 4), (2, 2)),
    # As bright, and sharper; then darker too, since gain may be at its end.
    Glimpse.TOO_BLURRED: ((1 / 2, 2), (1 / 4, 4), (1 / 2, 1)),
    Glimpse.UNCLEAR: ((1 / 2, 1), (1, 2), (1 / 4, 1)),
}
"""What is tried, by what is wrong. What no exposure mends is not here."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """
    One exposure.

    Attributes:
        time_us: How long light falls on the sensor, in microseconds.
        gain: By how much its signal is amplified, 1 or more.
    """

    time_us: int
    gain: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What a camera can do: the least and the most of both."""

    least: Exposure
    most: Exposure

    def within(self, time_us: float, gain: float) -> Exposure:
        """The exposure nearest to what is asked for."""
        return Exposure(
            round(min(max(time_us, self.least.time_us), self.most.time_us)),
            min(max(gain, self.least.gain), self.most.gain),
        )


class Stepping:
    """
    Tells which exposure to take next. For one stream of frames, and one thread.

    Args:
        limits: What the camera can do.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._nothing = 0
        self._unread = 0
        self._left: Iterator[Step] = iter(())
        self._automatic = limits.least
        self._exposure: Exposure | None = None

    def after(self, glimpse: Glimpse, taken: Callable[[], Exposure]) -> Exposure | None:
        """
        The exposure for the frames to come; None for the automatic one.

        Args:
            glimpse: What the last frame showed of a code that was not read.
            taken: Asks how the last frame was exposed; only while that was automatic.
        """
        if glimpse is Glimpse.NOTHING:
            self._nothing += 1
            if self._nothing >= GONE_FRAMES:
                self._forget()
        else:
            self._nothing = 0
        if glimpse in LADDERS:
            self._climb(glimpse, taken)
        return self._exposure

    def _climb(self, glimpse: Glimpse, taken: Callable[[], Exposure]) -> None:
        self._unread += 1
        over = self._unread - PATIENCE_FRAMES
        if over < 0 or over % STEP_FRAMES:
            return
        if self._exposure is None:
            # What is wrong under a stepped exposure may be the step's own doing: only now it is asked for.
            self._left = iter(LADDERS[glimpse])
            self._automatic = taken()
        step = next(self._left, None)
        # After the last step it is automatic again for as long, and the room may have changed.
        self._exposure = self._stepped(*step) if step else None

    def _stepped(self, time: float, gain: float) -> Exposure:
        return self._limits.within(self._automatic.time_us * time, self._automatic.gain * gain)

    def _forget(self) -> None:
        self._unread = 0
        self._exposure = None
