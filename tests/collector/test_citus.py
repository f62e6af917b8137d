"""The tables that grow, as Citus demands them, so that they can be spread over servers by kiosk."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from collector.models import Clock, Gap, Mark, SetAside, Visit
from tests.collector.databases import Templates
from tests.postgresql import Server

Ask = Callable[[str], list[tuple[Any, ...]]]
SHARDED = [model._meta.db_table for model in (Visit, Clock, Gap, Mark, SetAside)]
_TABLES = """
WITH tables AS (
    SELECT oid FROM pg_class WHERE relname = ANY(%s) AND relkind IN ('r', 'p')
    UNION SELECT inhrelid FROM pg_inherits JOIN pg_class ON pg_class.oid = inhparent
    WHERE relname = ANY(%s) AND relkind = 'p'
)
"""


@pytest.fixture(scope="module")
def ask(templates: Templates, postgresql: Server, django_db_blocker: Any) -> Iterator[Ask]:
    """Rows of the catalogue, about the sharded tables and all their months."""
    with django_db_blocker.unblock():
        name = postgresql.create(templates.name(postgresql))
    postgresql.run("SELECT collector_make_months('2025-11-01', '2027-01-01')", name)
    with psycopg.connect(postgresql.url(name)) as line:
        yield lambda question: line.execute(_TABLES + question, [SHARDED, SHARDED]).fetchall()
    postgresql.drop(name)


def keys(ask):
    """Each unique index: its table, and its columns."""
    return ask(
        "SELECT indrelid::regclass::text, array_agg(attname::text) FROM pg_index "
        "JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey) "
        "WHERE indrelid IN (TABLE tables) AND indisunique GROUP BY indexrelid, indrelid"
    )


def test_every_table_has_a_key_and_every_key_holds_the_kiosk(ask):
    """
    A key is looked after on one server only.

    Citus, "Frequently Asked Questions", Can I create primary keys on distributed tables?
    https://docs.citusdata.com/en/stable/faq/faq.html
    """
    found = keys(ask)

    assert len({table for table, _ in found}) == len(SHARDED) + 1 + 15
    assert all("kiosk" in columns for _, columns in found), found


def test_every_key_of_a_divided_table_holds_what_divides_it(ask):
    """PostgreSQL, "Table Partitioning", 5.11.2.3: https://www.postgresql.org/docs/15/ddl-partitioning.html"""
    assert all("id" in columns for table, columns in keys(ask) if table.startswith(SHARDED[0]))


def test_the_kiosk_is_of_one_type_and_never_null(ask):
    """
    Tables are spread alike only by columns of one type, and each row has to have a home.

    Citus, "Creating and Modifying Distributed Objects (DDL)", Co-Locating Tables:
    https://docs.citusdata.com/en/stable/develop/reference_ddl.html
    """
    found = ask(
        "SELECT atttypid, atttypmod, attcollation, attnotnull FROM pg_attribute "
        "WHERE attrelid IN (TABLE tables) AND attname = 'kiosk'"
    )

    assert len(found) == len(SHARDED) + 1 + 15
    assert len(set(found)) == 1
    assert found[0][-1]


def test_nothing_counts_up(ask):
    """
    A sequence is one server's; identity columns cannot be spread at all before Citus 11.2.

    Citus, "SQL Support and Workarounds", Limitations:
    https://docs.citusdata.com/en/stable/develop/reference_workarounds.html
    """
    assert not ask(
        "SELECT attrelid::regclass, attname FROM pg_attribute WHERE attrelid IN (TABLE tables) "
        "AND attnum > 0 AND (attidentity != '' OR atthasdef)"
    )


def test_nothing_refers_to_another_row(ask):
    """
    Foreign keys hold between tables spread alike only, and to copies on all servers.

    Citus, "Creating and Modifying Distributed Objects (DDL)", Using Constraints: as above.
    """
    assert not ask(
        "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' "
        "AND (conrelid IN (TABLE tables) OR confrelid IN (TABLE tables))"
    )


def test_nothing_excludes_another_row_and_no_trigger_or_rule_acts(ask):
    """
    Exclusion is as a key; triggers and rules are not carried to other servers.

    Citus, "SQL Support and Workarounds", Limitations: as above.
    """
    assert not ask(
        "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('x', 't') "
        "AND conrelid IN (TABLE tables)"
    )
    assert not ask("SELECT tgrelid::regclass FROM pg_trigger WHERE tgrelid IN (TABLE tables)")
    assert not ask("SELECT ev_class::regclass FROM pg_rewrite WHERE ev_class IN (TABLE tables)")


def test_it_is_divided_once_only(ask):
    """
    Of a table that is divided within its parts Citus wants nothing to know.

    Citus, "SQL Support and Workarounds", Limitations: as above.
    """
    assert ask("SELECT relname FROM pg_class WHERE oid IN (TABLE tables) AND relkind = 'p'") == [
        (SHARDED[0],)
    ]
