"""The sections of the settings that say which devices a box has and how they are wired."""

from datetime import time
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Section(BaseModel):
    """A table of the settings file: frozen, and nothing in it that is not known."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", strict=True, coerce_numbers_to_str=True
    )


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("the camera needs an even number")
    return number


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _time_of_day(text: str) -> str:
    if text:
        try:
            time.fromisoformat(text)
        except ValueError:
            raise ValueError('no time of day; write it as "19:30", or leave it empty') from None
    return text


Pin = Annotated[int, Field(ge=0, le=27)]
"""A GPIO number of the Raspberry Pi's 40-pin header, by BCM numbering."""
Percent = Annotated[int, Field(ge=0, le=100)]
TimeOfDay = Annotated[str, Field(pattern=r"^([0-2][0-9]:[0-5][0-9])?$"), AfterValidator(_time_of_day)]
"""`HH:MM` of the place's zone; empty for never."""
Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1, max_length=4, strict=False)]
"""One name, or several in a list."""


class Devices(Section):
    """Which device serves, by its name in the device table."""

    scanner: Names = ("camera",)
    """One, or several that read at the same time: `camera`, `wedge`, `serial`."""
    keypad: Names = ("matrix",)
    """One, or several: `matrix`, `usb`."""
    screen: str = "pygame"
    buzzer: str = "tonal"
    """`tonal` is a passive buzzer, `plain` one that knows only its own tone."""
    lamp: str = "rgb"
    voice: str = "none"
    """`files` says recorded phrases through the loudspeaker."""
    light: str = "none"
    """`gpio` lights what is held before the camera."""
    button: str = "none"
    """`gpio` is one inside the box that opens setting up."""


class Camera(Section):
    """The camera."""

    kind: Literal["auto", "pi", "usb"] = "auto"
    """`auto` is the Raspberry Pi's own if there is one, else one on USB."""
    device: str = ""
    """The file of one on USB; empty for the first that gives pictures."""
    width_px: Annotated[int, Field(ge=320, le=4608), AfterValidator(_even)] = 1280
    height_px: Annotated[int, Field(ge=240, le=2592), AfterValidator(_even)] = 720
    frames_per_s: Annotated[int, Field(ge=1, le=60)] = 15
    rotation_deg: Literal[0, 90, 180, 270] = 0
    detail: Literal["none", "half", "full"] = "half"
    """How much of the sensor's resolution a closer look at small codes has."""
    mains_hz: Literal[0, 50, 60] = 50
    """Of the current that feeds the lamps; 0 for lamps that do not flicker."""


class Screen(Section):
    """The screen."""

    width_px: Annotated[int, Field(ge=480, le=3840)] = 1024
    height_px: Annotated[int, Field(ge=480, le=3840)] = 600
    fullscreen: bool = True
    driver: Literal["auto", "window", "kmsdrm", "fbdev", "dummy"] = "auto"
    touch: bool = False
    """Whether fingers can press the keys drawn on it."""
    night: Literal["dark", "off"] = "dark"
    """What it is at night while nobody is there; whatever happens switches it on."""
    night_from: TimeOfDay = ""
    """When the screen turns dark, in the place's zone; empty for never."""
    night_until: TimeOfDay = "06:00"


class Buzzer(Section):
    """The sounder."""

    pin: Pin = 18
    active_high: bool = True
    """False for one that sounds while its pin is low."""


class Lamp(Section):
    """The coloured light."""

    red_pin: Pin = 17
    green_pin: Pin = 27
    blue_pin: Pin = 22
    active_high: bool = True


class Light(Section):
    """The white light on what is held before the camera; it is off in the hours of the night."""

    pin: Pin = 21
    percent: Annotated[int, Field(ge=1, le=100)] = 100
    """How bright it shines."""
    active_high: bool = True
    """False for one that shines while its pin is low."""


class Button(Section):
    """The button inside the box, between its pin and ground."""

    pin: Pin = 26
    hold_s: Annotated[float, Field(gt=0, le=60, strict=False)] = 3.0
    """How long it must be held."""


class Sound(Section):
    """How loud the door is."""

    volume: Percent = 100
    quiet_from: TimeOfDay = ""
    """From when on it is softer, in the place's zone; empty for never. The alarm is never softer."""
    quiet_until: TimeOfDay = "06:00"
    quiet_volume: Percent = 20
    """How loud in these hours; 0 is silence."""


class Voice(Section):
    """Phrases through the loudspeaker."""

    folder: Annotated[Path, Field(strict=False)] = Path("/var/lib/entrance-kiosk/phrases")
    """With a folder for each language, and in it a file for each phrase, such as `vi/welcome.wav`."""


class Keypad(Section):
    """The keys: four rows, and three columns or four."""

    row_pins: Annotated[tuple[Pin, Pin, Pin, Pin], Field(strict=False)] = (5, 6, 13, 19)
    column_pins: Annotated[tuple[Pin, ...], Field(min_length=3, max_length=4, strict=False)] = (12, 16, 20)


class Usb(Section):
    """A numeric pad on USB."""

    device: str = ""
    """Its file, such as `by-id/usb-…-event-kbd` below `/dev/input`; empty for the one plugged in."""


class Wedge(Section):
    """A code reader on USB that types what it reads."""

    device: str = ""
    """Its file, such as `by-id/usb-…-event-kbd` below `/dev/input`; empty for the one plugged in."""


class Serial(Section):
    """A code reader on a serial line."""

    device: str = "/dev/ttyACM0"
    """Its file; that of a reader on USB is named after it in `/dev/serial/by-id`."""
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600] = 9600
    """Bits a second; a reader on USB takes any."""
