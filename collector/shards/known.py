"""Whether visits are on shards; any kind of database can be asked."""

from django.db import DEFAULT_DB_ALIAS, connections

from collector.models import Visit


def is_front(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether a database has its visits on shards; by default the one that Django is set to."""
    if connections[alias].vendor != "postgresql":
        return False
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_partitioned_table WHERE partrelid = to_regclass(%s) AND partstrat = 'h'",
            [Visit._meta.db_table],  # noqa: SLF001 - Django's own documented name
        )
        return cursor.fetchone() is not None
