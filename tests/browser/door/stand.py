"""The stand as a process of its own, on a free port."""

import re
import sys
from pathlib import Path

from tests.ports import free_port
from tests.programs import Program

READY_S = 90


class Stand(Program):
    """
    The real stand, with broker, centre, bridge and door; open when this returns.

    Args:
        folder: For everything of it.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            *(sys.executable, "-m", "hardware.simulated.web"),
            *("--folder", folder, "--port", str(free_port())),
        )
        self.folder = folder
        self.address = ""
        while not self.address:
            line = self.lines.get(timeout=READY_S)
            found = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)/", line)
            self.address = found[1] if found else ""
