"""
The busiest statements, in the words of each kind of database.

Rows are tuples as that kind takes them; what is compared with them is read back in the same form.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import connection

from collector.ingest.marks import Journal
from mqtt_bridge.wire import VisitEvent

Row = tuple[Any, ...]


class Writer(Protocol):
    """What a kind of database must be able to do. All but `prepare` happens in an open transaction."""

    def moment(self, time: datetime) -> Any:
        """A time (aware) as a row takes it."""
        ...

    def row(self, visit: VisitEvent, kiosk: str, sequence: int, received_at: Any) -> Row:
        """A visit as a row: what `rows.COLUMNS` names, received at such a moment."""
        ...

    def prepare(self) -> None:
        """Get the connection ready; before each transaction."""
        ...

    def insert_visits(self, rows: Sequence[Row]) -> int:
        """Insert those of these rows whose id and place in the journal are still free; how many they are."""
        ...

    def contents(self, ids: Sequence[Any]) -> Mapping[Any, Row]:
        """What `rows.CONTENT` names of the visits of these ids, by id."""
        ...

    def raise_marks(self, marks: Iterable[tuple[Journal, int]]) -> Mapping[Journal, int]:
        """Let journals be complete at least so far; how far they are now, where others may be further."""
        ...


def make_writer() -> Writer:
    """A writer for the database that Django is set to."""
    if connection.vendor == "postgresql":
        from collector.ingest.writing.postgresql import PostgresqlWriter  # noqa: PLC0415 - needs psycopg

        return PostgresqlWriter()
    from collector.ingest.writing.sqlite import SqliteWriter  # noqa: PLC0415 - as above

    return SqliteWriter()
