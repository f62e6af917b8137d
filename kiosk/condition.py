"""How the box is, as its devices, its journal and its centre tell."""

import logging
from dataclasses import replace

from kiosk.model import Status
from kiosk.reports import DeviceChange

log = logging.getLogger(__name__)


class Condition:
    """
    Keeps what was last told. Belongs to the main thread.

    Attributes:
        status: It, as views want it.
        can_save: Whether the disk takes visits.
    """

    def __init__(self) -> None:
        self.status = Status()
        self.can_save = True
        self._parts: dict[tuple[str, str], bool] = {}

    @property
    def is_able(self) -> bool:
        """Whether anybody can be checked in."""
        has_eyes_or_keys = self.status.scanner_present or self.status.keypad_present
        return has_eyes_or_keys and self.status.shut is None and self.can_save

    def changed(self, change: DeviceChange) -> None:
        """A device was found or lost."""
        if change.present:
            log.info("%s works", change.part or change.device)
        else:
            log.warning("%s lost: %s", change.part or change.device, change.problem)
        self._parts[change.device, change.part] = change.present
        works = {device: any(self._of(device)) for device in ("scanner", "keypad") if self._of(device)}
        self.status = replace(
            self.status,
            scanner_present=works.get("scanner", self.status.scanner_present),
            keypad_present=works.get("keypad", self.status.keypad_present),
            lost=frozenset(part for (_, part), present in self._parts.items() if not present),
        )

    def shut(self, notice: str | None) -> None:
        """The centre has put the door out of order, in these words; None once it no longer has."""
        self.status = replace(self.status, shut=notice)

    def looked(self, *, waiting: int, line_up: bool, clock_trusted: bool) -> None:
        """What journal and clock say, which could be asked."""
        self.can_save = True
        self.status = replace(self.status, waiting=waiting, line_up=line_up, clock_trusted=clock_trusted)

    def _of(self, device: str) -> list[bool]:
        """Whether each part of a device works, as far as they have told."""
        return [present for (of, _), present in self._parts.items() if of == device]
