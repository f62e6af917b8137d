"""
From the door to the bridge and back, while a box is set up: the one sees codes, the other has the network.

Files in `setting-up/` of the data folder, each written whole, for nobody else's eyes: `code` is what the door
hands over, and gone once the bridge has taken it; `progress.json` is how far the bridge has come, which a
bridge that starts anew begins anew; `address` is the box's own, as the bridge last saw it.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiosk.stages import Hitch, Stage, Step
from kiosk.store.holding import BRIDGE, is_held
from kiosk.store.trouble import refused
from kiosk.store.whole import write_whole

FOLDER = "setting-up"
MAX_CODE_BYTES = 8 * 1024
"""More than any QR code holds."""
_CODE, _TAKEN, _PROGRESS, _ADDRESS = "code", "code.taken", "progress.json", "address"


class Handover:
    """
    What door and bridge hand each other. Both have one; any thread may use it.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER

    def hand_over(self, text: str) -> None:
        """
        Have a set-up code used, in place of any other.

        Raises:
            DiskRefuses: If the disk is full, read-only or ill.
            JournalFailed: If it cannot be written.
        """
        try:
            write_whole(self.folder / _CODE, text.encode())
        except OSError as error:
            raise refused(self.folder.parent, error) from error

    def is_waiting(self) -> bool:
        """Whether a code lies there that nobody has taken yet. Costs some microseconds."""
        return (self.folder / _CODE).exists()

    def take(self) -> str | None:
        """The code that was handed over last, which is gone then; None for none, or for no code at all."""
        taken = self.folder / _TAKEN
        try:
            (self.folder / _CODE).replace(taken)
            with taken.open("rb") as file:
                text = file.read(MAX_CODE_BYTES).decode()
        except (OSError, UnicodeDecodeError):
            return None
        finally:
            with suppress(OSError):
                taken.unlink()
        return text

    def tell(self, stages: Sequence[Stage]) -> None:
        """
        Say how far it has come; nothing for a bridge that has nothing to do.

        Raises:
            OSError: If it cannot be written.
        """
        told = [
            {"step": one.step, "done": one.done, "detail": one.detail, "hitch": one.hitch} for one in stages
        ]
        write_whole(self.folder / _PROGRESS, json.dumps(told).encode())

    def told(self) -> tuple[Stage, ...]:
        """How far the bridge has come, as it last said; nothing where it said nothing."""
        try:
            said = json.loads((self.folder / _PROGRESS).read_bytes())
            return tuple(_stage(one) for one in said)
        except (OSError, ValueError, TypeError, LookupError):
            return ()

    def tell_address(self, address: str) -> None:
        """
        Say by which address the box is reached; empty for none.

        Raises:
            OSError: If it cannot be written.
        """
        write_whole(self.folder / _ADDRESS, address.encode())

    def address(self) -> str:
        """By which address the box is reached; empty for none, and where no bridge is there to know."""
        try:
            told = (self.folder / _ADDRESS).read_text(encoding="ascii")
        except (OSError, ValueError):
            return ""
        return told if is_held(self.folder.parent, BRIDGE) else ""


def _stage(said: dict[str, Any]) -> Stage:
    hitch = said["hitch"]
    return Stage(Step(said["step"]), bool(said["done"]), str(said["detail"]), Hitch(hitch) if hitch else None)
