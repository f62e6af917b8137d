"""The last lines that the services have logged, off systemd's journal."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from kiosk.checking.programs import answer
from kiosk.supporting import cleaning

UNITS = ("kiosk.service", "mqtt-bridge.service")
MOST_LINES = 500


def last_lines(most: int = MOST_LINES) -> tuple[list[str], str]:
    """
    The last lines of door and bridge, oldest first, and why there are none; they tell of nobody.

    The bridge may read them as a member of the group systemd-journal.
    """
    units = [f"--unit={unit}" for unit in UNITS]
    said = answer("journalctl", *units, f"--lines={most}", "--output=json", "--no-pager", "--quiet")
    if said is None:
        return [], "no journalctl here, or it did not answer"
    lines = list(_lines(said))
    return lines, "" if lines else "the journal shows none; this user may not be in the group systemd-journal"


def _lines(said: str) -> Iterator[str]:
    for entry in said.splitlines():
        try:
            told = json.loads(entry)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield _line(told)


def _line(told: dict[str, Any]) -> str:
    message = told.get("MESSAGE")
    # What is no text comes as a list of bytes, and what is too long as null (systemd.journal-fields(7)).
    said = message if isinstance(message, str) else ""
    by_systemd = told.get("SYSLOG_IDENTIFIER") == "systemd"
    unit = str(told.get("UNIT") or told.get("_SYSTEMD_UNIT") or "").removesuffix(".service")
    kept = cleaning.text(said) if by_systemd else cleaning.line(said)
    return f"{_time(told)} {unit}{' (systemd)' if by_systemd else ''}: {kept}"


def _time(told: dict[str, Any]) -> str:
    try:
        at = datetime.fromtimestamp(int(told["__REALTIME_TIMESTAMP"]) / 1e6, UTC)
    except (LookupError, ValueError, TypeError, OverflowError, OSError):
        return "?"
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
