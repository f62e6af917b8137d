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
    QUESTION = "question"
    GUARD = "guard"
    LOCK = "lock"
    UNDO = "undo"
    TOOLS = "tools"


class SignKind(StrEnum):
    """Small signs of what is ill with the box."""

    LINE_DOWN = "line_down"
    CLOCK_UNTRUSTED = "clock_untrusted"
    CAMERA_LOST = "camera_lost"
    KEYPAD_LOST = "keypad_lost"
    READER_LOST = "reader_lost"
    ON_DUTY = "on_duty"
    """Not ill: a guard is on duty, and the words say who."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign and its words."""

    kind: SignKind
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """
    What a key does now: a numbered answer, a line of a menu, or a hint such as `# done`.

    Attributes:
        key: The key, as it stands on the keypad; on a touch screen the choice itself is that key.
        text: What it does.
    """

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """
    A line of a list.

    Attributes:
        text: What it is about: a visitor, abbreviated, or something to wait for.
        detail: When and which way, or how it stands.
        done: Whether it needs no looking at any more: a visit taken back, a step that is done.
    """

    text: str = field(repr=False)
    detail: str = field(default="", repr=False)
    done: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """
    Everything on the screen at one moment, in words; how it looks is the screen's affair.

    Attributes:
        state: Name of the door's state: `waiting`, `typing`, `asking`, `menu`, `saving`, `showing`,
            `setting_up`, `checking`, `out_of_order`.
        mood: Colour of the screen.
        picture: The drawing.
        headline: The one word or sentence that matters.
        name: The visitor, abbreviated; empty when nobody.
        detail: A second line, such as the direction and time.
        note: A third, smaller line, such as how long somebody stayed or what to do instead.
        digits: The number being typed, grouped as people say it, or a dot for each digit that nobody may see.
        types: Whether a number is being typed: the field and the keys are drawn, `digits` may be empty.
        choices: Numbered answers, or the lines of a menu; at most nine.
        rows: A list of people or of steps, at most ten; whole, or one page of it.
        turn: Which page of the list, such as `2/3`; empty for a list of one page.
        keys: What the other keys do.
        aiming: Whether the camera's picture belongs on this screen.
        hint: How to hold a code that is in view and not read; lies over the camera's picture.
        code: What the office's own code says, drawn as a QR code in a corner; empty for none.
        caption: What the office's own code is for.
        notice: The office's words for its visitors, up to four lines; empty for none.
        place: The office.
        door: This door.
        way: The door's direction in words.
        time: Local time, `HH:MM`.
        signs: What is ill with the box, and who is on duty.
        night: Whether the screen should spare the eyes.
        language: Code of the language that the words are in.
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
    types: bool = False
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    turn: str = ""
    keys: tuple[Choice, ...] = ()
    aiming: bool = False
    hint: str = ""
    code: str = ""
    caption: str = ""
    notice: str = ""
    place: str = ""
    door: str = ""
    way: str = ""
    time: str = ""
    signs: tuple[Sign, ...] = ()
    night: bool = False
    language: str = ""
    reason: Reason | None = None
    direction: Direction | None = None
