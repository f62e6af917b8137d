"""Which visits of a day somebody wants to see, as it stands in the address of the page."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from collector.exporting.selection import narrowed
from collector.models import Visit

DIRECTIONS = ("in", "out")
VIAS = ("camera", "reader", "keypad", "web")
_FIELDS = ("direction", "via", "guard", "door")
_SIGN_LETTERS = 12
_MOST_LETTERS = 63


@dataclass(frozen=True, slots=True)
class Filters:
    """
    What was chosen; each empty for all.

    Attributes:
        direction: `in` or `out`.
        via: `camera`, `reader`, `keypad` or `web`.
        guard: Sign of a guard's name, of `sign()`.
        door: A box's name.
    """

    direction: str = ""
    via: str = ""
    guard: str = ""
    door: str = ""

    @property
    def query(self) -> str:
        """As it stands in an address, to be put behind something else; empty for nothing chosen."""
        chosen = {name: getattr(self, name) for name in _FIELDS if getattr(self, name)}
        return f"&{urlencode(chosen)}" if chosen else ""

    def choose(self, visits: QuerySet[Visit], operators: Mapping[str, str]) -> QuerySet[Visit]:
        """
        Those of some visits that were chosen.

        Args:
            visits: Of a day.
            operators: The guards of that day by their signs; who is not there has recorded nothing.
        """
        guard = operators.get(self.guard, "")
        if self.guard and not guard:
            return visits.none()
        return narrowed(visits, direction=self.direction, via=self.via, door=self.door, guard=guard)

    def __bool__(self) -> bool:
        return bool(self.query)


def read(asked: QueryDict) -> Filters:
    """What the address asks for; what is none of the choices counts for nothing."""
    direction, via = asked.get("direction", ""), asked.get("via", "")
    return Filters(
        direction=direction if direction in DIRECTIONS else "",
        via=via if via in VIAS else "",
        guard=_letters(asked.get("guard", ""))[:_SIGN_LETTERS],
        door=_letters(asked.get("door", "")),
    )


def sign(guard: str) -> str:
    """By what a guard is chosen: no name stands in an address, or in anybody's log of addresses."""
    return hashlib.sha256(guard.encode()).hexdigest()[:_SIGN_LETTERS]


def operators(visits: QuerySet[Visit]) -> dict[str, str]:
    """Who has recorded some visits, by their signs, in the order of their names."""
    found: Iterable[str] = visits.exclude(operator="").values_list("operator", flat=True).distinct()
    return {sign(name): name for name in sorted(found)}


def _letters(text: str) -> str:
    return text.replace("\0", "")[:_MOST_LETTERS]
