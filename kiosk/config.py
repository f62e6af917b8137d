"""
The settings of a box: frozen, in layers, with every fault told at once.

Layers, later over earlier: the defaults below; the settings file; `KIOSK_…` of the environment and
`--data`, `--set path=value` of the command line. `systemd/kiosk.toml` is the same in commented form.
"""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kiosk.errors import SettingsError
from kiosk.rules import Way
from kiosk.words import languages

SETTINGS_FILE = Path("/etc/entrance-kiosk/kiosk.toml")
"""Read when it is there and no other file is named."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"no such time zone{_suggestion(name, available_timezones())}")
    return name


def _known_language(code: str) -> str:
    if code not in languages():
        raise ValueError(f"no such language; there are {', '.join(languages())}")
    return code


Pin = Annotated[int, Field(ge=0, le=27)]
"""A GPIO number of the Raspberry Pi's 40-pin header, by BCM numbering."""
Seconds = Annotated[float, Field(gt=0, le=3600, strict=False)]
Label = Annotated[str, Field(max_length=80)]


class _Section(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", strict=True)


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


class Devices(_Section):
    """Which device serves, by its name in the device table."""

    scanner: str = "camera"
    keypad: str = "matrix"
    screen: str = "pygame"
    buzzer: str = "gpio"
    lamp: str = "gpio"


class Camera(_Section):
    """The camera."""

    width_px: Annotated[int, Field(ge=320, le=4608)] = 1280
    height_px: Annotated[int, Field(ge=240, le=3456)] = 720
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

    host: Annotated[str, Field(min_length=1, max_length=253)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    protocol: Literal["5", "3.1.1"] = "5"
    keepalive_s: Annotated[int, Field(ge=5, le=600)] = 30


class Settings(_Section):
    """All settings of a box."""

    kiosk: Kiosk = Kiosk()
    place: Place = Place()
    door: Door = Door()
    data: Data = Data()
    devices: Devices = Devices()
    camera: Camera = Camera()
    screen: Screen = Screen()
    buzzer: Buzzer = Buzzer()
    lamp: Lamp = Lamp()
    keypad: Keypad = Keypad()
    mqtt: Mqtt = Mqtt()

    @property
    def zone(self) -> ZoneInfo:
        """The place's time zone."""
        return ZoneInfo(self.place.zone)


def load(file: Path | None, *layers: Mapping[str, Any]) -> Settings:
    """
    The settings of this box.

    Args:
        file: A settings file; None for `/etc/entrance-kiosk/kiosk.toml` if there is one.
        layers: Trees of settings laid over the file, later over earlier.

    Raises:
        SettingsError: If the file cannot be read or any setting is wrong; the message has all of them.
    """
    tree = _read(file) if file is not None or SETTINGS_FILE.exists() else {}
    for layer in layers:
        tree = _laid_over(tree, layer)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise SettingsError("\n".join(_faults(error))) from None


def assignment(text: str) -> dict[str, Any]:
    """
    `path=value` as a layer of settings; the value is TOML, or else plain text.

    Raises:
        SettingsError: If there is no `=`.
    """
    path, equals, value = text.partition("=")
    if not equals:
        raise SettingsError(f"--set {text}: not path=value, such as door.direction=in")
    try:
        tree: Any = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        tree = value
    for key in reversed(path.strip().split(".")):
        tree = {key: tree}
    return dict(tree)


def _read(file: Path | None) -> dict[str, Any]:
    path = file or SETTINGS_FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"settings file {path}: {error.strerror}; name another with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {path}: not TOML: {error}; see toml.io") from None


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    tree = dict(below)
    for key, value in above.items():
        beneath = tree.get(key)
        both = isinstance(value, Mapping) and isinstance(beneath, Mapping)
        tree[key] = _laid_over(beneath, value) if both else value  # type: ignore[arg-type]
    return tree


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        path = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            yield f"{path}: no such setting{_suggestion(path, _paths())}"
        else:
            said = fault["msg"].removeprefix("Value error, ")
            yield f"{path} = {fault['input']!r}: {said[0].lower()}{said[1:]}"


def _paths() -> set[str]:
    sections = Settings.model_fields
    inner = {
        f"{section}.{name}"
        for section, info in sections.items()
        for name in getattr(info.annotation, "model_fields", {})
    }
    return inner | set(sections)


def _suggestion(word: str, known: set[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
