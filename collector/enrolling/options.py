"""Options by which a centre says where boxes reach it."""

import os
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from collector.options import together
from mqtt_bridge.wire.enrolment import PORT

BADGE_DAYS, MOST_BADGE_DAYS = 1, 7
"""How long a technician's badge holds, and how long at most: nobody can take it back."""
CODE_MINUTES = ("15", "60", "240", "1440")
"""How long a set-up code may be worth something; the second unless it is said."""
_Command = TypeVar("_Command", bound=Callable[..., Any])

_PLACE = re.compile(
    r"(?:(?P<host>[A-Za-z0-9._-]{1,80})|\[(?P<v6>[0-9A-Fa-f:.]{2,45})\]):(?P<port>[0-9]{1,5})"
)
_LAST_PORT = 65535


def enrolment(command: _Command) -> _Command:
    """Add where boxes are enrolled by set-up codes, and where they reach the broker then."""
    return together(
        command,
        click.option(
            "--enrolment",
            envvar="COLLECTOR_ENROLMENT",
            metavar="HOST:PORT",
            default="",
            show_default="none: no set-up codes",
            expose_value=False,
            callback=_check_place("COLLECTOR_ENROLMENT"),
            help=f"Enrol new boxes, which reach this centre there, such as 192.168.1.10:{PORT}.",
        ),
        click.option(
            "--broker-for-boxes",
            envvar="COLLECTOR_BROKER_FOR_BOXES",
            metavar="HOST:PORT",
            default="",
            show_default="as `collector broker` was told",
            expose_value=False,
            callback=_check_place("COLLECTOR_BROKER_FOR_BOXES", split_several),
            help="Where new boxes reach the broker; of a cluster, its nodes, with spaces between.",
        ),
    )


def split(address: str) -> tuple[str, int]:
    """
    Host and port of `HOST:PORT`; an address of IPv6 without its brackets.

    Raises:
        ValueError: If it is something else.
    """
    found = _PLACE.fullmatch(address)
    if found is None or not 1 <= int(found["port"]) <= _LAST_PORT:
        raise ValueError("no HOST:PORT")
    return found["v6"] or found["host"], int(found["port"])


def split_several(addresses: str) -> tuple[str, int]:
    """
    Hosts and port of one `HOST:PORT`, or of several with spaces between, as boxes have them.

    Raises:
        ValueError: If one is something else, or they differ in their ports.
    """
    found = [split(address) for address in addresses.split()]
    ports = {port for _, port in found}
    if len(ports) != 1:
        raise ValueError("not one port for all")
    return " ".join(host for host, _ in found), ports.pop()


def _check_place(
    name: str, read: Callable[[str], tuple[str, int]] = split
) -> Callable[[click.Context, click.Parameter, str], str]:
    def check(_context: click.Context, _option: click.Parameter, value: str) -> str:
        try:
            _ = read(value) if value else None
        except ValueError as error:
            say = f'"{value[:80]}" is no HOST:PORT, such as 192.168.1.10:8884'
            if str(error).startswith("not one port"):
                say = f'"{value[:80]}": give all the same port, since boxes have one for all'
            raise click.BadParameter(f"{say}.") from None
        os.environ[name] = value
        return value

    return check
