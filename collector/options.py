"""
The options of the command `collector`. Each also has a name in the environment, which is how Django's
settings learn of it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
import msgspec

from collector import database, logs
from collector.cookies import cookie_suffix
from mqtt_bridge.wire.config import Code

_Command = TypeVar("_Command", bound=Callable[..., Any])

DEFAULT_DATA = Path("/var/lib/entrance-collector")
PLAIN_PORT, TLS_PORT = 1883, 8883
WEB_PORT = 8000
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
_ANYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to


def data(command: _Command) -> _Command:
    """Add what every command needs: where the database is, and how much to say."""
    return together(
        command,
        click.option(
            "--data",
            envvar="COLLECTOR_DATA",
            type=click.Path(path_type=Path),
            metavar="DIR",
            default=DEFAULT_DATA,
            show_default=True,
            callback=_tell("COLLECTOR_DATA"),
            help="Folder of the database and the keys.",
        ),
        click.option(
            "--database",
            envvar=database.VARIABLE,
            metavar="URL",
            default="",
            show_default="the SQLite file in the data folder",
            callback=_check_database,
            expose_value=False,
            help="postgresql://USER@HOST/NAME for a server; a password is safer in the environment.",
        ),
        click.option(
            "--time-zone",
            envvar="COLLECTOR_TIME_ZONE",
            metavar="NAME",
            default="Asia/Ho_Chi_Minh",
            show_default=True,
            callback=_check_zone,
            expose_value=False,
            help="Whose midnight ends a day.",
        ),
        click.option(
            "--address",
            envvar="COLLECTOR_ADDRESS",
            metavar="URL",
            default="",
            show_default="none: phones do not reach the centre",
            callback=_check_address,
            expose_value=False,
            help="Under which visitors' phones reach the centre, such as https://vao.example.vn.",
        ),
        click.option(
            "--keep-months",
            envvar="COLLECTOR_KEEP_MONTHS",
            type=click.IntRange(1),
            metavar="N",
            show_default="visits are kept for good",
            callback=_tell_number("COLLECTOR_KEEP_MONTHS"),
            expose_value=False,
            help="Drop visits, but not what was counted of them, once they are N whole months old.",
        ),
        debug,
    )


def web(command: _Command) -> _Command:
    """Add where the page is served."""
    return together(
        command,
        click.option(
            "--web-host",
            envvar="COLLECTOR_WEB_HOST",
            metavar="HOST",
            default="127.0.0.1",
            show_default=True,
            callback=check_filled,
            help="Address to serve the page on.",
        ),
        click.option(
            "--web-port",
            envvar="COLLECTOR_WEB_PORT",
            type=click.IntRange(0, 65535),
            metavar="PORT",
            default=WEB_PORT,
            show_default=True,
            help="Its TCP port; 0 for any free one.",
        ),
        click.option(
            "--allowed-host",
            "allowed_hosts",
            envvar="COLLECTOR_ALLOWED_HOSTS",
            multiple=True,
            metavar="NAME",
            help="A name under which people reach the page, beside --web-host; may be given again.",
        ),
        click.option(
            "--behind-proxy",
            envvar="COLLECTOR_BEHIND_PROXY",
            is_flag=True,
            callback=_tell("COLLECTOR_BEHIND_PROXY"),
            help="A proxy with TLS on this machine stands in front: send cookies over https only.",
        ),
        click.option(
            "--no-second-factor",
            envvar="COLLECTOR_NO_SECOND_FACTOR",
            is_flag=True,
            expose_value=False,
            callback=_tell("COLLECTOR_NO_SECOND_FACTOR"),
            help="Ask for a password only. For trying out: on this machine, without --behind-proxy.",
        ),
        cookie_suffix,
    )


def metrics(command: _Command) -> _Command:
    """Add where a process without a page tells its figures."""
    return together(
        command,
        click.option(
            "--metrics-port",
            envvar="COLLECTOR_METRICS_PORT",
            type=click.IntRange(1, 65535),
            metavar="PORT",
            show_default="none",
            help="TCP port on this machine where Prometheus finds the figures of this process.",
        ),
    )


def debug(command: _Command) -> _Command:
    """Add how to log, and `--debug`."""
    return together(
        command,
        click.option(
            "--log-format",
            envvar="COLLECTOR_LOG_FORMAT",
            type=click.Choice(logs.FORMATS),
            is_eager=True,
            expose_value=False,
            callback=_start_logging,
            show_default=logs.TEXT,
            help="A line a happening as text, or as a JSON object.",
        ),
        click.option(
            "--debug", is_flag=True, expose_value=False, callback=_say_all, help="Log all; show tracebacks."
        ),
    )


def tell_hosts(web_host: str, allowed: tuple[str, ...]) -> None:
    """
    Let Django answer under these names, under that of the address, and those of this machine to itself.

    Raises:
        UsageError: If no second factor is asked for, and others than this machine could reach the page.
    """
    is_open = web_host not in THIS_MACHINE or bool(allowed) or os.environ["COLLECTOR_BEHIND_PROXY"] == "1"
    if is_open and os.environ["COLLECTOR_NO_SECOND_FACTOR"] == "1":
        raise click.UsageError(
            "--no-second-factor: for trying out only, where nobody else reaches the page; leave out"
            " --web-host, --allowed-host and --behind-proxy, or this."
        )
    own = () if web_host in _ANYWHERE else (f"[{web_host}]" if ":" in web_host else web_host,)
    public = urlsplit(os.environ["COLLECTOR_ADDRESS"]).hostname
    names = (*_LOCAL_NAMES, *own, *allowed, *([public] if public else []))
    os.environ["COLLECTOR_ALLOWED_HOSTS"] = " ".join(dict.fromkeys(names))


def together(command: _Command, *options: Callable[[_Command], _Command]) -> _Command:
    """Add options to a command, in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def _tell(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def tell(_context: click.Context, _option: click.Parameter, value: Any) -> Any:
        os.environ[name] = str(int(value) if isinstance(value, bool) else value)
        return value

    return tell


def _tell_number(name: str) -> Callable[[click.Context, click.Parameter, int | None], None]:
    def tell(_context: click.Context, _option: click.Parameter, value: int | None) -> None:
        os.environ[name] = "" if value is None else str(value)

    return tell


def check_filled(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Refuse a value of nothing."""
    if not value.strip():
        raise click.BadParameter("empty.")
    return value


def _check_database(_context: click.Context, _option: click.Parameter, value: str) -> None:
    try:
        database.parse(value, DEFAULT_DATA)
    except database.DatabaseUnusable as error:
        raise click.BadParameter(f"{error}.") from None
    os.environ[database.VARIABLE] = value


def _check_address(_context: click.Context, _option: click.Parameter, value: str) -> None:
    if value and not _is_address(value):
        raise click.BadParameter(f'"{value[:80]}" is no web address, such as https://vao.example.vn.')
    os.environ["COLLECTOR_ADDRESS"] = value


def _is_address(text: str) -> bool:
    """Whether doors can show it, with a place's path behind it."""
    try:
        msgspec.convert(f"{text}/o/1234567", Code)
        parts = urlsplit(text)
    except (msgspec.ValidationError, ValueError):
        return False
    return bool(parts.hostname) and not (parts.query or parts.fragment)


def _check_zone(_context: click.Context, _option: click.Parameter, value: str) -> None:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, LookupError):
        raise click.BadParameter(f'"{value}" is no time zone, such as Asia/Ho_Chi_Minh.') from None
    os.environ["COLLECTOR_TIME_ZONE"] = value


def _start_logging(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    """As a command is told, or the group before it, or else as text."""
    if value is not None or context.parent is None:
        logs.start(value or logs.TEXT)


def _say_all(_context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        logs.say_all()
