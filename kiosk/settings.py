"""Every setting of a box, with its default and what it may be. Frozen, and checked when it is made."""

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, field_serializer, model_validator

from kiosk.fields import visible
from kiosk.rules import Way
from kiosk.wiring import (
    Button,
    Buzzer,
    Camera,
    Devices,
    Keypad,
    Lamp,
    Light,
    Screen,
    Section,
    Serial,
    Sound,
    Usb,
    Voice,
    Wedge,
)
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


def _one_line(text: str) -> str:
    if visible(text) != text:
        raise ValueError("holds a letter that cannot be seen; type it anew, in one line")
    return text


_HOST = re.compile(r"[^,:/\[\]]+|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%\w+)?")
"""A name, or an address of IPv4, or one of IPv6 without its brackets."""


def _named(hosts: str) -> str:
    if not hosts.split():
        raise ValueError("names no machine; leave it out for a broker on the box itself")
    for host in hosts.split():
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host}: give names or addresses, with spaces between; the port is mqtt.port")
    return hosts


Seconds = Annotated[float, Field(gt=0, le=3600, strict=False)]
Label = Annotated[
    str, Field(max_length=80, strict=False, coerce_numbers_to_str=True), AfterValidator(_one_line)
]


def _assure_different(what: str, field: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{what}: {field} {', '.join(twice)} stands twice; give each its own")


Notice = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Sentence = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_one_line)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]
"""A name that stays when the words change."""


class Kiosk(Section):
    """This box on the road."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")] = "kiosk-1"
    """Its name in topics: lower-case letters, digits and hyphens; one of a kind."""
    sets_up: bool = True
    """Whether a set-up code held to its camera makes it a centre's: while it is nobody's, or was opened."""


class Place(Section):
    """The office."""

    name: Label = "Ủy ban nhân dân"
    zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Ho_Chi_Minh"
    """Time zone (IANA); its midnight ends the day."""
    languages: Annotated[
        tuple[Annotated[str, AfterValidator(_known_language)], ...],
        Field(min_length=1, max_length=8, strict=False),
    ] = ("vi", "en")
    """Languages of the screen: the first greets, a key changes to the others."""
    help_desk: Label = ""
    """Phone number shown when the door is out of order; empty for none."""
    hours: Label = ""
    """When the office is open, in its own words."""
    notice: Notice = ""
    """A line for the visitors on the screen; empty for none."""
    code: Annotated[str, Field(pattern=r"^(https?://[!-~]{1,180})?$")] = ""
    """The office's own code: a web address that any phone opens; empty for none."""
    code_changes: bool = False
    """Whether it has a token that changes each minute, on a box that is enrolled."""
    self_service: bool = True
    """Whether visitors may key in their own number without a guard. Such visits are marked unverified."""
    asks_phone: bool = False
    """Whether who comes in with a card that holds no phone number is asked for one."""


class Door(Section):
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
    asking_s: Seconds = 20.0
    """How long a question waits for an answer; then the visit stands without it."""
    language_s: Seconds = 30.0
    """How long nobody must be at the door before it speaks its first language again."""
    duty_s: Annotated[float, Field(gt=0, le=86_400, strict=False)] = 1800.0
    """How long a guard's turn of duty lasts."""
    take_back_s: Seconds = 120.0
    """How long a visit can be taken back."""
    setup_s: Seconds = 600.0
    """How long a technician opens the box for set-up codes, once it is enrolled."""


class Data(Section):
    """Where the journal lies."""

    folder: Annotated[Path, Field(strict=False)] = Path("/var/lib/entrance-kiosk")
    """With `credentials/` in it, once the box is enrolled."""
    keep_days: Annotated[int, Field(ge=2, le=3650)] = 30
    """Visits that the centre has are forgotten after so many days; others never."""


class Clock(Section):
    """Who says that the wall clock is right."""

    flag: str = "/run/systemd/timesync/synchronized"
    """A file that the time service touches when it has set the clock; empty: the clock is always right."""


class Trust(Section):
    """Whose signatures are believed."""

    folder: Annotated[Path, Field(strict=False)] = Path("/etc/entrance-kiosk/trust")
    """Certificates and public keys in PEM; without it, nobody's."""


class Mqtt(Section):
    """The broker."""

    host: Annotated[str, AfterValidator(_named)] = "127.0.0.1"
    """On another machine only with TLS. Several, with spaces between, are tried one after the other."""
    tls: bool = False
    """With the certificate in the credentials of the box."""
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    protocol: Annotated[Literal["5", "3.1.1"], BeforeValidator(str)] = "5"
    keepalive_s: Annotated[int, Field(ge=5, le=600)] = 30

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names or addresses in `host`: one at least."""
        return tuple(self.host.split())

    @model_validator(mode="after")
    def _no_stranger_listens(self) -> Self:
        if not self.tls and not {"localhost", "127.0.0.1", "::1"}.issuperset(self.hosts):
            raise ValueError(f"host = {self.host!r}: a broker on another machine needs mqtt.tls = true")
        return self


class QuestionAnswer(Section):
    """One of the answers to a question."""

    id: Slug
    text: Annotated[dict[Language, Annotated[Sentence, Field(max_length=40)]], Field(min_length=1)]


class Question(Section):
    """Something that a visitor who comes in is asked."""

    id: Slug
    text: Annotated[dict[Language, Sentence], Field(min_length=1)]
    """By language; a language that is missing is asked in the first that is there."""
    answers: Annotated[tuple[QuestionAnswer, ...], Field(max_length=9, strict=False)] = ()
    """Two to nine; none for yes and no."""
    personal: bool = False
    """Whether the answer is for the manager's eyes only."""


SECRET: Final = ("pin_hash", "badge_hash")
"""Settings that are never printed, right or wrong: somebody may have written the PIN itself."""


class Guard(Section):
    """Somebody who may check people in."""

    name: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_one_line)]
    """As it stands with the visits."""
    pin_hash: Annotated[str, Field(repr=False, pattern=r"^(\$argon2id\$[!-~]{1,190})?$")] = ""
    """As `kiosk pin` prints it; empty for none."""
    badge_hash: Annotated[str, Field(repr=False, pattern=r"^([0-9a-f]{64})?$")] = ""

    @field_serializer(*SECRET, when_used="json")
    def _unseen(self, value: str) -> str:
        return "set" if value else ""


class Settings(Section):
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
    light: Light = Light()
    button: Button = Button()
    keypad: Keypad = Keypad()
    usb: Usb = Usb()
    wedge: Wedge = Wedge()
    serial: Serial = Serial()
    sound: Sound = Sound()
    voice: Voice = Voice()
    mqtt: Mqtt = Mqtt()
    questions: Annotated[tuple[Question, ...], Field(max_length=5, strict=False)] = ()
    guards: Annotated[tuple[Guard, ...], Field(max_length=500, strict=False)] = ()

    @model_validator(mode="after")
    def _no_name_twice(self) -> Self:
        for kind in ("scanner", "keypad"):
            _assure_different(f"devices.{kind}", "name", list(getattr(self.devices, kind)))
        _assure_different("place.languages", "code", list(self.place.languages))
        if self.usb.device and self.usb.device == self.wedge.device:
            raise ValueError(f"usb.device = wedge.device = {self.usb.device!r}: give each its own")
        _assure_different("guards", "name", [guard.name for guard in self.guards])
        _assure_different("questions", "id", [question.id for question in self.questions])
        for question in self.questions:
            if len(question.answers) == 1:
                raise ValueError(f"question {question.id}: one answer is no choice; give two, or none")
            _assure_different(f"answers of {question.id}", "id", [answer.id for answer in question.answers])
        return self

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
        if set(self.devices.keypad) != {"usb"}:
            for name in ("row_pins", "column_pins"):
                for place, pin in enumerate(getattr(self.keypad, name)):
                    yield f"keypad.{name}.{place}", pin
        for name in ("light", "button"):
            if getattr(self.devices, name) != "none":
                yield f"{name}.pin", getattr(self, name).pin

    @property
    def zone(self) -> ZoneInfo:
        """The place's time zone."""
        return ZoneInfo(self.place.zone)
