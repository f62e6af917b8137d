"""
What is left of a text before it leaves the box for those who support it: nothing that could tell of a person.

Our own log and errors name nobody, but a bug's may: of what is not known to be ours only its shape is told.
"""

import re
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from kiosk.settings import Settings

_HIDDEN = "…"
_MAC = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
_COLONS = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
"""What may be an IPv6 address."""
_DIGITS = re.compile(r"\d(?:(?:_|[^\w\0]){0,2}\d){8,}")
"""As long as a phone or ID number, however it is grouped: no letter stands in it."""
_SECRET = re.compile(r"(?i)(psk|password|token|key) *=[^\n]*")
"""To the end of its line: a password may hold spaces."""
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{41,}")
"""Longer than a UUID: a key, or a code that was signed."""
_KEPT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?)?"
    r"|(?<![\d.])(?!0)(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}(?::\d{1,5})?(?![\d.])"
)
"""Times, and addresses of IPv4, which begin with no 0 as phone numbers do."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_OURS = re.compile(r"(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) (?:kiosk|hardware|mqtt_bridge)[\w.]*: ")
_FRAME = re.compile(r"\s*File \"[^\"]*\", line \d+, in [\w<>.]+$")
_ERROR = re.compile(
    r"((?:kiosk|hardware|mqtt_bridge)(?:\.\w+)+|(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt))(?:: .*)?$",
    re.ASCII,
)
_TOLD = ("Traceback (most recent call last):",)


def text(said: str) -> str:
    """A text of our own without numbers, keys and addresses of hardware that may be in it."""
    said = _SECRET.sub(rf"\1={_HIDDEN}", said.replace("\0", ""))
    spared = _KEPT.findall(said)
    kept = _KEPT.sub("\0", said)
    kept = _MAC.sub(_HIDDEN, kept)
    kept = _COLONS.sub(_network, kept)
    kept = _DIGITS.sub(_HIDDEN, kept)
    kept = _TOKEN.sub(_HIDDEN, kept)
    for one in spared:
        kept = kept.replace("\0", one, 1)
    return kept


def _network(found: re.Match[str]) -> str:
    """Of an IPv6 address its network alone: the rest may be made of the hardware's address (RFC 4291)."""
    try:
        address = IPv6Address(found[0])
    except ValueError:
        return found[0]
    return str(IPv6Network((address, 64), strict=False))


def _unnamed(said: str) -> str:
    """A line without words side by side that begin with capitals, as names do: strangers may have said it."""
    words = said.split(" ")
    large = [False, *(word.lstrip("('\"")[:1].isupper() for word in words), False]
    return " ".join(
        _HIDDEN if large[at] and (large[at - 1] or large[at + 1]) else word
        for at, word in enumerate(words, 1)
    )


def unquoted(said: str) -> str:
    """A fault of the settings without the values that it quotes."""
    return _QUOTED.sub(_HIDDEN, text(said))


def line(said: str) -> str:
    """
    A line of a log: whole where it is one of ours, else the kind of an error, or how long it was.

    Of a traceback the places are told, not the code that stands there, nor what the error said.
    """
    if _OURS.match(said):
        return _unnamed(text(said))
    if said in _TOLD or _FRAME.match(said):
        return said
    error = _ERROR.match(said)
    return f"{error[1]}: {_HIDDEN}" if error else f"{_HIDDEN} {len(said)} letters"


def whole(found: Any) -> Any:
    """Every text of what JSON holds, cleaned; names of fields stay."""
    if isinstance(found, str):
        return text(found)
    if isinstance(found, dict):
        return {key: whole(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [whole(value) for value in found]
    return found


def settings(chosen: Settings) -> dict[str, Any]:
    """The settings without whom they name: of guards only how many, of questions only their ids."""
    told: dict[str, Any] = chosen.model_dump(mode="json")
    told["guards"] = len(chosen.guards)
    told["questions"] = [question.id for question in chosen.questions]
    for name in ("notice", "help_desk", "hours"):
        told["place"][name] = _HIDDEN if told["place"][name] else ""
    found: dict[str, Any] = whole(told)
    return found
