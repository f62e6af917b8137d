"""The road's side of the journal: what is to be sent, and what has become of it."""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from uuid_utils import uuid7

from kiosk.entries import (
    DAMAGED,
    SET_ASIDE,
    ClockEntry,
    Entry,
    GapEntry,
    Pseudonyms,
    SealedPerson,
    VisitEntry,
)
from kiosk.errors import EntryUnreadable, JournalDamaged
from kiosk.model import Direction, Format, Source
from kiosk.store.opening import open_journal, stamp
from kiosk.store.rescue import FAR
from kiosk.store.trouble import Identity, failing_as, mark

log = logging.getLogger(__name__)


class Outbox:
    """
    The entries of a journal that have not reached the centre.

    Belongs to the thread that made it. Every method but `close()` raises `JournalFailed` when the file
    cannot be read or written; nothing is half done then. It raises `JournalDamaged` when the file is damaged:
    a mark is left for the door then, which mends it, and the process must begin anew.

    Args:
        folder: Where the journal lies; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._failing_as = partial(failing_as, folder=folder)
        try:
            self._db = open_journal(folder)
        except JournalDamaged:
            mark(folder)
            raise
        self._identity = Identity(folder)
        self.epoch: str = self._db.execute("SELECT epoch FROM journal").fetchone()[0]

    def after(self, sequence: int, most: int) -> list[Entry]:
        """
        At most so many entries that are not stored, oldest first, of those after a sequence number.

        Raises:
            EntryUnreadable: If the first of them holds what no door writes: set it aside and ask again.
        """
        with self._failing_as("read visits"):
            rows = list(
                self._db.table("entries").rows_where(
                    "sequence > ? AND state != 'stored'", [sequence], order_by="sequence", limit=most
                )
            )
        entries: list[Entry] = []
        for row in rows:
            try:
                entries.append(self._entry(row))
            except (ValueError, TypeError) as error:
                if entries:
                    break
                raise EntryUnreadable(int(row["sequence"])) from error
        return entries

    def set_aside(self, sequence: int, reason: str) -> None:
        """Take an entry out of the way; a gap goes out in its place, and it waits for `retry()`."""
        now = stamp(datetime.now(UTC))
        with self._failing_as("set a visit aside"), self._db.atomic():
            self._db.execute(
                "INSERT INTO aside SELECT *, ?, ? FROM entries WHERE sequence = ? AND kind != 'gap'",
                [reason, now, sequence],
            )
            self._db.execute("DELETE FROM entries WHERE sequence = ?", [sequence])
            # Up to the next: a gap that is set aside took more than one place.
            (through,) = self._db.execute(
                "SELECT coalesce((SELECT min(sequence) - 1 FROM entries WHERE sequence > ?),"
                " (SELECT seq FROM sqlite_sequence WHERE name = 'entries'))",
                [sequence],
            ).fetchone()
            self._db.execute(
                "INSERT INTO entries (sequence, id, kind, at, through, why) VALUES (?, ?, 'gap', ?, ?, ?)",
                [sequence, str(uuid7()), now, through, SET_ASIDE],
            )

    def settled(self) -> int:
        """The highest sequence number up to which all are stored; 0 for none."""
        with self._failing_as("read visits"):
            row = self._db.execute(
                "SELECT coalesce((SELECT min(sequence) - 1 FROM entries WHERE state != 'stored'),"
                " (SELECT seq FROM sqlite_sequence WHERE name = 'entries'), 0)"
            ).fetchone()
        return int(row[0])

    def mark_sent(self, sequences: Iterable[int]) -> None:
        """The broker has these."""
        with self._failing_as("mark visits as sent"), self._db.atomic():
            self._db.conn.executemany(
                "UPDATE entries SET state = 'sent' WHERE sequence = ? AND state = 'waiting'",
                [(sequence,) for sequence in sequences],
            )

    def mark_stored(self, through: int) -> int:
        """
        The centre has committed all up to this sequence number.

        Only entries that were sent can have been stored: a receipt for others is not believed.

        Returns:
            How many entries this settled.
        """
        with self._failing_as("mark visits as stored"), self._db.atomic():
            # Who reads first in a transaction cannot write once the door has written in between: write first.
            cursor = self._db.execute(
                # The last condition is implied, but by it SQLite finds the index of what is under way.
                "UPDATE entries SET state = 'stored'"
                " WHERE sequence <= ? AND state = 'sent' AND state != 'stored'",
                [through],
            )
            self._db.execute("UPDATE road SET last_receipt_at = ?", [stamp(datetime.now(UTC))])
            self._go_on_behind(through)
        return cursor.rowcount

    def _go_on_behind(self, through: int) -> None:
        """A centre that has more than was ever written here knows of a life that this file has forgotten."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
        if row is None or not row[0] < through < row[0] + FAR:
            return
        log.warning(
            "the centre has entries through %d, this journal ends with %d: was it put back from a copy?"
            " New ones get numbers behind those",
            *(through, row[0]),
        )
        self._db.execute(
            "INSERT INTO entries (sequence, id, kind, state, at, through, why)"
            " VALUES (?, ?, 'gap', 'stored', ?, ?, ?)",
            [row[0] + 1, str(uuid7()), stamp(datetime.now(UTC)), through, DAMAGED],
        )
        self._db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'entries'", [through])

    def tell_line(self, *, up: bool) -> None:
        """Let the door know whether the road reaches the broker."""
        with self._failing_as("write the line's state"):
            self._db.execute("UPDATE road SET up = ? WHERE up != ?", [up, up])

    def assure(self) -> None:
        """
        Look whether this is still the journal. Costs some microseconds.

        Raises:
            JournalDamaged: If it is damaged, or another file has taken its place.
        """
        self._identity.assure()

    def version(self) -> int:
        """A number that changes when the door has written something. Costs next to nothing to ask."""
        with self._failing_as("look for news"):
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the file. Calling it twice does no harm."""
        self._db.close()

    def _entry(self, row: dict[str, Any]) -> Entry:
        place = {"id": row["id"], "epoch": self.epoch, "sequence": row["sequence"]}
        at = datetime.fromisoformat(row["at"])
        if at.tzinfo is None:
            raise ValueError("no time")
        if row["kind"] == "clock":
            return ClockEntry(
                **place, at=at, boot=row["boot"], started=datetime.fromisoformat(row["started"])
            )
        if row["kind"] == "gap":
            return GapEntry(**place, at=at, through=row["through"], why=row["why"])
        if row["kind"] != "visit":
            raise ValueError("no kind of entry")
        return VisitEntry(
            **place,
            direction=Direction(row["direction"]),
            source=Source(row["source"]),
            operator=row["operator"],
            at=at,
            clock_trusted=bool(row["clock_trusted"]),
            boot=row["boot"],
            monotonic_s=row["monotonic_s"],
            format=Format(row["format"]),
            pseudonyms=Pseudonyms(row["document"], row["phone"], row["other"]),
            person=SealedPerson(row["sealing_key"], row["person"]) if row["sealing_key"] else None,
            answers=_answers(row["answers"]),
            corrects=row["corrects"],
        )


def _answers(written: str | None) -> dict[str, str]:
    answers = json.loads(written) if written else {}
    if not isinstance(answers, dict) or not all(isinstance(answer, str) for answer in answers.values()):
        raise TypeError("no answers")
    return answers
