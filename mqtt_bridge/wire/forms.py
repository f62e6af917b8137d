"""What the fields of all messages may be, and how a message that is not so is told: never by its own text."""

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from kiosk.errors import BadMessage
from kiosk.fields import HIDDEN, visible

MAX_MESSAGE_BYTES = 256 * 1024
MAX_CONFIG_BYTES = 640 * 1024
"""A configuration's JSON: more than the longest that there can be."""
MAX_SIGNED_BYTES = 896 * 1024
"""What is signed, as it travels: such a configuration in base64, with header and signature."""
MAX_SEQUENCE = 2**63 - 1

_KIOSK = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

KioskName = Annotated[str, Meta(pattern=rf"^{_KIOSK}$(?!\n)", max_length=63)]
"""A kiosk's name."""
Source = Annotated[str, Meta(pattern=rf"^/doors/{_KIOSK}$(?!\n)", max_length=70)]
"""The CloudEvents source of a kiosk."""
Number = Annotated[str, Meta(pattern=r"^[0-9]{1,18}$(?!\n)", max_length=18)]
"""A whole number as CloudEvents extensions write it: decimal, in a text."""
Ordinal = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", max_length=18)]
"""A place in a journal, likewise: from 1 on."""
Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]
"""HMAC-SHA-256, in base64."""
Box = Annotated[bytes, Meta(min_length=1, max_length=8192)]
"""Ciphertext, in base64."""
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
"""Ed25519 (RFC 8032), in base64."""
KeyId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}$(?!\n)", max_length=32)]
"""The id of a key."""
Label = Annotated[str, Meta(pattern=rf"^[^{HIDDEN}]*$(?!\n)", max_length=80)]
"""A name in a person's words, of one line."""
Operator = Annotated[str, Meta(pattern=rf"^[^{HIDDEN}]+$(?!\n)", max_length=64)]
"""The account of a guard."""
Sentence = Annotated[str, Meta(pattern=rf"^[^{HIDDEN}]*$(?!\n)", max_length=200)]
"""A line to be read."""
Phrase = Annotated[str, Meta(pattern=rf"^[^{HIDDEN}]+$(?!\n)", max_length=120)]
"""A question or an answer to be read: a line, not empty."""
Brief = Annotated[str, Meta(pattern=rf"^[^{HIDDEN}]+$(?!\n)", max_length=40)]
"""One of nine answers, to be read beside its number: a short line, not empty."""
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}$(?!\n)", max_length=32)]
"""A name that stays when the words change."""
Zone = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_+/-]{1,64}$(?!\n)", max_length=64)]
"""A time zone of the IANA database."""

_Decoded = TypeVar("_Decoded")
_WHERE = re.compile(r"^(?P<what>.*) - at `\$\.?(?P<where>[^`]*)`$", re.DOTALL)
_FORM = re.compile(r" matching regex .*$", re.DOTALL)


def label(text: str) -> str:
    """Any text as a `Label`: a name must not keep a visit from travelling."""
    return visible(text)[:80]


def decoded(decode: Callable[[bytes], _Decoded], payload: bytes, most: int = MAX_MESSAGE_BYTES) -> _Decoded:
    """
    A message read by a decoder of msgspec.

    Args:
        decode: The decoder.
        payload: The message.
        most: Bytes that it may have.

    Raises:
        BadMessage: If it is too large, no JSON, or not what the decoder expects; the error holds names of
            our own fields only.
    """
    if len(payload) > most:
        raise BadMessage(f"message of {len(payload)} bytes: more than {most}")
    try:
        return decode(payload)
    except msgspec.ValidationError as error:
        raise BadMessage(_reason(str(error))) from None
    except (msgspec.DecodeError, UnicodeError):
        raise BadMessage("not JSON in UTF-8") from None
    except RecursionError:
        raise BadMessage("JSON: lists within lists without end") from None


def _reason(text: str) -> str:
    """What msgspec says, without what the message said."""
    found = _WHERE.match(text)
    what, where = (found["what"], found["where"]) if found else (text, "")
    where = where.replace("[...]", "").strip(".") or "message"
    if what.startswith(("Expected", "Object missing")):
        return f"{where}: {_FORM.sub(' of another form', what).replace('`', '').lower()}"
    return f"{where}: not what may stand there"
