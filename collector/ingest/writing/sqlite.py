"""SQLite: plain statements on Django's own connection, past its layers, which cost more than the database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection

from collector.ingest.marks import Held, Journal, Span
from collector.ingest.receiving import Row
from collector.ingest.rows import COLUMNS, CONTENT, FILLING, answers
from collector.ingest.truth import PLACES
from collector.models import Mark, Visit
from mqtt_bridge.wire import VisitEvent

CACHE_KIB, CHECKPOINT_PAGES = 32 * 1024, 8000
_NULL = bytearray()
"""Stands for NULL where a BLOB may."""
_PART = 500
"""Ids a question."""
_EMPTY = {**dict.fromkeys(("document", "phone", "other", "person"), "x''"), "corrects": "''", "place_id": "0"}
"""What stands for NULL in columns that may be so."""
_VALUES = ", ".join(f"nullif(?, {_EMPTY[name]})" if name in _EMPTY else "?" for name in COLUMNS)
_READ = ", ".join(f"ifnull({name}, {_EMPTY[name]})" if name in _EMPTY else name for name in CONTENT)
_INSERT = (
    f"INSERT INTO {Visit._meta.db_table} ({', '.join(COLUMNS)}, received_at) "  # noqa: S608, SLF001 - names of our own
    f"VALUES ({_VALUES}, '{{}}') ON CONFLICT DO NOTHING"
)
_CONTENTS = f"SELECT id, {_READ} FROM {Visit._meta.db_table} WHERE id IN "  # noqa: S608, SLF001
_FILLED = " UNION ALL ".join(
    f"SELECT sequence, {last} FROM {kind._meta.db_table} WHERE kiosk = ? AND epoch = ? AND {last} > ?"  # noqa: S608, SLF001
    for kind, last in FILLING
)
_FILLED += f" ORDER BY 1 LIMIT {PLACES}"
_RAISE = (
    f"INSERT INTO {Mark._meta.db_table} (kiosk, epoch, through, last) VALUES (?, ?, ?, ?) "  # noqa: S608, SLF001
    "ON CONFLICT (kiosk, epoch) "
    "DO UPDATE SET through = max(through, excluded.through), last = max(last, excluded.last)"
)


class SqliteWriter:
    """
    Writes as Django's own SQLite backend does: UUIDs in hexadecimal, times as text in UTC.

    The module `sqlite3` asks its adapters what to do with each value that is not int, float, str or bytearray
    and nothing else; that takes a third of an INSERT. So a row holds no None, no bool and no bytes. And UUIDs
    take three times as long to write their hexadecimal themselves.
    """

    def __init__(self, home: Callable[[str], int | None]) -> None:
        self._home = home
        self._ready: object = None
        """The connection that is ready."""

    def row(self, visit: VisitEvent, kiosk: str) -> Row:
        """A visit as a row."""
        facts = visit.data
        known = facts.pseudonyms
        person = facts.person
        return (
            visit.id.int.to_bytes(16).hex(),
            kiosk,
            self._home(kiosk) or 0,
            facts.door,
            visit.epoch.int.to_bytes(16).hex(),
            visit.number,
            facts.direction._value_,
            facts.via._value_,
            facts.operator or "",
            1 if facts.verified else 0,
            facts.corrects.int.to_bytes(16).hex() if facts.corrects else "",
            answers(facts.answers) if facts.answers else "",
            _time(visit.time),
            1 if facts.clocktrusted else 0,
            facts.boot.int.to_bytes(16).hex(),
            facts.monotonic,
            facts.format._value_,
            bytearray(known.document) if known.document else _NULL,
            bytearray(known.phone) if known.phone else _NULL,
            bytearray(known.other) if known.other else _NULL,
            person.key if person else "",
            bytearray(person.box) if person else _NULL,
        )

    def prepare(self) -> None:
        """Let the connection keep at hand what a large batch changes, and tidy its journal after several."""
        connection.ensure_connection()
        if self._ready is not connection.connection:
            with connection.wrap_database_errors:
                _raw().execute(f"PRAGMA cache_size = -{CACHE_KIB}")
                _raw().execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            self._ready = connection.connection

    def hold(self, _journals: Iterable[Journal], _unknown: Iterable[Journal]) -> Mapping[Journal, Held]:
        """Nothing: there is one writer at a time."""
        return {}

    def insert_visits(
        self, rows: Sequence[Row], _doubtful: Mapping[Journal, int], received_at: datetime
    ) -> int:
        """Insert those whose id and place are still free, as the table's own keys know; how many they are."""
        with connection.wrap_database_errors:
            return _raw().executemany(_INSERT.format(_time(received_at)), rows).rowcount

    def suspect(self, _error: IntegrityError) -> str | None:
        """Nobody: what is there already is passed over."""
        return None

    def contents(self, ids: Sequence[Any]) -> Iterable[tuple[Any, Row]]:
        """The contents of the visits of these ids."""
        found: list[tuple[Any, Row]] = []
        for start in range(0, len(ids), _PART):
            part = ids[start : start + _PART]
            with connection.wrap_database_errors:
                rows = _raw().execute(f"{_CONTENTS}({', '.join('?' * len(part))})", part).fetchall()
            found += [(id_, tuple(content)) for id_, *content in rows]
        return found

    def filled(self, journals: Mapping[Journal, int]) -> Mapping[Journal, Sequence[Span]]:
        """What is filled beyond these places, journal by journal: nothing is far away."""
        found: dict[Journal, Sequence[Span]] = {}
        with connection.wrap_database_errors:
            for (kiosk, epoch), through in journals.items():
                here = (kiosk, UUID(int=epoch).hex, through)
                found[kiosk, epoch] = _raw().execute(_FILLED, here * len(FILLING)).fetchall()
        return found

    def raise_marks(self, marks: Iterable[tuple[Journal, int, int]]) -> None:
        """Raise marks."""
        raised = [(kiosk, UUID(int=epoch).hex, *how_far) for (kiosk, epoch), *how_far in marks]
        with connection.wrap_database_errors:
            _raw().executemany(_RAISE, raised)


def _raw() -> Connection:
    raw: Connection = connection.connection
    return raw


def _time(time: datetime) -> str:
    return (time if time.tzinfo is UTC else time.astimezone(UTC)).isoformat(" ")[:-6]
