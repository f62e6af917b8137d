"""How far journals are complete by the database itself."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

from collector.ingest.marks import Extent, Held, Journal, Span, further
from collector.models import Mark

log = logging.getLogger(__name__)

Filled = Callable[[Mapping[Journal, int]], Mapping[Journal, Sequence[Span]]]
"""What of journals is filled beyond a place of each, in its order: `PLACES` at most of each."""
PLACES = 1000


def ask(
    claims: Mapping[Journal, int], *, filled: Filled, held: Mapping[Journal, Held]
) -> dict[Journal, Extent]:
    """
    How far journals are complete, whoever has filled them.

    Args:
        claims: What their doors hold receipts for. A door that holds one for an entry does not send it again,
            so what a lost database does not know of is passed over.
        filled: Asks the database what is filled.
        held: Their marks, where the transaction holds them; else they are asked for.
    """
    marks = marked(claims, held)
    found = {}
    for journal, claim in claims.items():
        known = marks.get(journal, 0)
        if claim > known:
            log.warning(
                "kiosk %s: it holds receipts through %d, we know of %d; was the database put back from a "
                "copy?",
                journal[0],
                claim,
                known,
            )
        found[journal] = Extent(max(known, claim), known, is_all=True)
    open_ = {journal: extent.through for journal, extent in found.items()}
    while open_:
        pages = filled(open_)
        for journal, through in tuple(open_.items()):
            page = pages.get(journal, ())
            extent = further(through, page)
            found[journal] = extent._replace(marked=found[journal].marked)
            if extent.is_all and len(page) == PLACES:
                open_[journal] = extent.through
            else:
                del open_[journal]
    return found


def marked(journals: Collection[Journal], held: Mapping[Journal, Held]) -> dict[Journal, int]:
    """How far the marks of journals are, where they have one; `held` as above."""
    if held:
        return {journal: mark.through for journal, mark in held.items()}
    kiosks = {kiosk for kiosk, _ in journals}
    epochs = {UUID(int=epoch) for _, epoch in journals}
    marks = Mark.objects.filter(kiosk__in=kiosks, epoch__in=epochs)
    return {(mark.kiosk, mark.epoch.int): mark.through for mark in marks}
