"""The road's side of what came down: put here for the door to take up, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from kiosk.entries import Pseudonyms
from kiosk.model import Direction
from kiosk.store.opening import open_journal, stamp
from kiosk.store.trouble import failing_as

COMMANDS_KEPT = 100
"""So many commands are remembered, beside the last that put the door out of order, or into it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """
    A command that came down.

    Attributes:
        counter: Its place among all commands; higher is later.
        id: By which the door replies.
        name: What is to be done, such as `restart`.
        arguments: The whole of it, as JSON.
        deadline: When it is too late (aware).
    """

    counter: int
    id: str
    name: str
    arguments: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a command: `done`, `refused` or `expired`, and why."""

    id: str
    name: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourRow:
    """Somebody passed another door of the place; `at` is aware."""

    id: str
    direction: Direction
    at: datetime
    pseudonyms: Pseudonyms


class Inbox:
    """
    What came down to a box, in the journal's file.

    Belongs to the thread that made it. Every method but `close()` raises `JournalFailed` when the file cannot
    be read or written, and `JournalDamaged` when it is damaged; nothing is half done then.

    Args:
        folder: Where the journal lies; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._failing_as = partial(failing_as, folder=folder)
        self._db = open_journal(folder)

    def last(self, kind: str) -> int:
        """The counter of the last message of this kind that was accepted; 0 for none."""
        with self._failing_as("read what came down"):
            row = self._db.execute("SELECT counter FROM counters WHERE kind = ?", [kind]).fetchone()
        return int(row[0]) if row else 0

    def keep_config(self, counter: int, document: str) -> None:
        """Keep a configuration for the door to adopt; one that it has not adopted yet is given up for it."""
        with self._failing_as("keep a configuration"), self._db.atomic():
            self._count("config", counter)
            self._db.execute("DELETE FROM config WHERE NOT applied")
            self._db.execute("INSERT INTO config (counter, document) VALUES (?, ?)", [counter, document])

    def keep_command(self, command: CommandRow, *, status: str | None = None, reason: str = "") -> None:
        """Keep a command for the door to do; with a status, only to be replied to."""
        with self._failing_as("keep a command"), self._db.atomic():
            self._count("command", command.counter)
            self._db.execute(
                "INSERT INTO commands (counter, id, name, arguments, deadline, status, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                [
                    *(command.counter, command.id, command.name, command.arguments),
                    *(stamp(command.deadline), status, reason),
                ],
            )
            self._db.execute(
                "DELETE FROM commands WHERE replied AND counter NOT IN ("
                "SELECT counter FROM commands ORDER BY counter DESC LIMIT ?) AND counter NOT IN ("
                "SELECT coalesce(max(counter), 0) FROM commands"
                " WHERE name = 'out_of_order' AND status = 'done')",
                [COMMANDS_KEPT],
            )

    def keep_neighbours(self, counter: int, visits: Iterable[NeighbourRow]) -> None:
        """Keep visits at the place's other doors; one that is there already gets its new time."""
        with self._failing_as("keep visits of other doors"), self._db.atomic():
            self._count("neighbours", counter)
            self._db.conn.executemany(
                "INSERT INTO neighbours (id, direction, at, document, phone, other) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET at = excluded.at",
                [
                    (
                        *(visit.id, visit.direction, stamp(visit.at)),
                        *(visit.pseudonyms.document, visit.pseudonyms.phone, visit.pseudonyms.other),
                    )
                    for visit in visits
                ],
            )

    def begin_anew(self) -> None:
        """Forget all that came down: another centre has the say now, and counts from the beginning."""
        with self._failing_as("forget what came down"), self._db.atomic():
            for table in ("config", "commands", "neighbours", "counters"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 (names of ours)

    def newest_config(self) -> str | None:
        """The last configuration that was accepted, whether the door could adopt it or not; None for none."""
        return self._config("SELECT document FROM config ORDER BY counter DESC LIMIT 1")

    def config_in_force(self) -> str | None:
        """The configuration that the door has adopted; None for none."""
        return self._config("SELECT document FROM config WHERE applied ORDER BY counter DESC LIMIT 1")

    def results(self) -> list[Result]:
        """Commands that something has become of, and that nobody was told about."""
        with self._failing_as("read what became of commands"):
            rows = self._db.execute(
                "SELECT id, name, status, reason FROM commands WHERE status IS NOT NULL AND NOT replied"
                " ORDER BY counter"
            ).fetchall()
        return [Result(*row) for row in rows]

    def mark_replied(self, command: str) -> None:
        """The centre was told what became of this command."""
        with self._failing_as("mark a command as replied"):
            self._db.execute("UPDATE commands SET replied = 1 WHERE id = ?", [command])

    def result(self, command: str) -> tuple[bool, Result | None]:
        """Whether a command of this id came before, and what became of it; None while it is still open."""
        with self._failing_as("read what became of commands"):
            row = self._db.execute(
                "SELECT id, name, status, reason FROM commands WHERE id = ?", [command]
            ).fetchone()
        return row is not None, Result(*row) if row and row[2] else None

    def open(self, name: str) -> list[str]:
        """Ids of the commands of this name that nothing has become of, the oldest first."""
        with self._failing_as("read commands"):
            rows = self._db.execute(
                "SELECT id FROM commands WHERE name = ? AND status IS NULL ORDER BY counter", [name]
            ).fetchall()
        return [str(row[0]) for row in rows]

    def settle(self, command: str, status: str, reason: str = "") -> None:
        """Say what became of a command that the road does itself; one that is settled already stays so."""
        with self._failing_as("settle a command"):
            self._db.execute(
                "UPDATE commands SET status = ?, reason = ? WHERE id = ? AND status IS NULL",
                [status, reason, command],
            )

    def expire(self, now: datetime) -> int:
        """Commands that the door has not taken up by then will not be done any more; how many those are."""
        with self._failing_as("give commands up"):
            cursor = self._db.execute(
                "UPDATE commands SET status = 'expired', reason = 'the door did not take it up in time'"
                " WHERE status IS NULL AND deadline < ?",
                [stamp(now)],
            )
        return cursor.rowcount

    def version(self) -> int:
        """A number that changes when the door has written something. Costs next to nothing to ask."""
        with self._failing_as("look for news"):
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        self._db.close()

    def _count(self, kind: str, counter: int) -> None:
        self._db.execute(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET counter = excluded.counter",
            [kind, counter],
        )

    def _config(self, query: str) -> str | None:
        with self._failing_as("read the configuration"):
            row = self._db.execute(query).fetchone()
        return str(row[0]) if row else None
