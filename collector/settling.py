"""
Until when all visits that came can be seen.

A visit gets the time of its batch, and appears when that batch is committed. That takes a moment; but where
two collectors wait for each other, or the server for its standby, it may take long.
"""

import datetime as dt

from django.db import connection

# Who changes a mark or a visit has such a lock from its first statement to the end of its transaction; who
# only reads, as a backup does for hours, has none. Servers tell a user of its own transactions only.
_OLDEST = """
SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid IN (
    SELECT pid FROM pg_locks WHERE mode IN ('RowShareLock', 'RowExclusiveLock')
    AND relation IN ('collector_mark'::regclass, 'collector_visit'::regclass)
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


def settled(now: dt.datetime) -> dt.datetime:
    """
    The present, or when the oldest transaction began that may still bring visits.

    To be asked before they are read. By the database's clock, which must be right, as that of each collector.

    Args:
        now: The present (aware).
    """
    if connection.vendor != "postgresql":
        return now
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        (oldest,) = cursor.fetchone()
    return min(now, oldest) if oldest else now
