"""The support bundle: everything about a box that helps, and nobody who passed it."""

import gzip
import json
import os
import platform
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk import __version__, machine
from kiosk.checking import conditions
from kiosk.checking.examining import check, check_without_settings
from kiosk.errors import JournalDamaged, JournalFailed, SettingsError
from kiosk.findings import Finding, State, summary
from kiosk.settings import Settings
from kiosk.store.facts import Facts
from kiosk.store.holding import BRIDGE, DOOR, is_held
from kiosk.store.opening import FILE_NAME
from kiosk.supporting import cleaning, logs

FORM = "entrance-kiosk support 1"
MOST_BYTES = 250 * 1024
"""Compressed: what fits into one message of the road."""


def collect(settings: Settings, file: Path | None, *, simulated: bool) -> dict[str, Any]:
    """
    What there is to tell of a box. No device is tried, nothing is changed.

    Args:
        settings: Of the box.
        file: Where they were read from; None for the usual place.
        simulated: Whether it is no box.
    """
    lines, problem = logs.last_lines()
    found = check(settings, file, simulated=simulated, tries=False)
    return {
        **_head(),
        "kiosk": settings.kiosk.name,
        "settings": cleaning.settings(settings),
        "check": cleaning.whole(summary(found)),
        "journal": cleaning.whole(_journal(settings.data.folder)),
        "log_problem": problem,
        "log": lines,
    }


def collect_without_settings(error: SettingsError) -> dict[str, Any]:
    """The same of a box whose settings cannot be used: what is wrong with them, and what needs none."""
    lines, problem = logs.last_lines()
    found = [
        Finding(one.part, one.state, cleaning.unquoted(one.says)) if one.state is State.WRONG else one
        for one in check_without_settings(error)
    ]
    return {**_head(), "check": cleaning.whole(summary(found)), "log_problem": problem, "log": lines}


def packed(told: dict[str, Any], most: int = MOST_BYTES) -> bytes:
    """A bundle as it travels: JSON in gzip. Where it is too long, the log's oldest lines are left out."""
    kept = list(told["log"])
    while True:
        text = json.dumps({**told, "log": kept}, ensure_ascii=False)
        payload = gzip.compress(text.encode(), mtime=0)
        if len(payload) <= most or not kept:
            return payload
        kept = kept[len(kept) // 2 + 1 :]


def _head() -> dict[str, Any]:
    return {
        "form": FORM,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "system": {
            "release": conditions.release(),
            "kernel": platform.release(),
            "python": platform.python_version(),
            "model": _model(),
            "uptime_s": machine.uptime_s(),
            "load": [round(one, 2) for one in os.getloadavg()],
            "memory_free_mb": _memory_free_mb(),
            "temperature_c": machine.temperature_c(),
            "throttled": machine.Throttled().bits(),
        },
    }


def _journal(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = {"door_runs": is_held(folder, DOOR), "bridge_runs": is_held(folder, BRIDGE)}
    if not (folder / FILE_NAME).exists():
        return told
    try:
        with closing(Facts(folder)) as facts:
            under_way, door = facts.under_way(), facts.door()
            told |= {
                "waiting": under_way.waiting,
                "sent": under_way.sent,
                "aside": under_way.aside,
                "stored": facts.stored(),
                "config": facts.config(),
                "last_receipt": str(facts.last_receipt() or ""),
                "oldest": str(facts.oldest() or ""),
            }
    except (JournalFailed, JournalDamaged) as problem:
        return {**told, "problem": str(problem)}
    if door is not None:
        told["door"] = {"serving": door.serving, "camera": door.camera, "keypad": door.keypad}
    return told


def _model() -> str:
    """What the firmware calls the machine; empty where it has no such name."""
    try:
        return Path("/proc/device-tree/model").read_text(encoding="utf-8").rstrip("\0\n")
    except (OSError, ValueError):
        return ""


def _memory_free_mb() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kib = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return None
    return kib // 1000
