"""A Debian 13 in a folder, made once and kept, and programs run in throw-away copies of it."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
MAKE_ROOT = Path(__file__).with_name("make-root.sh")
MAKING_S = 900


def make_root():
    """
    The folder; made first, in one to three minutes, if it is not there.

    Raises:
        AssertionError: If it cannot be made. The message holds what the recipe said last.
    """
    made = subprocess.run([MAKE_ROOT], capture_output=True, text=True, timeout=MAKING_S, check=False)
    assert made.returncode == 0, f"{MAKE_ROOT.name} failed ({made.returncode}):\n{made.stderr[-4000:]}"
    return Path(made.stdout.splitlines()[-1])


@dataclass
class Container:
    """
    Runs programs in the root, with the checkout at /srv/door. What they write is thrown away.

    Attributes:
        root: The folder.
        binds: Further folders and files to be seen inside, read-only: place inside to place outside.
    """

    root: Path
    binds: dict[str, Path] = field(default_factory=dict)

    def run(self, *program, timeout_s=30):
        """Run a program to its end and give back what it wrote; after `timeout_s` it ends with 124."""
        binds = {"/srv/door": CHECKOUT} | self.binds
        command = [
            *([] if os.geteuid() == 0 else ["sudo", "-n"]),
            # nspawn takes its container along when it is asked to end, and not when it is killed.
            *("timeout", "--kill-after=10", str(timeout_s)),
            *("systemd-nspawn", "--quiet", "--directory", str(self.root), "--volatile=overlay"),
            *("--register=no", "--keep-unit", "--private-network", "--console=pipe", "--chdir=/srv/door"),
            *("--setenv=PYTHONDONTWRITEBYTECODE=1", "--setenv=LIBCAMERA_LOG_LEVELS=*:WARN"),
            *(f"--bind-ro={outside}:{inside}" for inside, outside in binds.items()),
            *program,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False)
