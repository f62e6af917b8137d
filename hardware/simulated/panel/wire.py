"""
What a simulated door and its panel tell each other, over a stream: four bytes of length, then msgpack.

The panel is another process, at the other end of a socket that the door inherits. It says `Begin` first; the
door answers with `Opened`, and from then on both speak as they please. What is said holds what a visitor sees
and shows, so it goes into no log and no file.
"""

from struct import Struct as Layout
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from hardware.simulated.room import LONGEST_SIDE_PX

LENGTH: Final = Layout(">I")
"""What stands before each message: how many bytes it has."""
LARGEST_BYTES: Final = 64 * 1024 * 1024
"""No message is longer: a whole screen of 3840 by 3840 pixels is not."""

SideOfPicture: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_SIDE_PX)]
"""Width or height of what a camera sees."""
Offset: TypeAlias = Annotated[float, msgspec.Meta(ge=-4e9, le=4e9)]
"""Seconds by which a wall clock is wrong: a century or so at most."""
Cable: TypeAlias = Literal["camera", "keypad"]
"""What can be pulled out of the box."""


class Message(msgspec.Struct, frozen=True, tag_field="is"):
    """One of them."""


class Begin(Message, frozen=True, tag="begin"):
    """
    How the door's world is when it opens.

    Attributes:
        wall_offset_s: By how much the box's wall clock is ahead of this machine's; negative for behind.
        unplugged: What is not plugged in.
    """

    wall_offset_s: Offset = 0.0
    unplugged: tuple[Cable, ...] = ()


class Seen(Message, frozen=True, tag="seen"):
    """
    What is before the camera from now on, until the next, in place of its room.

    Attributes:
        width_px: 1 to 1920.
        height_px: 1 to 1920.
        luma: Brightness, row by row: width times height bytes.
    """

    width_px: SideOfPicture
    height_px: SideOfPicture
    luma: bytes


class NothingSeen(Message, frozen=True, tag="nothing_seen"):
    """The camera sees its room again."""


class Pressed(Message, frozen=True, tag="pressed"):
    """A key was pressed, of `kiosk.reports.KEYS`; one that the keypad has not is passed over."""

    key: str


class Plugged(Message, frozen=True, tag="plugged"):
    """A cable was pulled out, or plugged in."""

    cable: Cable
    is_in: bool


class ButtonHeld(Message, frozen=True, tag="button_held"):
    """The button inside the box was held for as long as it takes."""


class WallSet(Message, frozen=True, tag="wall_set"):
    """
    The wall clock was set.

    Attributes:
        offset_s: By how much it is ahead of this machine's from now on.
        flag: A file that is touched then, as the time service does; empty for none. The door does it, for
            whoever touched it earlier would vouch for the time that was.
    """

    offset_s: Offset
    flag: str = ""


ToDoor: TypeAlias = Begin | Seen | NothingSeen | Pressed | Plugged | ButtonHeld | WallSet


class Opened(Message, frozen=True, tag="opened"):
    """
    The door is there.

    Attributes:
        width_px: Of its screen.
        height_px: Of its screen.
        keys: Of its keypad, row by row, such as `123456789*0#`.
    """

    width_px: int
    height_px: int
    keys: str


class Shown(Message, frozen=True, tag="shown"):
    """
    The words of a new view (`kiosk.signals.View`), for whoever cannot see; its pixels follow.

    Attributes:
        number: 1 for the first view of this door.
    """

    number: int
    state: str
    mood: str
    headline: str
    name: str
    detail: str
    note: str
    digits: str
    hint: str
    reason: str
    direction: str
    language: str
    signs: tuple[str, ...]
    rows: tuple[str, ...] = ()


class Pixels(Message, frozen=True, tag="pixels"):
    """
    What has changed on the screen: one rectangle, whole.

    Attributes:
        number: Of the view that was painted last.
        x: Of its left edge, in pixels of the screen.
        y: Of its upper edge.
        width_px: Of the rectangle.
        height_px: Of the rectangle.
        is_camera: Whether nothing changed but the camera's picture.
        bgr: Blue, green and red of each pixel, row by row.
    """

    number: int
    x: int
    y: int
    width_px: int
    height_px: int
    is_camera: bool
    bgr: bytes


class Glowing(Message, frozen=True, tag="glowing"):
    """
    What the lamp does from now on.

    Attributes:
        colour: Of `kiosk.signals.Colour`.
        pattern: Of `kiosk.signals.Pattern`.
        shares: How bright red, green and blue shine, 0 to 1.
    """

    colour: str
    pattern: str
    shares: tuple[float, float, float]


class Sounding(Message, frozen=True, tag="sounding"):
    """
    A cue begins; the one before it is cut short.

    Attributes:
        cue: Its name.
        beeps: Hertz and milliseconds of each tone; 0 Hz is a rest.
        volume: 0 to 100.
    """

    cue: str
    beeps: tuple[tuple[int, int], ...]
    volume: int


class Saying(Message, frozen=True, tag="saying"):
    """A phrase of `kiosk.words` begins, in a language."""

    phrase: str
    language: str


class Shining(Message, frozen=True, tag="shining"):
    """Whether the light on what is held up shines."""

    is_on: bool


FromDoor: TypeAlias = Opened | Shown | Pixels | Glowing | Sounding | Saying | Shining

_UNDERSTOOD: Final = msgspec.msgpack.Decoder(ToDoor)


def packed(message: Message) -> bytes:
    """A message as it goes out: its length, then the message."""
    body = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(body)) + body


def understood(body: bytes) -> ToDoor:
    """
    The message to the door that these bytes are, without their length.

    Raises:
        msgspec.MsgspecError: If they are none. Its text may hold a part of them.
    """
    message: ToDoor = _UNDERSTOOD.decode(body)
    return message
