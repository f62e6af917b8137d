"""What a database is given to be a shard, beside all tables of the centre, of which it uses two."""

from collections.abc import Iterator

from django.db import connections

from collector.models import Visit
from collector.shards.columns import COLUMNS, types

VISITS = Visit._meta.db_table  # noqa: SLF001 - Django's own documented name
VIEW = "collector_shard_visit"
"""The visits, as a front sees them."""
STORE, FILLED = "collector_store_visits", "collector_filled_by_visits"
"""What a front calls."""
JOURNALS = "collector_shard_journal"
JOURNAL = "kiosk varchar(63), epoch uuid, before bigint NOT NULL, last bigint NOT NULL"
"""How far each journal's visits reach, and how far they did before the last batch."""

_MASK = (1 << 31) - 1
_SEED = 0x7A5B22367996DCFD
_ZERO = 0x49A0F4DD15E5A8E3
"""By which PostgreSQL finds a partition: `HASH_PARTITION_SEED`, and what `hash_combine64` adds to nothing."""
# The lower bits of the number by whose remainder PostgreSQL itself finds the partition of a kiosk.
FIND = (
    "CREATE OR REPLACE FUNCTION collector_shard (kiosk varchar) RETURNS integer LANGUAGE sql IMMUTABLE STRICT"
    " AS 'SELECT"
    f" (((hashtextextended(kiosk::text, {_SEED}) & {_MASK}) + {_ZERO & _MASK}) & {_MASK})::integer'"
)
# Where postgres_fdw cannot send a change as a whole, it changes row by row, by `ctid`; in a table of months,
# that hits rows of other months. A point looks like one, and cannot be compared with any: so that is refused.
_MAKE_VIEW = f"CREATE VIEW {VIEW} AS SELECT point '(0,0)' AS ctid, * FROM {VISITS}"  # noqa: S608 - names of our own
_MAKE_JOURNALS = (
    f"CREATE TABLE IF NOT EXISTS {JOURNALS} ({JOURNAL}, PRIMARY KEY (kiosk, epoch)) WITH (fillfactor = 50)"
)
_NAMES = ", ".join(COLUMNS)
_ARRIVED = f"unnest({', '.join(f'${number}' for number in range(1, len(COLUMNS) + 1))}) AS arrived ({_NAMES})"
# Whoever stores into the same journal meanwhile is waited for. What lies beyond all that was there is new;
# the rest is looked up. The front's word would not do: it may lose a transaction whose part here is kept.
_STORE = f"""
CREATE OR REPLACE FUNCTION {STORE} (%s) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    stored bigint;
BEGIN
    INSERT INTO {JOURNALS} AS known (kiosk, epoch, before, last)
        SELECT kiosk, epoch, 0, max(sequence) FROM {_ARRIVED} GROUP BY kiosk, epoch ORDER BY kiosk, epoch
        ON CONFLICT (kiosk, epoch)
        DO UPDATE SET before = known.last, last = greatest(known.last, excluded.last);
    INSERT INTO {VISITS} ({_NAMES})
        SELECT {", ".join(f"arrived.{name}" for name in COLUMNS)}
        FROM {_ARRIVED} JOIN {JOURNALS} AS known USING (kiosk, epoch)
        WHERE arrived.sequence > known.before OR (
            NOT EXISTS (SELECT FROM {VISITS} AS there WHERE there.id = arrived.id OFFSET 0)
            AND NOT EXISTS (
                SELECT FROM {VISITS} AS there WHERE there.kiosk = arrived.kiosk
                AND there.epoch = arrived.epoch AND there.sequence = arrived.sequence OFFSET 0))
        ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS stored = ROW_COUNT;
    RETURN stored;
END $$
"""  # noqa: S608 - as above
FILLED_TAKES = "kiosk varchar[], epoch uuid[], through bigint[], most integer"
FILLED_GIVES = "TABLE (of_kiosk varchar, of_epoch uuid, place bigint)"
_FILLED = f"""
CREATE OR REPLACE FUNCTION {FILLED} ({FILLED_TAKES}) RETURNS {FILLED_GIVES} LANGUAGE sql STABLE AS $$
    SELECT mark.kiosk, mark.epoch, filled.sequence
    FROM unnest($1, $2, $3) AS mark (kiosk, epoch, through), LATERAL (
        SELECT sequence FROM {VISITS} AS visit WHERE visit.kiosk = mark.kiosk
        AND visit.epoch = mark.epoch AND visit.sequence > mark.through ORDER BY 1 LIMIT $4) AS filled
$$
"""  # noqa: S608 - as above


def arguments() -> str:
    """What a front calls the function with that stores: each column as an array."""
    return ", ".join(f"{name} {kind}[]" for name, kind in zip(COLUMNS, types(), strict=True))


def statements() -> Iterator[str]:
    """What makes a database with all tables a shard, or brings it up to date."""
    yield _MAKE_VIEW
    yield _MAKE_JOURNALS
    yield _STORE.replace("%s", arguments())
    yield _FILLED
    yield FIND


def clear(alias: str) -> None:
    """Take away what would be in the way of a change of the tables."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"DROP VIEW IF EXISTS {VIEW}")


def make(alias: str, part: str) -> None:
    """
    Make the database that Django knows by this name a shard.

    Args:
        alias: The name.
        part: Which of how many it is, in words that it keeps.
    """
    with connections[alias].cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON TABLE {JOURNALS} IS '{part}'")


def part(alias: str) -> str | None:
    """Which of how many shards a database is; None for none yet."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [JOURNALS])
        found: str | None = cursor.fetchone()[0]
        return found
