"""Whose pages may show a place's in a frame: nobody's, unless the centre was told."""

import os
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])
_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?"
)
"""As browsers write it: no path, and nothing that means more than one."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def framed_by(command: _Command) -> _Command:
    """Add whose pages may show those of a place in a frame."""
    return click.option(
        "--framed-by",
        envvar="COLLECTOR_FRAMED_BY",
        multiple=True,
        metavar="ORIGIN",
        expose_value=False,
        callback=_check,
        help="Whose pages may show who comes and goes in a frame, such as https://intranet.example.vn; may be"
        " given again."
        "  [default: nobody's]",
    )(command)


def _check(_context: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> None:
    for origin in value:
        if not _ORIGIN.fullmatch(origin):
            raise click.BadParameter(f'"{origin[:80]}" is no origin, such as https://intranet.example.vn.')
        if origin.startswith("http:") and urlsplit(origin).hostname not in _LOOPBACK:
            raise click.BadParameter(f"{origin}: anybody on the way could write its pages; use https.")
    os.environ["COLLECTOR_FRAMED_BY"] = " ".join(dict.fromkeys(value))
