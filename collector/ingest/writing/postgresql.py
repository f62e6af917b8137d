"""
PostgreSQL: rows by COPY in binary, straight into the visits, where all are new.

Where the server refuses that, for something is there already, they go into a table of this connection, and
what is new from there into the visits; and so for some batches more, since doors send again by the hundred.
Measured: straight takes half of the server's work; binary a third of the client's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg import Connection, Cursor

from collector.ingest.marks import Journal
from collector.ingest.rows import COLUMNS, CONTENT
from collector.ingest.writing import Row
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
    "FloatField": "float8",
    "UUIDField": "uuid",
}
_ROW = [_TYPES[Visit._meta.get_field(name).get_internal_type()] for name in COLUMNS]  # noqa: SLF001 - as above
_NAMES = ", ".join(COLUMNS)
# Empty again after each transaction: made once a connection, it costs the catalogue nothing.
_STAGE = f"CREATE TEMPORARY TABLE IF NOT EXISTS arrived (LIKE {_VISITS}) ON COMMIT DELETE ROWS"
_COPY = f"COPY {{}} ({_NAMES}) FROM STDIN (FORMAT binary)"
_INSERT = f"INSERT INTO {_VISITS} ({_NAMES}) SELECT {_NAMES} FROM arrived ON CONFLICT DO NOTHING"  # noqa: S608 - names of our own
_CONTENTS = f"SELECT id, {', '.join(CONTENT)} FROM {_VISITS} WHERE id = ANY(%s)"  # noqa: S608 - as above
_RAISE = (
    f"INSERT INTO {_MARKS} (kiosk, epoch, through) "  # noqa: S608 - as above
    "SELECT * FROM unnest(%s::varchar[], %s::uuid[], %s::bigint[]) "
    f"ON CONFLICT (kiosk, epoch) DO UPDATE SET through = greatest({_MARKS}.through, excluded.through) "
    "RETURNING kiosk, epoch, through"
)


class PostgresqlWriter:
    """Writes what psycopg takes: UUIDs and times as they are."""

    def __init__(self) -> None:
        self._ready: object = None
        """The connection that has its stage."""
        self._wary = 0

    def moment(self, time: datetime) -> datetime:
        """A time as a row takes it."""
        return time

    def row(self, visit: VisitEvent, kiosk: str, sequence: int, received_at: Any) -> Row:
        """A visit as a row."""
        facts = visit.data
        known = facts.pseudonyms
        person = facts.person
        return (
            visit.id,
            kiosk,
            facts.place,
            facts.door,
            visit.epoch,
            sequence,
            facts.direction._value_,
            facts.via._value_,
            facts.operator or "",
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
            received_at,
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

    def insert_visits(self, rows: Sequence[Row]) -> int:
        """Insert those whose id and place are still free; how many they are."""
        if self._wary:
            self._wary -= 1
            return self._merge(rows)
        try:
            with transaction.atomic():
                self._copy(_COPY.format(_VISITS), rows)
        except IntegrityError:
            self._wary = WARY
            return self._merge(rows)
        return len(rows)

    def _merge(self, rows: Sequence[Row]) -> int:
        self._copy(_COPY.format("arrived"), rows)
        with connection.wrap_database_errors, _raw() as cursor:
            return cursor.execute(_INSERT).rowcount

    def _copy(self, statement: str, rows: Sequence[Row]) -> None:
        with connection.wrap_database_errors, _raw() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types(_ROW)
            for row in rows:
                copy.write_row(row)

    def contents(self, ids: Sequence[Any]) -> Mapping[Any, Row]:
        """The contents of the visits of these ids."""
        with connection.wrap_database_errors, _raw() as cursor:
            return {id_: tuple(content) for id_, *content in cursor.execute(_CONTENTS, [list(ids)])}

    def raise_marks(self, marks: Iterable[tuple[Journal, int]]) -> Mapping[Journal, int]:
        """Raise marks, in one order with all other collectors, so that none waits for each other."""
        raised = sorted(marks)
        columns = (
            [kiosk for (kiosk, _), _ in raised],
            [UUID(int=epoch) for (_, epoch), _ in raised],
            [through for _, through in raised],
        )
        with connection.wrap_database_errors, _raw() as cursor:
            return {(kiosk, epoch.int): through for kiosk, epoch, through in cursor.execute(_RAISE, columns)}


def _raw() -> Cursor[Any]:
    raw: Connection[Any] = connection.connection
    return raw.cursor()
