"""Every setting of a box, with its default and what it may be. Frozen, and checked when it is made."""

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from kiosk.rules import Way
from kiosk.words import languages


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of an error message: what was perhaps meant; empty when nothing is near."""
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"no such time zone{suggestion(name, available_timezones())}")
    return name


def _known_language(code: str) -> str:
    if code not in languages():
        raise ValueError(f"no such language; there are {', '.join(languages())}")
    return code


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("the camera needs an even number")
    return number


def _one_line(text: str) -> str:
    if _HIDDEN.search(text):
        raise ValueError("holds a letter that cannot be seen; type it anew, in one line")
    return text


_HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that break or turn lines: no message may hold them."""

Pin = Annotated[int, Field(ge=0, le=27)]
"""A GPIO number of the Raspberry Pi's 40-pin header, by BCM numbering."""
Seconds = Annotated[float, Field(gt=0, le=3600, strict=False)]
Label = Annotated[
    str, Field(max_length=80, strict=False, coerce_numbers_to_str=True), AfterValidator(_one_line)
]


class _Section(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", strict=True, coerce_numbers_to_str=True
    )


class Kiosk(_Section):
    """This box on the road."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")] = "kiosk-1"
    """Its name in topics: lower-case letters, digits and hyphens; one of a kind."""


class Place(_Section):
    """The office."""

    name: Label = "Ủy ban nhân dân"
    zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Ho_Chi_Minh"
    """Time zone (IANA); its midnight ends the day."""
    language: Annotated[str, AfterValidator(_known_language)] = "vi"
    help_desk: Label = ""
    """Phone number shown when the door is out of order; empty for none."""


class Door(_Section):
    """This door."""

    name: Label = "Cửa chính"
    direction: Annotated[Way, Field(strict=False)] = Way.TOGGLE
    """`in`, `out`, or `toggle` for both."""
    same_code_s: Seconds = 2.5
    """A code seen again within so many seconds is the same showing."""
    result_s: Seconds = 4.0
    """How long an answer stays."""
    typing_s: Seconds = 20.0
    """How long the keypad waits for the next key."""


class Data(_Section):
    """Where the journal lies."""

    folder: Annotated[Path, Field(strict=False)] = Path("/var/lib/entrance-kiosk")
    """With `credentials/` in it, once the box is enrolled."""
    keep_days: Annotated[int, Field(ge=2, le=3650)] = 30
    """Visits that the centre has are forgotten after so many days; others never."""


class Clock(_Section):
    """Who says that the wall clock is right."""

    flag: str = "/run/systemd/timesync/synchronized"
    """A file that the time service touches when it has set the clock; empty: the clock is always right."""


class Trust(_Section):
    """Whose signatures are believed."""

    folder: Annotated[Path, Field(strict=False)] = Path("/etc/entrance-kiosk/trust")
    """Certificates and public keys in PEM; without it, nobody's."""


class Devices(_Section):
    """Which device serves, by its name in the device table."""

    scanner: str = "camera"
    keypad: str = "matrix"
    screen: str = "pygame"
    buzzer: str = "gpio"
    lamp: str = "gpio"


class Camera(_Section):
    """The camera."""

    width_px: Annotated[int, Field(ge=320, le=4608), AfterValidator(_even)] = 1280
    height_px: Annotated[int, Field(ge=240, le=2592), AfterValidator(_even)] = 720
    frames_per_s: Annotated[int, Field(ge=1, le=60)] = 15
    rotation_deg: Literal[0, 90, 180, 270] = 0


class Screen(_Section):
    """The screen."""

    width_px: Annotated[int, Field(ge=480, le=3840)] = 1024
    height_px: Annotated[int, Field(ge=480, le=3840)] = 600
    fullscreen: bool = True
    driver: Literal["auto", "window", "kmsdrm", "dummy"] = "auto"


class Buzzer(_Section):
    """The sounder."""

    pin: Pin = 18


class Lamp(_Section):
    """The coloured light."""

    red_pin: Pin = 17
    green_pin: Pin = 27
    blue_pin: Pin = 22
    active_high: bool = True


class Keypad(_Section):
    """The keys: four rows, three columns."""

    row_pins: Annotated[tuple[Pin, Pin, Pin, Pin], Field(strict=False)] = (5, 6, 13, 19)
    column_pins: Annotated[tuple[Pin, Pin, Pin], Field(strict=False)] = (12, 16, 20)


class Mqtt(_Section):
    """The broker."""

    host: str = "127.0.0.1"
    """On another machine only with TLS."""
    tls: bool = False
    """With the certificate in the credentials of the box."""
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    protocol: Annotated[Literal["5", "3.1.1"], BeforeValidator(str)] = "5"
    keepalive_s: Annotated[int, Field(ge=5, le=600)] = 30

    @model_validator(mode="after")
    def _no_stranger_listens(self) -> Self:
        if not self.tls and self.host not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError(f"host = {self.host!r}: a broker on another machine needs mqtt.tls = true")
        return self


class Settings(_Section):
    """All settings of a box."""

    kiosk: Kiosk = Kiosk()
    place: Place = Place()
    door: Door = Door()
    data: Data = Data()
    clock: Clock = Clock()
    trust: Trust = Trust()
    devices: Devices = Devices()
    camera: Camera = Camera()
    screen: Screen = Screen()
    buzzer: Buzzer = Buzzer()
    lamp: Lamp = Lamp()
    keypad: Keypad = Keypad()
    mqtt: Mqtt = Mqtt()

    @model_validator(mode="after")
    def _no_pin_twice(self) -> Self:
        users: dict[int, list[str]] = {}
        for path, pin in self._pins():
            users.setdefault(pin, []).append(path)
        clashes = [f"GPIO {pin} is {' and '.join(paths)}" for pin, paths in users.items() if len(paths) > 1]
        if clashes:
            raise ValueError(f"{'; '.join(clashes)}: give each its own pin")
        return self

    def _pins(self) -> Iterator[tuple[str, int]]:
        yield "buzzer.pin", self.buzzer.pin
        for name in ("red_pin", "green_pin", "blue_pin"):
            yield f"lamp.{name}", getattr(self.lamp, name)
        for name in ("row_pins", "column_pins"):
            for place, pin in enumerate(getattr(self.keypad, name)):
                yield f"keypad.{name}.{place}", pin

    @property
    def zone(self) -> ZoneInfo:
        """The place's time zone."""
        return ZoneInfo(self.place.zone)
