"""
How the log is written: to standard error, a line a happening, as text or as JSON.

It holds no person's data. Of what other libraries add to a record, such as whole requests, nothing is kept.
"""

import logging
from typing import Any, TextIO

from pythonjsonlogger.core import LogData
from pythonjsonlogger.json import JsonFormatter

TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)
FIELDS = {
    "time": "when, in UTC",
    "level": "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`",
    "logger": "which part of the program",
    "message": "what happened, in words",
    "exc_info": "of a bug: where in the program",
    "method": "of a request: `GET`, `POST` …",
    "route": "of a request: the name of the page, never its address",
    "status": "of a request: the answer's number",
    "ms": "of a request: milliseconds until the answer began",
    "user": "of a request: the number of the account; absent for strangers",
}
"""What a line of JSON may hold, and what that is."""
_QUIET = {
    "django.request": logging.ERROR,
    # Tells of each request that waits its turn.
    "waitress.queue": logging.ERROR,
    # Any stranger could fill the log with these, and with names.
    "django.security": logging.CRITICAL,
    "axes": logging.CRITICAL,
}


class _Lines(JsonFormatter):
    """A JSON object a line, with the fields that are ours."""

    def __init__(self) -> None:
        names = {"levelname": "level", "name": "logger"}
        super().__init__("%(levelname)s %(name)s %(message)s", rename_fields=names, timestamp="time")

    def add_fields(self, log_data: LogData, record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        for name in log_data.keys() - FIELDS.keys():
            del log_data[name]


def start(format_: str = TEXT, stream: TextIO | None = None) -> None:
    """
    Begin to log; what was begun before is replaced.

    Args:
        format_: One of `FORMATS`. Text bears no time: systemd's journal adds it.
        stream: Where to; None for standard error.
    """
    handler = logging.StreamHandler(stream)
    text = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_Lines() if format_ == JSON else text)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)


def say_all() -> None:
    """Log what helps to find a bug, too."""
    logging.getLogger("collector").setLevel(logging.DEBUG)
