"""What the centre has a door do at once, and the door's answer: the bodies on `command` and `reply`."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from mqtt_bridge.wire.forms import Sentence, decoded


class Identify(Struct, frozen=True, tag_field="name", tag="identify"):
    """Show and sound for some seconds which box this is."""


class OutOfOrder(Struct, frozen=True, tag_field="name", tag="out_of_order", omit_defaults=True):
    """
    Serve nobody, until told otherwise; restarts do not end it.

    Attributes:
        on: Whether it begins or ends.
        notice: What the screen says then; empty for the usual words.
    """

    on: bool
    notice: Sentence = ""


class Restart(Struct, frozen=True, tag_field="name", tag="restart"):
    """End door and bridge; the service manager starts them again."""


class LogLevel(Struct, frozen=True, tag_field="name", tag="log_level"):
    """
    Log more or less for a while, door and bridge; then as before, and so after a restart.

    Attributes:
        level: The least that is logged.
        minutes: For how long.
    """

    level: Literal["debug", "info", "warning"]
    minutes: Annotated[int, Meta(ge=1, le=1440)] = 30


class SupportBundle(Struct, frozen=True, tag_field="name", tag="support_bundle"):
    """Tell on `support` all that helps to find out what ails the box; nothing in it tells of a person."""


Command = Identify | OutOfOrder | Restart | LogLevel | SupportBundle
Status = Literal["done", "refused", "expired"]


class Reply(Struct, frozen=True, omit_defaults=True):
    """
    What became of a command, whose id stands in the topic.

    Attributes:
        status: `expired` when its deadline was over before the door could take it up.
        reason: Why it was not done; empty when it was.
    """

    status: Status
    reason: Sentence = ""


_decode_reply = msgspec.json.Decoder(Reply).decode
_decode_command: Callable[[bytes], Command] = msgspec.json.Decoder(Command).decode


def name(command: Command) -> str:
    """The command's name, as it stands in the topic."""
    return str(command.__struct_config__.tag)


def command(name: str, arguments: dict[str, object]) -> Command:
    """
    A command of this name, with its arguments by name.

    Raises:
        BadMessage: If there is no such command, or it takes no such arguments.
    """
    return decode_command(msgspec.json.encode({**arguments, "name": name}))


def arguments(command: Command) -> bytes:
    """The whole command as JSON."""
    return msgspec.json.encode(command)


def decode_command(text: bytes) -> Command:
    """
    A command as `arguments()` wrote it.

    Raises:
        BadMessage: If it is none.
    """
    return decoded(_decode_command, text)


def encode_reply(reply: Reply) -> bytes:
    """A reply as JSON."""
    return msgspec.json.encode(reply)


def decode_reply(payload: bytes) -> Reply:
    """
    A reply off the road.

    Raises:
        BadMessage: If it is none.
    """
    return decoded(_decode_reply, payload)
