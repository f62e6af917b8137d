"""What can be read of a damaged journal, written into a new one: entries keep id, sequence and state."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from sqlite_utils import Database
from uuid_utils import uuid7

from kiosk.entries import DAMAGED
from kiosk.store import leaves
from kiosk.store.leaves import Value
from kiosk.store.opening import connected, is_identity, stamp

SPARE = 1000
"""So many places are left free behind the last one: numbers that were perhaps sent, and are lost."""
FAR = 1_000_000
"""A number this far from all others was misread."""
_MOST = 10**12
"""No door ever writes so many entries."""
_WIDEST, _AT_ONCE, _PATIENCE = 2**24, 512, 16
_UNREADABLE = (sqlite3.Error, MemoryError, OverflowError)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEAD = ("sequence", "id", "kind", "state")
_KINDS, _STATES = {"visit", "clock", "gap"}, {"waiting", "sent", "stored"}
_WHY_ASIDE = "damaged on the disk: not what a door writes"
_SPECIAL = {"entries", "journal", "sqlite_sequence", "_sqlite_migrations"}

Row = dict[str, Value]


@dataclass(slots=True)
class Rescued:
    """
    What became of a damaged journal.

    Attributes:
        entries: How many could be read.
        not_stored: How many of them the centre does not have yet.
        aside: How many of them could be read, but hold what no door writes.
        lost: How many places between the first and the last of them hold nothing.
        latest: The latest time in them, as the journal writes it; empty when there is none.
    """

    entries: int = 0
    not_stored: int = 0
    aside: int = 0
    lost: int = 0
    latest: str = ""


def rescue(path: Path, fresh: Database) -> Rescued:
    """
    Read what can be read. No connection of this process may have the damaged file open.

    Args:
        path: The damaged file; it is not changed.
        fresh: A new journal without entries.

    Raises:
        sqlite3.Error: If the new one cannot be written.
    """
    columns = _columns(fresh, "entries")
    known = set(columns)
    numbers: list[Value] = []
    names: list[tuple[Value, ...]] = []
    with closing(_Damaged(path)) as old:
        for table in set(fresh.table_names()) - _SPECIAL:
            _copy(old, fresh, table)
        # Where the damage renamed a column, each page is read by itself.
        found = {number: row for number, row in old.rows("entries") if _is_entry(row) and known >= row.keys()}
        numbers += [row.get("seq") for _, row in old.rows("sqlite_sequence") if row.get("name") == "entries"]
        names += [(row.get("epoch"), row.get("pseudonym_key")) for _, row in old.rows("journal")]
    for number, values in leaves.records(path, found):
        row = dict(zip(columns, values, strict=False))
        if len(values) <= len(columns) and _is_entry(row):
            found.setdefault(number, row)
        elif values[:1] == ("entries",):
            numbers += values[1:2]
        elif len(values) == 2:  # noqa: PLR2004 (an epoch and a key)
            names.append(values)
    found = _plausible(found)
    last = max((number for number in numbers if isinstance(number, int) and 0 < number < _MOST), default=0)
    if found or last:
        # Without either, numbers would begin anew: they must not in an epoch that is known.
        _keep_name(fresh, names)
    return _write(fresh, found, last)


def overlooked(path: Path, last: int) -> int:
    """
    How many entries stand in the write-ahead log that SQLite does not see: what is behind a damaged page of
    the log counts as never written there.

    Args:
        path: The journal.
        last: The last sequence number that SQLite knows of.
    """
    found = {
        number
        for number, values in leaves.logged(path, range(last + 1))
        if last < number < last + FAR and _is_entry(dict(zip(_HEAD, values, strict=False)))
    }
    return len(found)


class _Damaged:
    """A damaged database as far as SQLite can read it; perhaps nothing."""

    def __init__(self, path: Path) -> None:
        self._db: Database | None = None
        try:
            self._db = connected(path, "ro")
        except _UNREADABLE:
            pass

    def close(self) -> None:
        if self._db is not None:
            self._db.close()

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """The rows of a table with their ids, in order: of those on a page that is lost, none."""
        described = self._read("SELECT name FROM pragma_table_info(?)", table) or ()
        columns = [str(column) for (column,) in described]
        if not columns:
            return
        query = f"SELECT rowid, {', '.join(columns)} FROM {table} WHERE rowid BETWEEN ? AND ?"  # noqa: S608
        first, last = self._end(table, "min"), self._end(table, "max")
        first = first or 1
        # With the last page lost, nothing tells how many there were.
        last = last if last is not None and last < first + _WIDEST else first + _WIDEST
        vain = 0
        for start in range(first, last + 1, _AT_ONCE):
            rows = self._between(query, start, start + _AT_ONCE - 1)
            vain = vain + 1 if rows is None else 0
            if vain > _PATIENCE:
                return
            for number, *values in rows or ():
                if isinstance(number, int):
                    yield number, dict(zip(columns, values, strict=True))

    def _end(self, table: str, which: str) -> int | None:
        """The first or last id of a table, 0 of an empty one; None when it cannot be read."""
        found = self._read(f"SELECT coalesce({which}(rowid), 0) FROM {table}")  # noqa: S608
        end = found[0][0] if found else None
        return end if isinstance(end, int) and 0 <= end < _MOST else None

    def _between(self, query: str, first: int, last: int) -> list[tuple[Value, ...]] | None:
        """Halving around what cannot be read; None when that is all."""
        rows = self._read(query, first, last)
        if rows is not None or first == last:
            return rows
        middle = (first + last) // 2
        halves = self._between(query, first, middle), self._between(query, middle + 1, last)
        return None if halves == (None, None) else [*(halves[0] or ()), *(halves[1] or ())]

    def _read(self, query: str, *values: int | str) -> list[tuple[Value, ...]] | None:
        try:
            return self._db.execute(query, values).fetchall() if self._db is not None else None
        except _UNREADABLE:
            return None


def _columns(db: Database, table: str) -> list[str]:
    return [str(name) for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", [table])]


def _copy(old: _Damaged, fresh: Database, table: str) -> None:
    """A table whose rows stand for themselves. What a new journal has in it stays when none can be read."""
    known = set(_columns(fresh, table))
    made = [row for (row,) in fresh.execute(f"SELECT rowid FROM {table}")]  # noqa: S608
    copied = [
        _insert(fresh, table, {name: value for name, value in row.items() if name in known})
        for _, row in old.rows(table)
    ]
    if any(copied):
        fresh.conn.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(row,) for row in made])  # noqa: S608


def _insert(fresh: Database, table: str, row: Row) -> bool:
    """Whether the table takes it: it does not take what no door writes."""
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    try:
        fresh.conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608
    except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeError):
        return False
    return True


def _is_entry(row: Row) -> bool:
    named = isinstance(row.get("id"), str) and _ID.fullmatch(str(row["id"]))
    return bool(named) and row.get("kind") in _KINDS and row.get("state") in _STATES


def _plausible(found: dict[int, Row]) -> dict[int, Row]:
    """In the order of their numbers, without those that stand far from all others."""
    known = sorted(number for number in found if 0 < number < _MOST)
    first = middle = len(known) // 2
    while first > 0 and known[first] - known[first - 1] <= FAR:
        first -= 1
    last = min(middle + 1, len(known))
    while last < len(known) and known[last] - known[last - 1] <= FAR:
        last += 1
    return {number: found[number] for number in known[first:last]}


def _keep_name(fresh: Database, names: Sequence[tuple[Value, ...]]) -> None:
    """The first that is one."""
    for name in names:
        if is_identity(*name):
            fresh.execute("UPDATE journal SET epoch = ?, pseudonym_key = ?", name)
            return


def _write(fresh: Database, found: dict[int, Row], last: int) -> Rescued:
    """The entries, and gaps where there is nothing between, before or behind them."""
    told = Rescued()
    now = stamp(datetime.now(UTC))
    free = 1
    for number, following in pairwise([*found, _MOST]):
        row = {**found[number], "sequence": number}
        end = number
        if row["kind"] == "gap":
            through = row.get("through")
            end = row["through"] = (
                min(max(through, number), following - 1) if isinstance(through, int) else number
            )
        if not _insert(fresh, "entries", row):
            told.aside += _insert(fresh, "aside", {**row, "reason": _WHY_ASIDE, "set_aside_at": now})
            continue
        if number > free:
            _gap(fresh, free, number - 1, now)
            told.lost += number - free if told.entries else 0
        free = end + 1
        told.entries += 1
        told.not_stored += row["state"] != "stored"
        if row.get("clock_trusted") == 1:
            told.latest = max(told.latest, str(row.get("at")))
    if found or last:
        used = last if free <= last < free + FAR // 2 else free - 1
        told.lost += used - (free - 1)
        _gap(fresh, free, used + SPARE, now)
        fresh.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'entries'", [used + SPARE])
    fresh.execute("DELETE FROM aside WHERE id IN (SELECT id FROM entries)")
    return told


def _gap(fresh: Database, first: int, through: int, now: str) -> None:
    _insert(
        fresh,
        "entries",
        {"sequence": first, "id": str(uuid7()), "kind": "gap", "at": now, "through": through, "why": DAMAGED},
    )
