"""
The busiest statements, in the words of each kind of database.

Rows are tuples as that kind takes them; what is compared with them is read back in the same form.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import IntegrityError, connection

from collector.ingest.marks import Held, Journal, Span
from collector.ingest.receiving import Row
from mqtt_bridge.wire import VisitEvent

Home = Callable[[str], int | None]
"""Of a box, by its name."""


class Writer(Protocol):
    """What a kind of database must be able to do; all but `row` and `prepare` in an open transaction."""

    def row(self, visit: VisitEvent, kiosk: str) -> Row:
        """A visit as a row: what `rows.COLUMNS` names. Any thread may call this."""
        ...

    def prepare(self) -> None:
        """Get the connection ready; before each transaction."""
        ...

    def hold(self, journals: Iterable[Journal], unknown: Iterable[Journal]) -> Mapping[Journal, Held]:
        """
        Keep other collectors from journals until the transaction ends, where several may store at once.

        Args:
            journals: All that this transaction stores into.
            unknown: Those of them that may have no mark yet.

        Returns:
            How far they are; nothing where the database has one writer at a time, and sees for itself that no
            place is filled twice.
        """
        ...

    def insert_visits(
        self, rows: Sequence[Row], doubtful: Mapping[Journal, int], received_at: datetime
    ) -> int:
        """
        Insert those of these rows whose id and place in the journal are still free; how many they are.

        Args:
            rows: Visits.
            doubtful: Through which place of a journal that is not sure; beyond, and in other journals, all is
                free.
            received_at: The centre's clock (aware).

        Raises:
            IntegrityError: If one that was free is not; then the transaction is lost, and may be tried again
                with all in doubt.
        """
        ...

    def suspect(self, error: IntegrityError) -> str | None:
        """The box with whose visit that came; None where it does not say."""
        ...

    def contents(self, ids: Sequence[Any]) -> Iterable[tuple[Any, Row]]:
        """Visits of these ids: each id, and what `rows.CONTENT` names. Two boxes may have used the same."""
        ...

    def filled(self, journals: Mapping[Journal, int]) -> Mapping[Journal, Sequence[Span]]:
        """What of journals is filled beyond these places, in its order: `truth.PLACES` at most of each."""
        ...

    def raise_marks(self, marks: Iterable[tuple[Journal, int, int]]) -> None:
        """Let journals be complete at least so far, and filled so far."""
        ...


def make_writer(home: Home) -> Writer:
    """
    A writer for the database that Django is set to.

    Args:
        home: The number of a box's place; None for a box of no place.
    """
    if connection.vendor == "postgresql":
        from collector.ingest.writing.postgresql import PostgresqlWriter  # noqa: PLC0415 - needs psycopg
        from collector.ingest.writing.sharded import ShardedWriter  # noqa: PLC0415 - as above
        from collector.shards.known import is_front  # noqa: PLC0415 - as above

        return ShardedWriter(home) if is_front() else PostgresqlWriter(home)
    from collector.ingest.writing.sqlite import SqliteWriter  # noqa: PLC0415 - as above

    return SqliteWriter(home)
