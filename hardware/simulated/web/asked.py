"""What a page may ask for: JSON text, `{"do": …}`, and nothing else."""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from hardware.simulated.web.faults import Fault
from kiosk.reports import KEYS

Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=40)]
Lever: TypeAlias = Literal["camera", "keypad", "line", "broker", "disk", "clock", "power"]
"""What one can break and mend."""
LONGEST: Final = 1000
"""Characters; nothing that may be asked for takes more."""


class Ask(msgspec.Struct, frozen=True, tag_field="do", forbid_unknown_fields=True):
    """One of them."""


class Key(Ask, frozen=True, tag="key"):
    """Press a key."""

    key: Annotated[str, msgspec.Meta(pattern=rf"^[{KEYS}]\Z")]


class Show(Ask, frozen=True, tag="show"):
    """Let this visitor show what they have."""

    visitor: Name


class Hold(Ask, frozen=True, tag="hold"):
    """Hold it there, in the camera's field as the visitor sees it."""

    visitor: Name
    x: Share
    y: Share


class PutDown(Ask, frozen=True, tag="put_down"):
    """Put down what this page holds."""


class Pull(Ask, frozen=True, tag="lever"):
    """Break something, or mend it: `on` means well."""

    lever: Lever
    on: bool


class Button(Ask, frozen=True, tag="button"):
    """Hold the button in the housing."""


class NewBox(Ask, frozen=True, tag="new_box"):
    """Take a box out of its carton."""


class InService(Ask, frozen=True, tag="in_service"):
    """A box that is enrolled already."""


class Laptop(Ask, frozen=True, tag="laptop"):
    """This page's camera becomes the door's, or stops being it."""

    on: bool


class Drawn(Ask, frozen=True, tag="drawn"):
    """The last picture is drawn."""


Asked: TypeAlias = Key | Show | Hold | PutDown | Pull | Button | NewBox | InService | Laptop | Drawn

_decoder: msgspec.json.Decoder[Asked] = msgspec.json.Decoder(Asked)


def asked(text: str) -> Asked:
    """
    What a page asks for.

    Raises:
        Fault: If it is nothing that may be asked for.
    """
    if len(text) > LONGEST:
        raise Fault("not_understood", f"a page asks in {LONGEST} characters at most")
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as problem:
        raise Fault("not_understood", f"a page may not ask this: {problem}") from problem
