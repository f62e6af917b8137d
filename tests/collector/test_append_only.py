"""What was done stays written: the database itself refuses to unwrite it."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from collector.append_only import TABLES
from collector.models import AuditEntry, Change, CheckOut, PersonRequest, Place
from tests.collector.databases import POSTGRESQL

NOW = datetime(2026, 3, 14, 1, tzinfo=UTC)


@pytest.fixture
def written(database):
    """A row in each of the tables."""
    place = Place.objects.create(name="UBND phường Chiềng An")
    AuditEntry.objects.create(at=NOW, action="saw_visits")
    CheckOut.objects.create(visit=uuid.uuid4(), place=place, made_at=NOW)
    Change.objects.create(visit=uuid.uuid4(), at=NOW, by="an", what="erased")
    PersonRequest.objects.create(place=place, kind="see", at=NOW, by="an")
    return database


def refused(statement: str) -> bool:
    """Whether the database refuses, for the reason that we gave it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return "only added to" in str(error)
    return False


def test_no_row_is_changed_or_removed(written):
    columns = {
        table: connection.introspection.get_table_description(connection.cursor(), table)[-1].name
        for table in TABLES
    }

    for table, column in columns.items():
        assert refused(f"UPDATE {table} SET {column} = {column}"), table
        assert refused(f"DELETE FROM {table}"), table


def test_nothing_is_emptied_at_once(written):
    """SQLite has no word for it."""
    for table in TABLES:
        assert written.kind != POSTGRESQL or refused(f"TRUNCATE {table} CASCADE"), table


def test_the_pages_own_tools_are_refused_as_well(written):
    entry = AuditEntry.objects.get()
    entry.action = "nothing"

    for deed in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    assert AuditEntry.objects.get().action == "saw_visits"
