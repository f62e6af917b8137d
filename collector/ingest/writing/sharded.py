"""
The front of shards on PostgreSQL: a batch by one call of PL/Proxy, which takes each shard its part.

A shard's part is on its disk before the front's transaction ends, and stays there when that is broken off. So
a shard sees for itself what it has already (`collector.shards.shard`), and the marks, which receipts come
from, are the front's and are raised last: what was broken off is stored when it is sent again, and counts as
there already where it is. Marks are held on the front as on a database without shards.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property

from django.db import connection
from psycopg import Cursor, InternalError, OperationalError

from collector.ingest.marks import Journal, Span
from collector.ingest.receiving import Row
from collector.ingest.rows import COLUMNS, FILLING
from collector.ingest.truth import PLACES
from collector.ingest.writing.postgresql import PLACES_ASKED, PostgresqlWriter, columns, filled_by, raw
from collector.models import Visit
from collector.shards.columns import types
from collector.shards.shard import FILLED, STORE

_KIOSK, _EPOCH, _SEQUENCE = (COLUMNS.index(name) for name in ("kiosk", "epoch", "sequence"))
_STORE = f"SELECT * FROM {STORE}({{}})"  # noqa: S608 - names of our own
_FILLED = f"SELECT * FROM {FILLED}({PLACES_ASKED}, {PLACES})"  # noqa: S608 - as above


class ShardedWriter(PostgresqlWriter):
    """Writes visits to the shards, and all else as without them."""

    FILLED = filled_by(*(kind for kind in FILLING if kind[0] is not Visit))

    def insert_visits(
        self, rows: Sequence[Row], doubtful: Mapping[Journal, int], received_at: datetime
    ) -> int:
        """Insert those whose id and place are still free, whatever is known here; how many they are."""
        chosen = list(_first_of_each(rows, doubtful)) if doubtful else rows
        arrays = [*map(list, zip(*chosen, strict=True)), [received_at] * len(chosen)]
        # Django's own kind of cursor writes all values into the statement, as text.
        with _reached(), Cursor(connection.connection) as cursor:
            cursor.execute(_STORE.format(self._arrays), arrays, prepare=True)
            return sum(stored for (stored,) in cursor)

    @cached_property
    def _arrays(self) -> str:
        return ", ".join(f"%b::{kind}[]" for kind in types())

    def filled(self, journals: Mapping[Journal, int]) -> Mapping[Journal, Sequence[Span]]:
        """What is filled beyond these places: by visits, of all shards in one question, and by all else."""
        found = {journal: list(spans) for journal, spans in super().filled(journals).items()}
        with _reached(), raw() as cursor:
            cursor.execute(_FILLED, (*columns(journals), list(journals.values())))
            for kiosk, epoch, place in cursor:
                found.setdefault((kiosk, epoch.int), []).append((place, place))
        return {journal: sorted(spans)[:PLACES] for journal, spans in found.items()}


def _first_of_each(rows: Sequence[Row], doubtful: Mapping[Journal, int]) -> Iterator[Row]:
    """Rows but those whose place in a journal another of them takes; such are of doubtful journals."""
    taken: set[tuple[object, ...]] = set()
    for row in rows:
        if (row[_KIOSK], row[_EPOCH].int) in doubtful:
            place = (row[_KIOSK], row[_EPOCH], row[_SEQUENCE])
            if place in taken:
                continue
            taken.add(place)
        yield row


@contextmanager
def _reached() -> Iterator[None]:
    """PL/Proxy calls a shard that it cannot reach an internal error; it is one that passes."""
    with connection.wrap_database_errors:
        try:
            yield
        except InternalError as error:
            if str(error).startswith("PL/Proxy"):
                raise OperationalError(*error.args) from error
            raise
