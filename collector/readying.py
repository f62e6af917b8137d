"""Django and the database, made ready for a command."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import logging
import os
from pathlib import Path

from collector import database, folder
from collector.database import DatabaseUnusable

log = logging.getLogger(__name__)


def make_ready(data: Path, *, make: bool = False) -> None:
    """
    Get Django and the database ready.

    Args:
        data: The data folder.
        make: Make what is missing, and bring the database up to date; without it, it must be so.

    Raises:
        FolderUnusable: If that cannot be done.
        DatabaseUnusable: Likewise.
    """
    if make:
        folder.prepare(data)
    else:
        folder.require(data, with_database=not database.chosen())
    set_up()
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    name = database.name(data)
    try:
        if make:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("clearsessions")
            _make_months()
            return
        plan = MigrationExecutor(connection)
        is_behind = bool(plan.migration_plan(plan.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        why = str(error).strip().partition("\n")[0]
        raise DatabaseUnusable(f'database "{name}": {why}; {database.remedy()}') from error
    if is_behind:
        raise DatabaseUnusable(f'database "{name}": not up to date; run `collector migrate`')


def _make_months() -> None:
    """Nothing waits for them: until they are there, visits lie among the others, and a shard may be away."""
    from django.db import DatabaseError
    from django.utils import timezone

    from collector import months

    try:
        months.make_ahead(timezone.now())
    except DatabaseError as error:
        log.warning("months of visits: %s; trying again with the daily work", error)


def set_up() -> None:
    """Get Django ready, whatever there is of a database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collector.settings")
    import django

    django.setup()
