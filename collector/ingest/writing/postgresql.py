"""
PostgreSQL: rows by COPY in binary, straight into the visits, where they are new.

No key of the table keeps a place of a journal from being filled twice (`collector.dividing`). So whoever
stores holds the journal's mark first, which tells how far anything is filled: what lies beyond is new, and
whoever else brings it waits, and then is told of it. Marks are held in one order, and before anything else is
written, so that no two collectors wait for each other. What may be there already goes into a table of this
connection, and what is new from there into the visits.

Measured: straight takes half of the server's work; binary a third of the client's. Rows that were made binary
before marks are held keep others waiting for less, but then the server has nothing to do meanwhile: in all
it took a twelfth longer.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import compress
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Model
from psycopg import Connection, Cursor
from psycopg.errors import UniqueViolation

from collector.ingest.marks import Held, Journal, Span
from collector.ingest.receiving import Row
from collector.ingest.rows import COLUMNS, CONTENT, FILLING, answers
from collector.ingest.truth import PLACES
from collector.models import Mark, Visit
from mqtt_bridge.wire import VisitEvent

_VISITS, _MARKS = Visit._meta.db_table, Mark._meta.db_table  # noqa: SLF001 - Django's own documented name
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
_KNOWN = f"SELECT id, kiosk FROM {_VISITS} WHERE id = ANY(%s)"  # noqa: S608 - names of our own
_NEAR = 100
"""Places that are looked up in one go; what lies between them is read, too."""
_INSERT = (
    "WITH new AS MATERIALIZED (SELECT DISTINCT ON (kiosk, epoch, sequence) * FROM arrived "  # noqa: S608 - as above
    "ORDER BY kiosk, epoch, sequence, ctid), "
    "taken AS MATERIALIZED (SELECT span.kiosk, span.epoch, there.sequence FROM ("
    f"SELECT kiosk, epoch, min(sequence) AS first, max(sequence) AS last FROM new "
    f"GROUP BY kiosk, epoch, sequence / {_NEAR}) AS span, "
    f"LATERAL (SELECT sequence FROM {_VISITS} AS there WHERE there.kiosk = span.kiosk "
    "AND there.epoch = span.epoch AND there.sequence BETWEEN span.first AND span.last OFFSET 0) AS there) "
    f"INSERT INTO {_VISITS} ({_NAMES}) SELECT {_NAMES} FROM new WHERE NOT EXISTS (SELECT FROM taken "
    "WHERE taken.kiosk = new.kiosk AND taken.epoch = new.epoch AND taken.sequence = new.sequence) "
    "ON CONFLICT DO NOTHING"
)
"""Places tell no month: each month is asked what it has, once for all that are near each other."""
_CONTENTS = f"SELECT id, {', '.join(CONTENT)} FROM {_VISITS} WHERE id = ANY(%s)"  # noqa: S608 - as above
PLACES_ASKED = "%s::varchar[], %s::uuid[], %s::bigint[]"
"""What is asked of journals beyond a place of each."""
_MAKE_MARKS = (
    f"INSERT INTO {_MARKS} (kiosk, epoch, through, last) "  # noqa: S608 - as above
    "SELECT *, 0, 0 FROM unnest(%s::varchar[], %s::uuid[]) ON CONFLICT DO NOTHING"
)
_HOLD = (
    f"SELECT mark.kiosk, mark.epoch, mark.through, mark.last "  # noqa: S608 - as above
    f"FROM unnest(%s::varchar[], %s::uuid[]) AS journal (kiosk, epoch) JOIN {_MARKS} AS mark "
    "USING (kiosk, epoch) ORDER BY 1, 2 FOR UPDATE OF mark"
)
_RAISE = (
    f"UPDATE {_MARKS} AS mark "  # noqa: S608 - as above
    "SET through = greatest(mark.through, raised.through), last = greatest(mark.last, raised.last) "
    "FROM unnest(%s::varchar[], %s::uuid[], %s::bigint[], %s::bigint[]) "
    "AS raised (kiosk, epoch, through, last) "
    "WHERE mark.kiosk = raised.kiosk AND mark.epoch = raised.epoch"
)
_TAKEN = re.compile(r"\(id, kiosk\)=\([0-9a-f-]{36}, (.*)\)")
"""What PostgreSQL says of a key that is there already; the words around it are of the server's language."""
_ID, _KIOSK, _EPOCH, _SEQUENCE = (COLUMNS.index(name) for name in ("id", "kiosk", "epoch", "sequence"))


def filled_by(*kinds: tuple[type[Model], str]) -> str:
    """
    Asks what of journals is filled by tables of these: each with the column of the last place.

    Each table has its order from an index; all together, a whole journal would be sorted for its beginning.
    """
    filling = " UNION ALL ".join(
        f"(SELECT sequence, {last} AS last FROM {kind._meta.db_table} AS kind "  # noqa: S608, SLF001 - as above
        f"WHERE kind.kiosk = place.kiosk AND kind.epoch = place.epoch AND kind.{last} > place.through "
        f"ORDER BY 1 LIMIT {PLACES})"
        for kind, last in kinds
    )
    return (
        f"SELECT place.kiosk, place.epoch, filled.sequence, filled.last "  # noqa: S608 - as above
        f"FROM unnest({PLACES_ASKED}) AS place (kiosk, epoch, through), "
        f"LATERAL ({filling} ORDER BY 1 LIMIT {PLACES}) AS filled ORDER BY 1, 2, 3"
    )


class PostgresqlWriter:
    """
    Writes what psycopg takes: UUIDs and times as they are.

    Attributes:
        FILLED: Asks what of journals is filled, in their order.
    """

    FILLED = filled_by(*FILLING)

    def __init__(self, home: Callable[[str], int | None]) -> None:
        self._home = home
        self._ready: object = None
        """The connection that has its stage."""

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
            # Guessed to be long, some statements would be compiled for ten times as long as they take.
            cursor.execute("SET jit = off")
        self._ready = connection.connection

    def hold(self, journals: Iterable[Journal], unknown: Iterable[Journal]) -> Mapping[Journal, Held]:
        """Lock the marks of journals; those that have none get one first."""
        new = sorted(unknown)
        with connection.wrap_database_errors, raw() as cursor:
            if new:
                cursor.execute(_MAKE_MARKS, columns(new))
            held = cursor.execute(_HOLD, columns(sorted(journals)))
            return {(kiosk, epoch.int): Held(*how_far) for kiosk, epoch, *how_far in held}

    def insert_visits(
        self, rows: Sequence[Row], doubtful: Mapping[Journal, int], received_at: datetime
    ) -> int:
        """Insert those whose id and place are still free; how many they are."""
        straight: Sequence[Row] = rows
        if doubtful:
            through = doubtful.get
            is_new = [row[_SEQUENCE] > through((row[_KIOSK], row[_EPOCH].int), 0) for row in rows]
            straight = list(compress(rows, is_new))
        if straight:
            self._copy(_VISITS, straight, received_at)
        if len(straight) == len(rows):
            return len(rows)
        return len(straight) + self._insert_unknown(
            [row for row, new in zip(rows, is_new, strict=True) if not new], received_at
        )

    def _insert_unknown(self, rows: Sequence[Row], received_at: datetime) -> int:
        """Insert those of these rows that are not there; most are, and their ids tell at little cost."""
        with connection.wrap_database_errors, raw() as cursor:
            known = set(cursor.execute(_KNOWN, [[row[_ID] for row in rows]]))
            unknown = [row for row in rows if (row[_ID], row[_KIOSK]) not in known]
            if not unknown:
                return 0
            self._copy("arrived", unknown, received_at)
            return cursor.execute(_INSERT).rowcount

    def _copy(self, table: str, rows: Sequence[Row], received_at: datetime) -> None:
        statement = f"COPY {table} ({_NAMES}) FROM STDIN (FORMAT binary)".encode()
        with connection.wrap_database_errors, raw() as cursor, cursor.copy(statement) as copy:
            copy.set_types(_ROW)
            for row in rows:
                copy.write_row((*row, received_at))

    def suspect(self, error: IntegrityError) -> str | None:
        """The box of the visit whose key is there already."""
        cause = error.__cause__
        found = _TAKEN.search(cause.diag.message_detail or "") if isinstance(cause, UniqueViolation) else None
        return found[1] if found else None

    def contents(self, ids: Sequence[Any]) -> Iterable[tuple[Any, Row]]:
        """The contents of the visits of these ids."""
        with connection.wrap_database_errors, raw() as cursor:
            return [(id_, tuple(content)) for id_, *content in cursor.execute(_CONTENTS, [list(ids)])]

    def filled(self, journals: Mapping[Journal, int]) -> Mapping[Journal, Sequence[Span]]:
        """What is filled beyond these places, of all journals in one question."""
        found: dict[Journal, list[Span]] = {}
        here = (*columns(journals), list(journals.values()))
        with connection.wrap_database_errors, raw() as cursor:
            for kiosk, epoch, first, last in cursor.execute(self.FILLED, here):
                found.setdefault((kiosk, epoch.int), []).append((first, last))
        return found

    def raise_marks(self, marks: Iterable[tuple[Journal, int, int]]) -> None:
        """Raise marks, which this transaction holds."""
        journals, throughs, lasts = zip(*marks, strict=True)
        with connection.wrap_database_errors, raw() as cursor:
            cursor.execute(_RAISE, (*columns(journals), list(throughs), list(lasts)))


def columns(journals: Iterable[Journal]) -> tuple[list[str], list[UUID]]:
    """Journals, as two arrays."""
    return [kiosk for kiosk, _ in journals], [UUID(int=epoch) for _, epoch in journals]


def raw() -> Cursor[Any]:
    """A cursor past Django's layers."""
    raw: Connection[Any] = connection.connection
    return raw.cursor()
