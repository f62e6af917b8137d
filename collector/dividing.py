"""
The table of visits on PostgreSQL, divided into months; on SQLite it is one.

A visit's id is a UUIDv7 (RFC 9562): its first 48 bits are the door's clock when somebody passed, to the
millisecond. It never changes, while `at` is put right later: so it tells the month. What a wrong clock made
lies in another month than it should, or among the others, where no month is.

Its keys hold the kiosk, and there is none that holds less, so that the table can be spread over servers by
kiosk. That a journal's place holds one visit, whoever stores it, is seen to by the lock on the journal's mark
(`collector.ingest.writing`).
"""

from typing import Any

TABLE = "collector_visit"
OTHERS = f"{TABLE}_others"
"""The partition of what lies in no month."""
LOT = 10_000
"""Of the others, so many visits are dropped at a time."""
_LOCK_ID = 0x6D6F6E7468
_LOCK_S = 3
"""
How long a month that is to be made or dropped waits for who reads and writes; who comes meanwhile waits too.
"""
_WANTED = "(at >= before OR received_at >= lately OR (NOT clock_trusted AND received_at >= before))"
"""Which visits keep their month; what a wrong clock says is believed as far as the centre's bears it out."""
_QUOTED = f"$sql${_WANTED.replace('before', '$1').replace('lately', '$2')}$sql$"

_FLOOR = """
CREATE FUNCTION collector_first_id(at date) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT rpad(lpad(to_hex(greatest(0, extract(epoch FROM at)::bigint * 1000)), 12, '0'), 32, '0')::uuid
$$
"""
"""The smallest id of a day, by UTC."""
_MAKE = f"""
CREATE FUNCTION collector_make_months(first date, last date) RETURNS SETOF text
LANGUAGE plpgsql SET lock_timeout = '{_LOCK_S}s' AS $$
DECLARE
    month date;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock({_LOCK_ID});
    FOR month IN
        SELECT generate_series(date_trunc('month', first::timestamp), last::timestamp, interval '1 month')
    LOOP
        name := to_char(month, '"{TABLE}_"YYYY_MM');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        -- From here on nobody else puts a visit among the others, or sees it in neither place.
        LOCK TABLE {OTHERS} IN ACCESS EXCLUSIVE MODE;
        EXECUTE format(
            'WITH moved AS (DELETE FROM {OTHERS} WHERE id >= $1 AND id < $2 RETURNING *)'
            ' INSERT INTO %I SELECT * FROM moved', name
        ) USING collector_first_id(month), collector_first_id((month + interval '1 month')::date);
        EXECUTE format(
            'ALTER TABLE {TABLE} ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
            collector_first_id(month), collector_first_id((month + interval '1 month')::date)
        );
        RETURN NEXT name;
    END LOOP;
END $$
"""  # noqa: S608 - names of our own
_OLD = f"""
CREATE FUNCTION collector_old_months(before date, lately timestamptz) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    name text;
    is_wanted boolean;
BEGIN
    FOR name IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = '{TABLE}'::regclass AND relname ~ '_[0-9]{{4}}_[0-9]{{2}}$'
        AND to_date(right(relname, 7), 'YYYY_MM') + interval '1 month' <= before
        ORDER BY relname
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE ' || {_QUOTED} || ')', name)
            INTO is_wanted USING before, lately;
        IF NOT is_wanted THEN
            RETURN NEXT name;
        END IF;
    END LOOP;
END $$
"""  # noqa: S608 - as above
_DROP = f"""
CREATE FUNCTION collector_drop_months(before date, lately timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SET lock_timeout = '{_LOCK_S}s' AS $$
DECLARE
    name text;
    is_wanted boolean;
BEGIN
    PERFORM pg_advisory_xact_lock({_LOCK_ID});
    DELETE FROM {OTHERS} WHERE ctid IN (SELECT ctid FROM {OTHERS} WHERE NOT {_WANTED} LIMIT {LOT});
    FOR name IN SELECT * FROM collector_old_months(before, lately) LOOP
        -- Whoever was storing into it has ended by then, and may have brought something.
        LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE received_at >= $1)', name)
            INTO is_wanted USING lately;
        CONTINUE WHEN is_wanted;
        EXECUTE format('DROP TABLE %I', name);
        RETURN NEXT name;
    END LOOP;
END $$
"""  # noqa: S608 - as above


def divide(apps: Any, editor: Any) -> None:
    """Of a migration: divide the table that Django has just made, and that is empty."""
    if editor.connection.vendor != "postgresql":
        return
    visit = apps.get_model("collector", "Visit")
    whole = f"{TABLE}_whole"
    editor.execute(f"ALTER TABLE {TABLE} RENAME TO {whole}")
    editor.execute(f"CREATE TABLE {TABLE} (LIKE {whole} INCLUDING DEFAULTS) PARTITION BY RANGE (id)")
    editor.execute(f"DROP TABLE {whole}")
    editor.execute(f"ALTER TABLE {TABLE} ADD PRIMARY KEY (id, kiosk)")
    editor.execute(f"CREATE INDEX visit_journal ON {TABLE} (kiosk, epoch, sequence)")
    # Each morning a hundred thousand boxes may find out what time it is: 9 bytes a visit.
    editor.execute(f"CREATE INDEX visit_boot ON {TABLE} (kiosk, boot)")
    for index in visit._meta.indexes:  # noqa: SLF001 - Django's own documented name
        editor.add_index(visit, index)
    editor.execute(f"CREATE TABLE {OTHERS} PARTITION OF {TABLE} DEFAULT")
    for function in (_FLOOR, _MAKE, _OLD, _DROP):
        editor.execute(function, params=None)
