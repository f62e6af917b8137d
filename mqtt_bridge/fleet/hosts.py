"""The brokers that a fleet's doors may knock at."""

import re
from dataclasses import dataclass

_HOST = re.compile(r"(?:(?P<host>[^\[\]:\s]+)|\[(?P<v6>[0-9A-Fa-f:.]+)\]):(?P<port>[0-9]{1,5})")
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Host:
    """
    A broker.

    Attributes:
        host: Its name or address.
        port: Its TCP port.
    """

    host: str
    port: int


def read(text: str) -> list[Host]:
    """
    The brokers in a text such as `10.0.0.1:8883 [::1]:8883`.

    Raises:
        ValueError: If it names none, or one that is not of this form.
    """
    found = [_read(word) for word in text.split()]
    if not found:
        raise ValueError("names no broker; give HOST:PORT, or several with spaces between")
    return found


def _read(word: str) -> Host:
    match = _HOST.fullmatch(word)
    if match is None or not 0 < int(match["port"]) <= _MAX_PORT:
        raise ValueError(f"{word}: not HOST:PORT; an address of IPv6 stands in brackets")
    return Host(match["v6"] or match["host"], int(match["port"]))
