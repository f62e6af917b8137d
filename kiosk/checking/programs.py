"""What programs of the system say when they are asked; nothing is changed by it."""

import shutil
import subprocess
from pathlib import Path

ANSWERS_WITHIN_S = 5.0
SYSTEMD = Path("/run/systemd/system")
"""There while systemd runs the machine (sd_booted(3))."""


def answer(name: str, *arguments: str) -> str | None:
    """
    What a program prints, whatever its exit code; None where there is no such program, or it does not end.

    Args:
        name: Of the program, looked for on the path.
        arguments: What it is asked. No secret: every process can read them.
    """
    program = shutil.which(name)
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWERS_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip()


def is_run_by_systemd() -> bool:
    """Whether there is a service manager to ask."""
    return SYSTEMD.is_dir()
