"""All that a door can show and sound."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.model import Direction, Reason


class Colour(StrEnum):
    """Colours that the lamp can take."""

    OFF = "off"
    DIM_WHITE = "dim white"
    WHITE = "white"
    GREEN = "green"
    BLUE = "blue"
    AMBER = "amber"
    RED = "red"


class Pattern(StrEnum):
    """How the lamp holds its colour."""

    STEADY = "steady"
    BLINKING = "blinking"
    """Half a second on, half a second off: 1 Hz, below the 3 Hz that can trigger a seizure."""
    BREATHING = "breathing"
    """Swelling and fading, four seconds a breath."""


@dataclass(frozen=True, slots=True)
class Glow:
    """What the lamp does."""

    colour: Colour
    pattern: Pattern = Pattern.STEADY

    def __str__(self) -> str:
        return f"{self.colour}" if self.pattern is Pattern.STEADY else f"{self.colour} {self.pattern}"


@dataclass(frozen=True, slots=True)
class Beep:
    """One tone, `hz` hertz for `ms` milliseconds; 0 Hz is a rest."""

    hz: int
    ms: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A short pattern of tones with a name. No beeps is silence."""

    name: str
    beeps: tuple[Beep, ...] = ()


class Mood(StrEnum):
    """The colour of a screen; never the only sign of a result."""

    NEUTRAL = "neutral"
    GREEN = "green"
    BLUE = "blue"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


class Picture(StrEnum):
    """The drawing beside the words, for those who do not read."""

    NONE = "none"
    CARD = "card"
    TICK = "tick"
    ARROW_OUT = "arrow_out"
    CLOCK = "clock"
    CROSSED_CODE = "crossed_code"
    KEYPAD = "keypad"
    CROSS = "cross"
    PAUSE = "pause"


class SignKind(StrEnum):
    """Small signs of what is ill with the box."""

    LINE_DOWN = "line_down"
    CLOCK_UNTRUSTED = "clock_untrusted"
    CAMERA_LOST = "camera_lost"
    KEYPAD_LOST = "keypad_lost"


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign and its words."""

    kind: SignKind
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """
    Everything on the screen at one moment, in words; how it looks is the screen's affair.

    Attributes:
        state: Name of the door's state: `waiting`, `typing`, `saving`, `showing`, `out_of_order`.
        mood: Colour of the screen.
        picture: The drawing.
        headline: The one word or sentence that matters.
        name: The visitor, abbreviated; empty when nobody.
        detail: A second line, such as the direction and time.
        note: A third, smaller line, such as how long somebody stayed or what to do instead.
        digits: The number being typed, grouped as people say it; empty when none.
        keys: What the special keys do, such as `* xoá   # xong`.
        aiming: Whether the camera's picture belongs on this screen.
        place: The office.
        door: This door.
        way: The door's direction in words.
        time: Local time, `HH:MM`.
        signs: What is ill with the box.
        reason: Stable code of the answer shown; None while nothing is answered.
        direction: Way of the visit shown; None when there is none.
    """

    state: str
    mood: Mood
    picture: Picture
    headline: str
    name: str = field(default="", repr=False)
    detail: str = field(default="", repr=False)
    note: str = ""
    digits: str = field(default="", repr=False)
    keys: str = ""
    aiming: bool = False
    place: str = ""
    door: str = ""
    way: str = ""
    time: str = ""
    signs: tuple[Sign, ...] = ()
    reason: Reason | None = None
    direction: Direction | None = None
