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
            callback=_check_place("COLLECTOR_BROKER_FOR_BOXES"),
            help="Where new boxes reach the broker.",
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


def _check_place(name: str) -> Callable[[click.Context, click.Parameter, str], str]:
    def check(_context: click.Context, _option: click.Parameter, value: str) -> str:
        try:
            _ = split(value) if value else None
        except ValueError:
            raise click.BadParameter(f'"{value[:80]}" is no HOST:PORT, such as 192.168.1.10:8884.') from None
        os.environ[name] = value
        return value

    return check
