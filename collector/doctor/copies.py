"""The backups: when the last one was made."""

import datetime as dt
from pathlib import Path

from collector.backup import stamp
from collector.doctor.finding import Finding, State

OLD = dt.timedelta(days=2)


def check(data: Path, now: dt.datetime) -> Finding:
    """When the database was last copied; whether the copies are still there, nobody knows here."""
    last = stamp.read(data).get("database")
    if last is None:
        return Finding("backups", State.WARNING, "none was made yet; run `collector backup FILE` each day")
    shown = f"the last was made {last.astimezone():%Y-%m-%d %H:%M}"
    if now - last > OLD:
        return Finding("backups", State.WARNING, f"{shown}; run `collector backup FILE` each day")
    return Finding("backups", State.OK, shown)
