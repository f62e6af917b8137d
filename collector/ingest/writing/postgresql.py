"""
PostgreSQL: rows by COPY in binary, straight into the visits, where all are new.

Where the server refuses that, for something is there already, they go into a table of this connection, and
what is new from there into the visits; and so for some batches more, since doors send again by the hundred.
Measured: straight takes half of the server's work; binary a third of the client's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import Connection, Cursor

from collector.ingest.marks import Journal, Span
from collector.ingest.receiving import Row
from collector.ingest.rows import COLUMNS, CONTENT, FILLING, answers
from collector.ingest.truth import PLACES
from collector.models import Mark, Visit
from mqtt_bridge.wire import VisitEvent

_VISITS, _MARKS = Visit._meta.db_table, Mark._meta.db_table  # noqa: SLF001 - Django's own documented name
WARY = 100
"""Batches that go the long way after one that was refused the short one."""
_TYPES = {
    "BigIntegerField": "int8",
    "BinaryField": "bytea",
    "BooleanField": "bool",
    "CharField": "varchar",
    "DateTimeField": "timestamptz",
    "ForeignKey": "int8",
    "FloatField": "float8",
    "TextField": "text",
    "UUIDField": "uuid",
}
_COLUMNS = (*COLUMNS, "received_at")
_ROW = [_TYPES[Visit._meta.get_field(name).get_internal_type()] for name in _COLUMNS]  # noqa: SLF001 - as above
_NAMES = ", ".join(_COLUMNS)
# Empty again after each transaction: made once a connection, it costs the catalogue nothing.
_STAGE = f"CREATE TEMPORARY TABLE IF NOT EXISTS arrived (LIKE {_VISITS}) ON COMMIT DELETE ROWS"
_INSERT = f"INSERT INTO {_VISITS} ({_NAMES}) SELECT {_NAMES} FROM arrived ON CONFLICT DO NOTHING"  # noqa: S608 - names of our own
_CONTENTS = f"SELECT id, {', '.join(CONTENT)} FROM {_VISITS} WHERE id = ANY(%s)"  # noqa: S608 - as above
_PLACES = "unnest(%s::varchar[], %s::uuid[], %s::bigint[])"
_FILLING = " UNION ALL ".join(
    f"SELECT sequence, {last} AS last FROM {kind._meta.db_table} AS kind "  # noqa: S608, SLF001 - as above
    f"WHERE kind.kiosk = place.kiosk AND kind.epoch = place.epoch AND kind.{last} > place.through"
    for kind, last in FILLING
)
_FILLED = (
    f"SELECT place.kiosk, place.epoch, filled.sequence, filled.last "  # noqa: S608 - as above
    f"FROM {_PLACES} AS place (kiosk, epoch, through), "
    f"LATERAL ({_FILLING} ORDER BY 1 LIMIT {PLACES}) AS filled ORDER BY 1, 2, 3"
)
_RAISE = (
    f"INSERT INTO {_MARKS} (kiosk, epoch, through) "  # noqa: S608 - as above
    f"SELECT * FROM {_PLACES} "
    f"ON CONFLICT (kiosk, epoch) DO UPDATE SET through = greatest({_MARKS}.through, excluded.through) "
    "RETURNING kiosk, epoch, through"
)


class PostgresqlWriter:
    """Writes what psycopg takes: UUIDs and times as they are."""

    def __init__(self, home: Callable[[str], int | None]) -> None:
        self._home = home
        self._ready: object = None
        """The connection that has its stage."""
        self._wary = 0
        """Batches that are still to go the long way."""

    def row(self, visit: VisitEvent, kiosk: str) -> Row:
        """A visit as a row."""
        facts = visit.data
        known = facts.pseudonyms
        person = facts.person
        return (
            visit.id,
            kiosk,
            self._home(kiosk),
            facts.door,
            visit.epoch,
            visit.number,
            facts.direction._value_,
            facts.via._value_,
            facts.operator or "",
            facts.verified,
            facts.corrects,
            answers(facts.answers) if facts.answers else "",
            visit.time,
            facts.clocktrusted,
            facts.boot,
            facts.monotonic,
            facts.format._value_,
            known.document,
            known.phone,
            known.other,
            person.key if person else "",
            person.box if person else None,
        )

    def prepare(self) -> None:
        """Make the stage once a connection, and let a commit wait for the disk, however the server is set."""
        connection.ensure_connection()
        if self._ready is connection.connection:
            return
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            if cursor.fetchone() == ("off",):
                cursor.execute("SET synchronous_commit = on")
            cursor.execute(_STAGE)
        self._ready = connection.connection

    def insert_visits(self, rows: Sequence[Row], received_at: datetime) -> int:
        """Insert those whose id and place are still free; how many they are."""
        if not self._wary:
            self._copy(_VISITS, rows, received_at)
            return len(rows)
        self._wary -= 1
        self._copy("arrived", rows, received_at)
        with connection.wrap_database_errors, _raw() as cursor:
            return cursor.execute(_INSERT).rowcount

    def grow_wary(self) -> bool:
        """Go the long way for some batches; False if that was the way already."""
        was_wary, self._wary = self._wary > 0, WARY
        return not was_wary

    def _copy(self, table: str, rows: Sequence[Row], received_at: datetime) -> None:
        statement = f"COPY {table} ({_NAMES}) FROM STDIN (FORMAT binary)".encode()
        with connection.wrap_database_errors, _raw() as cursor, cursor.copy(statement) as copy:
            copy.set_types(_ROW)
            for row in rows:
                copy.write_row((*row, received_at))

    def contents(self, ids: Sequence[Any]) -> Mapping[Any, Row]:
        """The contents of the visits of these ids."""
        with connection.wrap_database_errors, _raw() as cursor:
            return {id_: tuple(content) for id_, *content in cursor.execute(_CONTENTS, [list(ids)])}

    def filled(self, journals: Mapping[Journal, int]) -> Mapping[Journal, Sequence[Span]]:
        """What is filled beyond these places, of all journals in one question."""
        found: dict[Journal, list[Span]] = {}
        with connection.wrap_database_errors, _raw() as cursor:
            for kiosk, epoch, first, last in cursor.execute(_FILLED, _columns(sorted(journals.items()))):
                found.setdefault((kiosk, epoch.int), []).append((first, last))
        return found

    def raise_marks(self, marks: Iterable[tuple[Journal, int]]) -> Mapping[Journal, int]:
        """Raise marks, in one order with all other collectors, so that none waits for each other."""
        with connection.wrap_database_errors, _raw() as cursor:
            return {
                (kiosk, epoch.int): through
                for kiosk, epoch, through in cursor.execute(_RAISE, _columns(sorted(marks)))
            }


def _columns(places: Sequence[tuple[Journal, int]]) -> tuple[list[str], list[UUID], list[int]]:
    """Places in journals, as three arrays."""
    return (
        [kiosk for (kiosk, _), _ in places],
        [UUID(int=epoch) for (_, epoch), _ in places],
        [place for _, place in places],
    )


def _raw() -> Cursor[Any]:
    raw: Connection[Any] = connection.connection
    return raw.cursor()
