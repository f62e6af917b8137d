"""The machine's clock: keys change at midnight, and visits are counted by days."""

import datetime as dt
import subprocess

from collector.doctor.finding import Finding, State

FIRST_YEAR = 2026
"""Of the first version: no clock that is right shows an earlier one."""
_ASK_S = 3


def check(now: dt.datetime) -> Finding:
    """Whether the time can be right, and whether anybody keeps it so."""
    if now.year < FIRST_YEAR:
        says = f"shows {now:%Y-%m-%d}; set it: sudo timedatectl set-ntp true"
        return Finding("clock", State.WRONG, says)
    shown = f"{now.astimezone():%Y-%m-%d %H:%M}"
    match _synchronised():
        case "yes":
            return Finding("clock", State.OK, f"{shown}, kept by the network")
        case "no":
            says = f"{shown}, and nothing keeps it right; run `sudo timedatectl set-ntp true`"
            return Finding("clock", State.WARNING, says)
        case _:
            return Finding("clock", State.OK, f"{shown}; this machine does not say who keeps it")


def _synchronised() -> str:
    """What systemd says; empty where there is none."""
    command = ("timedatectl", "show", "--property=NTPSynchronized", "--value")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_ASK_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
