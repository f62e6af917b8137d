"""The door's side of what came down: the configuration to adopt, and the commands to do."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kiosk.store.patience import Patient
from kiosk.store.trouble import failing_as


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """A configuration of the centre: its version, and the whole of it as JSON."""

    counter: int
    document: str


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

    Belongs to the thread that made it. Every method but `close()` raises `JournalFailed` when the file cannot
    be read or written.

    Args:
        folder: Where the journal lies.
    """

    def __init__(self, folder: Path) -> None:
        self._file = Patient(folder)
        self._version = -1

    def has_news(self) -> bool:
        """Whether anything was written to the file since this was last asked; true at first."""
        with failing_as("look for news"):
            version = int(self._db.execute("PRAGMA data_version").fetchone()[0])
        changed, self._version = version != self._version, version
        return changed

    def configs(self) -> list[ConfigRow]:
        """All that are kept, the newest first: one that was not adopted, and the one in force."""
        return self._configs("SELECT counter, document FROM config ORDER BY counter DESC")

    def fresh_config(self) -> ConfigRow | None:
        """A configuration that was neither adopted nor refused; None for none."""
        rows = self._configs(
            "SELECT counter, document FROM config WHERE NOT applied AND refused IS NULL"
            " ORDER BY counter DESC LIMIT 1"
        )
        return rows[0] if rows else None

    def adopt(self, counter: int) -> None:
        """This configuration is in force; those before it are forgotten."""
        with failing_as("adopt a configuration"), self._db.atomic():
            self._db.execute("UPDATE config SET applied = 1, refused = NULL WHERE counter = ?", [counter])
            self._db.execute("DELETE FROM config WHERE counter < ?", [counter])

    def refuse(self, counter: int, reason: str) -> None:
        """This configuration cannot be adopted; the one in force stays so."""
        with failing_as("refuse a configuration"):
            self._db.execute(
                "UPDATE config SET refused = ? WHERE counter = ? AND NOT applied", [reason, counter]
            )

    def commands(self) -> list[OpenCommand]:
        """What is to be done, oldest first."""
        with failing_as("read commands"):
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
        with failing_as("settle a command"):
            cursor = self._db.execute(
                "UPDATE commands SET status = ?, reason = ? WHERE id = ? AND status IS NULL",
                [status, reason, command],
            )
        return cursor.rowcount == 1

    def out_of_order(self) -> str | None:
        """What the screen says while a command has the door out of order, maybe nothing; None for no such."""
        with failing_as("read commands"):
            row = self._db.execute(
                "SELECT arguments FROM commands WHERE name = 'out_of_order' AND status = 'done'"
                " ORDER BY counter DESC LIMIT 1"
            ).fetchone()
        order = json.loads(row[0]) if row else {}
        return str(order.get("notice", "")) if order.get("on") else None

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        self._file.close()

    @property
    def _db(self) -> Database:
        return self._file.db

    def _configs(self, query: str) -> list[ConfigRow]:
        with failing_as("read the configuration"):
            return [ConfigRow(*row) for row in self._db.execute(query).fetchall()]
