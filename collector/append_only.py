"""Tables of which the database itself refuses to change or remove a row."""

from typing import Any

TABLES = ("collector_auditentry", "collector_checkout", "collector_change", "collector_personrequest")
"""What was done stays written; nothing that anybody does on a page can unwrite it."""
_REFUSAL = "this table is only added to"


def refuse_changes(_apps: Any, editor: Any) -> None:
    """Of a migration: put triggers before each of the tables."""
    vendor = editor.connection.vendor
    if vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION collector_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
    for table in TABLES:
        for statement in _triggers(vendor, table):
            editor.execute(statement)


def _triggers(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        before = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
        return [f"CREATE TRIGGER {table}_only_added_to {before} EXECUTE FUNCTION collector_only_added_to()"]
    return [
        f"CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for what in ("update", "delete")
    ]
