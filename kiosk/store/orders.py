"""The door's side of what came down: the configuration to adopt, and the commands to do."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kiosk.store.patience import Patient
from kiosk.store.trouble import failing_as


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """
    A configuration of the centre.

    Attributes:
        counter: Its version.
        document: The whole of it, as JSON.
        applied: Whether this door has adopted it.
        refused: Why this door could not; None when it was not tried.
    """

    counter: int
    document: str
    applied: bool
    refused: str | None


@dataclass(frozen=True, slots=True)
class OpenCommand:
    """A command that nobody has taken up yet: its id, name and arguments, and its deadline (aware)."""

    id: str
    name: str
    arguments: dict[str, Any]
    deadline: datetime


class OrderBook:
    """
    What came down to a box, as its door sees it.

    Belongs to the thread of the file. Every method raises `JournalFailed` when that cannot be read or
    written, and `JournalDamaged` when it is damaged.

    Args:
        file: The journal's.
        folder: Where that lies.
    """

    def __init__(self, file: Patient, folder: Path) -> None:
        self._file = file
        self._failing_as = partial(failing_as, folder=folder)

    def version(self) -> int:
        """A number that changes when the bridge has written something. Costs next to nothing to ask."""
        with self._failing_as("look for news"):
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def configs(self, after: int) -> list[ConfigRow]:
        """Those that are kept of later versions than this, the latest first."""
        with self._failing_as("read the configuration"):
            rows = self._db.execute(
                "SELECT counter, document, applied, refused FROM config WHERE counter > ?"
                " ORDER BY counter DESC",
                [after],
            ).fetchall()
        return [
            ConfigRow(counter, document, bool(applied), refused)
            for counter, document, applied, refused in rows
        ]

    def adopt(self, counter: int) -> None:
        """This configuration is in force; those before it are forgotten."""
        with self._failing_as("adopt a configuration"), self._db.atomic():
            self._db.execute("UPDATE config SET applied = 1, refused = NULL WHERE counter = ?", [counter])
            self._db.execute("DELETE FROM config WHERE counter < ?", [counter])

    def refuse(self, counter: int, reason: str) -> None:
        """This configuration cannot be adopted; the one in force stays so."""
        with self._failing_as("refuse a configuration"):
            self._db.execute(
                "UPDATE config SET refused = ? WHERE counter = ? AND NOT applied", [reason, counter]
            )

    def commands(self) -> list[OpenCommand]:
        """What is to be done, oldest first."""
        with self._failing_as("read commands"):
            rows = self._db.execute(
                "SELECT id, name, arguments, deadline FROM commands WHERE status IS NULL ORDER BY counter"
            ).fetchall()
        return [
            OpenCommand(command, name, json.loads(arguments), datetime.fromisoformat(deadline))
            for command, name, arguments, deadline in rows
        ]

    def settle(self, command: str, status: str, reason: str = "") -> bool:
        """
        Say what becomes of a command, before it is done: it is never done twice.

        Returns:
            Whether it was still open.
        """
        with self._failing_as("settle a command"):
            cursor = self._db.execute(
                "UPDATE commands SET status = ?, reason = ? WHERE id = ? AND status IS NULL",
                [status, reason, command],
            )
        return cursor.rowcount == 1

    def out_of_order(self) -> str | None:
        """What the screen says while a command has the door out of order, maybe nothing; None for no such."""
        with self._failing_as("read commands"):
            row = self._db.execute(
                "SELECT arguments FROM commands WHERE name = 'out_of_order' AND status = 'done'"
                " ORDER BY counter DESC LIMIT 1"
            ).fetchone()
        order = json.loads(row[0]) if row else {}
        return str(order.get("notice", "")) if order.get("on") else None

    @property
    def _db(self) -> Database:
        return self._file.db
