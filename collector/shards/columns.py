"""What of a visit goes to a shard when it is stored, and as what."""

from django.db import connection

from collector.ingest import rows
from collector.models import Visit

COLUMNS = (*rows.COLUMNS, "received_at")


def types() -> list[str]:
    """The types of the columns, without their lengths."""
    fields = Visit._meta  # noqa: SLF001 - Django's own documented name
    return [str(fields.get_field(name).db_type(connection)).partition("(")[0] for name in COLUMNS]
