"""What a database is given to be the front of shards, beside all tables of the centre."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql
from psycopg.conninfo import make_conninfo

from collector.backup.postgresql import others
from collector.shards.addresses import Shards, ShardsUnusable
from collector.shards.known import is_front
from collector.shards.shard import (
    FILLED,
    FILLED_GIVES,
    FILLED_TAKES,
    FIND,
    JOURNAL,
    JOURNALS,
    STORE,
    VIEW,
    VISITS,
    arguments,
)

CLUSTER = "collector_shards"
"""The shards to PL/Proxy, as a foreign server; and the beginning of each one's name to postgres_fdw."""
_WAY = {"async_capable": "true", "fetch_size": "1000", "batch_size": "500", "use_remote_estimate": "true"}
"""How postgres_fdw works: all shards at once, so many rows a round trip, planned by the shards' estimates."""
_PLANNING = ("enable_partitionwise_join", "enable_partitionwise_aggregate")
"""Visits are counted, and looked up by each other, shard by shard. Without it a page took minutes."""
_SILENCE = ("log_statement = none", "log_min_duration_statement = -1", "log_min_error_statement = panic")
"""What keeps a server from writing statements into its log: the shards' password stands in some."""
_MONTHS = "^collector_[a-z]+_months$"
"""The names of what is done with months (`collector.dividing`); all return names."""


def make(shards: Shards) -> int:
    """
    Make the database that Django is set to the front of these shards, or tell it where they are now.

    Args:
        shards: Shards that are ready.

    Returns:
        How many visits were moved to them.

    Raises:
        ShardsUnusable: If it has other shards; or if it has none yet and somebody else is connected, for a
            collector would go on as if it had none.
        django.db.DatabaseError: If a server refuses, or is away; then all is as it was, but that some visits
            may be on shards already.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        known, was_front = _known(cursor), is_front()
        if was_front and len(known) - 1 != len(shards.hosts):
            raise ShardsUnusable(
                f"{len(shards.hosts)} shards: it has {len(known) - 1}; see docs/cluster.md to divide them"
            )
        _be_silent(cursor)
        if not was_front:
            # Whoever comes from here on waits until it is a front, or is not.
            cursor.execute(f"LOCK TABLE {VISITS} IN ACCESS EXCLUSIVE MODE")
            if number := others():
                raise ShardsUnusable(
                    f"database: {number} others are connected; stop the centre first: sudo systemctl stop "
                    "collector"
                )
            # Left from before it was made a plain database again.
            for name in known:
                cursor.execute(f"DROP SERVER {name} CASCADE")
            known = {}
        for server in _servers(shards, known):
            cursor.execute(server)
        moved = 0 if was_front else _move(cursor, len(shards.hosts))
        for function in _functions(cursor):
            cursor.execute(function)
        database = sql.Identifier(connection.settings_dict["NAME"])
        for setting in _PLANNING:
            cursor.execute(sql.SQL("ALTER DATABASE {} SET {} = on").format(database, sql.SQL(setting)))
    return moved


def _be_silent(cursor: CursorWrapper) -> None:
    """Have the server write no statement of this transaction into its log, as far as it lets us."""
    for setting in _SILENCE:
        with suppress(DatabaseError), transaction.atomic():
            cursor.execute(f"SET LOCAL {setting}")


def _known(cursor: CursorWrapper) -> dict[str, Sequence[str]]:
    """The servers that there are, with the names of their options."""
    cursor.execute(
        "SELECT srvname, ARRAY(SELECT option_name FROM pg_options_to_table(srvoptions))"
        " FROM pg_foreign_server WHERE srvname ~ %s",
        [f"^{CLUSTER}(_[0-9]+)?$"],
    )
    return dict(cursor.fetchall())


def _servers(shards: Shards, known: Mapping[str, Sequence[str]]) -> Iterator[sql.Composable]:
    """The shards as foreign servers: each by itself for postgres_fdw, and all together for PL/Proxy."""
    yield sql.SQL("CREATE EXTENSION IF NOT EXISTS postgres_fdw")
    yield sql.SQL("CREATE EXTENSION IF NOT EXISTS plproxy")
    for number, host in enumerate(shards.hosts):
        yield from _server(_name(number), "postgres_fdw", {**_WAY, **host}, shards, known)
    together = {f"p{number}": make_conninfo("", **host) for number, host in enumerate(shards.hosts)}
    yield from _server(CLUSTER, "plproxy", together, shards, known)


def _server(
    name: str, wrapper: str, options: Mapping[str, str], shards: Shards, known: Mapping[str, Sequence[str]]
) -> Iterator[sql.Composable]:
    server = sql.Identifier(name)
    if name in known:
        dropped = [sql.SQL("DROP {}").format(sql.Identifier(option)) for option in known[name]]
        added = [sql.SQL("ADD {}").format(option) for option in _options(options)]
        yield sql.SQL("ALTER SERVER {} OPTIONS ({})").format(server, sql.SQL(", ").join([*dropped, *added]))
        yield sql.SQL("DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER {}").format(server)
    else:
        yield sql.SQL("CREATE SERVER {} FOREIGN DATA WRAPPER {} OPTIONS ({})").format(
            server, sql.Identifier(wrapper), sql.SQL(", ").join(_options(options))
        )
    login = {"user": shards.user, **({"password": shards.password} if shards.password else {})}
    yield sql.SQL("CREATE USER MAPPING FOR CURRENT_USER SERVER {} OPTIONS ({})").format(
        server, sql.SQL(", ").join(_options(login))
    )


def _move(cursor: CursorWrapper, shards: int) -> int:
    """Put the visits of all shards into the place of the table of visits, and what is in it onto them."""
    before, journals = f"{VISITS}_before", f"{JOURNALS}_of_all"
    cursor.execute(f"ALTER TABLE {VISITS} RENAME TO {before}")
    cursor.execute(f"CREATE TABLE {VISITS} (LIKE {before} INCLUDING DEFAULTS) PARTITION BY HASH (kiosk)")
    _spread(cursor, VISITS, VIEW, shards)
    cursor.execute(f"CREATE TABLE {journals} ({JOURNAL}) PARTITION BY HASH (kiosk)")
    _spread(cursor, journals, JOURNALS, shards)
    # Some may be there from a time when this was broken off.
    cursor.execute(f"INSERT INTO {VISITS} SELECT * FROM {before} ON CONFLICT DO NOTHING")  # noqa: S608 - names of our own
    cursor.execute(
        f"INSERT INTO {journals} SELECT kiosk, epoch, 0, max(sequence) FROM {before}"  # noqa: S608 - as above
        " GROUP BY kiosk, epoch ON CONFLICT DO NOTHING"
    )
    cursor.execute(f"SELECT count(*) FROM {before}")  # noqa: S608 - as above
    moved = int(cursor.fetchone()[0])
    for table in (before, journals):
        cursor.execute(f"DROP TABLE {table}")
    return moved


def _spread(cursor: CursorWrapper, table: str, there: str, shards: int) -> None:
    """Let a table be what the shards hold under a name."""
    for number in range(shards):
        cursor.execute(
            f"CREATE FOREIGN TABLE {table}_{number} PARTITION OF {table}"
            f" FOR VALUES WITH (MODULUS {shards}, REMAINDER {number})"
            f" SERVER {_name(number)} OPTIONS (table_name '{there}')"
        )


def _functions(cursor: CursorWrapper) -> Iterator[str]:
    """What the collectors call by name; a shard has a function of the same name."""
    cursor.execute(
        "SELECT proname, pg_get_function_arguments(oid) FROM pg_proc WHERE proname ~ %s ORDER BY 1", [_MONTHS]
    )
    months = cursor.fetchall()
    yield FIND
    on_all = f"LANGUAGE plproxy AS $$ CLUSTER '{CLUSTER}'; RUN ON ALL; $$"
    for name, takes in months:
        yield f"CREATE OR REPLACE FUNCTION {name} ({takes}) RETURNS SETOF text {on_all}"
    by_kiosk = f"LANGUAGE plproxy AS $$ CLUSTER '{CLUSTER}'; SPLIT %s; RUN ON collector_shard(kiosk); $$"
    for name, takes, gives, spread in (
        (STORE, arguments(), "SETOF bigint", "ALL"),
        (FILLED, FILLED_TAKES, FILLED_GIVES, "kiosk, epoch, through"),
    ):
        yield f"CREATE OR REPLACE FUNCTION {name} ({takes}) RETURNS {gives} {by_kiosk.replace('%s', spread)}"


def _name(number: int) -> str:
    return f"{CLUSTER}_{number}"


def _options(options: Mapping[str, str]) -> list[sql.Composable]:
    return [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.Literal(value)) for name, value in options.items()
    ]
