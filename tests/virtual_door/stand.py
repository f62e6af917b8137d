"""The stand as a process of its own, on a free port."""

import re
import sys
from pathlib import Path

from tests.ports import free_port
from tests.programs import Program, eventually

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
        eventually(self._is_ready, READY_S)

    def _is_ready(self) -> bool:
        while not self.lines.empty() and not self.address:
            found = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)/", self.lines.get())
            self.address = found[1] if found else ""
        assert self.address or self.process.poll() is None, self.errors
        return bool(self.address)
