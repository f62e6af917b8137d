"""How our cookies are named: a host's are those of all its ports, so two centres there need names apart."""

import os
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])
_MOST_CHARACTERS = 32
_SUFFIX = re.compile(f"[A-Za-z0-9]{{1,{_MOST_CHARACTERS}}}")


def cookie_suffix(command: _Command) -> _Command:
    """Add what ends the names of our cookies."""
    return click.option(
        "--cookie-suffix",
        envvar="COLLECTOR_COOKIE_SUFFIX",
        metavar="TEXT",
        default="",
        show_default="none",
        expose_value=False,
        callback=_check,
        help="Letters and digits at the end of our cookies' names, where another centre is at the same host.",
    )(command)


def _check(_context: click.Context, _option: click.Parameter, value: str) -> None:
    if value and not _SUFFIX.fullmatch(value):
        raise click.BadParameter(f'"{value[:80]}" is not one to {_MOST_CHARACTERS} letters and digits.')
    os.environ["COLLECTOR_COOKIE_SUFFIX"] = value
