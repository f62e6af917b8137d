"""
How far each journal is complete, without asking the database when there is nothing to ask. Pure.

What is remembered may be too low, for several collectors may write side by side; it is never too high. So a
batch that goes on where a journal was complete moves its mark by itself; for all else the database is asked.
Where the database lets one collector at a time at a journal, it tells beforehand how far that is, and this is
remembered then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

Journal = tuple[str, int]
"""A door's journal: kiosk, and epoch as a number."""
Span = tuple[int, int]
"""Places in a journal: the first and the last, which are filled with all between them."""
MAX_REMEMBERED = 1 << 18
"""Journals; beyond it all are forgotten."""


class Extent(NamedTuple):
    """
    How far a journal is complete.

    Attributes:
        through: All places up to this one are filled.
        marked: How far the database's mark is, or an earlier mark.
        is_all: Whether nothing beyond is filled.
    """

    through: int
    marked: int
    is_all: bool


class Held(NamedTuple):
    """
    A journal's mark, which nobody else can move as long as the transaction lasts.

    Attributes:
        through: All places up to this one are filled.
        last: The last place that anything fills.
    """

    through: int
    last: int


ALL = (1 << 63) - 1
"""Beyond every place."""
Ask = Callable[[Mapping[Journal, int]], Mapping[Journal, Extent]]
"""How far journals are complete by the database itself, given what the doors hold receipts for."""


class Marks:
    """What one collector remembers of the journals that it has seen."""

    def __init__(self) -> None:
        self._complete: dict[Journal, int] = {}

    def unknown(self, journals: Iterable[Journal]) -> list[Journal]:
        """Journals of which nothing is remembered: perhaps nobody has seen them yet."""
        return [journal for journal in journals if journal not in self._complete]

    def learn(self, held: Mapping[Journal, Held]) -> None:
        """Remember how far journals are by the database itself."""
        for journal, mark in held.items():
            if mark.last <= mark.through:
                self._complete[journal] = mark.through
            else:
                self._complete.pop(journal, None)

    def move(
        self, filled: Mapping[Journal, Sequence[Span]], claims: Mapping[Journal, int], ask: Ask
    ) -> dict[Journal, Extent]:
        """
        How far journals are complete after a batch; remembers nothing of it yet.

        Args:
            filled: What the batch has filled.
            claims: What doors hold receipts for, where they say so.
            ask: Asks the database, in the batch's own transaction.
        """
        found: dict[Journal, Extent] = {}
        unknown: dict[Journal, int] = {}
        for journal, spans in filled.items():
            marked = self._complete.get(journal)
            claim = claims.get(journal, 0)
            through = _further(marked, spans) if marked is not None and claim <= marked else None
            if marked is None or through is None:
                unknown[journal] = claim
            else:
                found[journal] = Extent(through, marked, is_all=True)
        return found | dict(ask(unknown)) if unknown else found

    def keep(self, extents: Mapping[Journal, Extent]) -> None:
        """Remember what was committed."""
        if len(self._complete) > MAX_REMEMBERED:
            self._complete.clear()
        for journal, extent in extents.items():
            if extent.is_all:
                self._complete[journal] = extent.through
            else:
                self._complete.pop(journal, None)

    def forget(self) -> None:
        """Forget all: another database, or an older copy of it, may have come in its place."""
        self._complete.clear()


def further(through: int, spans: Iterable[Span]) -> Extent:
    """How far a journal is complete that was so up to `through`, with what is filled beyond, in its order."""
    marked = through
    for first, last in spans:
        if first > through + 1:
            return Extent(through, marked, is_all=False)
        through = max(through, last)
    return Extent(through, marked, is_all=True)


def doubtful(filled: Mapping[Journal, Sequence[Span]], held: Mapping[Journal, Held]) -> dict[Journal, int]:
    """
    Of journals of which a batch may hold what is stored already: through which place that may be.

    Args:
        filled: What the batch would fill.
        held: How far they are; of those that are not here, nobody knows.
    """
    found: dict[Journal, int] = {}
    for journal, spans in filled.items():
        mark = held.get(journal)
        if mark is None:
            found[journal] = ALL
            continue
        before = 0
        for first, last in sorted(spans):
            if first <= before:
                found[journal] = ALL  # Twice in the batch itself.
                break
            if first <= mark.last:
                found[journal] = mark.last
            before = max(before, last)
    return found


def _further(through: int, spans: Sequence[Span]) -> int | None:
    extent = further(through, sorted(spans))
    return extent.through if extent.is_all else None
