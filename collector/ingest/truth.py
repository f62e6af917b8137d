"""How far journals are complete by the database itself."""

import logging
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.db import connection

from collector.ingest.marks import Extent, Journal, Span, further
from collector.models import Clock, Gap, Mark, SetAside, Visit

log = logging.getLogger(__name__)

_PLACES = 1000
"""A question, at most."""
_EPOCH = Mark._meta.get_field("epoch")  # noqa: SLF001 - Django's own documented name
_HERE = "WHERE kiosk = %s AND epoch = %s AND"
_FILLED = " UNION ALL ".join(
    f"SELECT sequence, {last} FROM {kind._meta.db_table} {_HERE} {last} > %s"  # noqa: S608, SLF001 - names of our own
    for kind, last in ((Visit, "sequence"), (Clock, "sequence"), (SetAside, "sequence"), (Gap, "through"))
)
_QUESTION = f"{_FILLED} ORDER BY 1 LIMIT {_PLACES}"


def ask(claims: Mapping[Journal, int]) -> dict[Journal, Extent]:
    """
    How far journals are complete, whoever has filled them; their marks are locked until the transaction ends.

    Args:
        claims: What their doors hold receipts for. A door that holds one for an entry does not send it again,
            so what a lost database does not know of is passed over.
    """
    marked = _marked(claims)
    found = {}
    for (kiosk, epoch), claim in sorted(claims.items()):
        known = marked.get((kiosk, epoch), 0)
        if claim > known:
            log.warning(
                "kiosk %s: it holds receipts through %d, we know of %d; was the database put back from a "
                "copy?",
                kiosk,
                claim,
                known,
            )
        extent = further(max(known, claim), _filled(kiosk, UUID(int=epoch), max(known, claim)))
        found[kiosk, epoch] = extent._replace(marked=known)
    return found


def _marked(journals: Mapping[Journal, int]) -> dict[Journal, int]:
    kiosks = {kiosk for kiosk, _ in journals}
    epochs = {UUID(int=epoch) for _, epoch in journals}
    marks = Mark.objects.select_for_update().filter(kiosk__in=kiosks, epoch__in=epochs)
    return {(mark.kiosk, mark.epoch.int): mark.through for mark in marks.order_by("kiosk", "epoch")}


def _filled(kiosk: str, epoch: UUID, through: int) -> Iterator[Span]:
    """What is filled beyond a place, in its order."""
    here = (kiosk, _EPOCH.get_db_prep_value(epoch, connection))
    rows: list[Span] = []
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_QUESTION, (*here, through) * 4)
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < _PLACES:
            return
        through = max(last for _, last in rows)
