"""The table of figures: a line for each unit and place directly below."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.urls import reverse

from collector import sorting
from collector.figures import summing
from collector.figures.summing import Sums
from collector.models import Place, Unit
from collector.web.figures.scope import Scope

_Key = tuple[str, int]
"""`unit` or `place`, and its number."""
_LAST = -1.0
"""Sorts what is not known below all that is."""


@dataclass(slots=True)
class Line:
    """
    What stands directly below.

    Attributes:
        name: What it is called.
        address: Path of its figures.
        is_place: Whether it is a place; else it is a unit.
        places: How many places it is or has.
        idle: How many of these are idle.
        came_before: Who came in the days that these are compared with.
        sums: Its figures.
    """

    name: str
    address: str
    is_place: bool
    places: int = 0
    idle: int = 0
    came_before: int = 0
    sums: Sums = field(default_factory=Sums)

    @property
    def change(self) -> float | None:
        """By how much more or less came than before, as a part of that; None where nobody had."""
        return summing.change(self.sums.came, self.came_before)


_ORDERS: Mapping[str, Callable[[Line], float]] = {
    "came": lambda line: line.sums.came,
    "change": lambda line: _known(line.change),
    "keypad": lambda line: _known(line.sums.keypad_share),
    "unverified": lambda line: _known(line.sums.unverified_share),
    "automatic": lambda line: _known(line.sums.automatic_share),
    "stay": lambda line: _known(line.sums.median_minutes),
    "idle": lambda line: line.idle,
}
ORDERS = ("name", *_ORDERS)
"""By what lines can be sorted; with `-` before it from the greatest."""


def lines(
    scope: Scope, sums: Mapping[int, Sums], came_before: Mapping[int, int], idle: Iterable[Place]
) -> list[Line]:
    """
    The lines of a unit, or of all.

    Args:
        scope: Whose.
        sums: Figures, by places' numbers.
        came_before: Who came in the days to compare with, likewise.
        idle: The places that are idle.
    """
    own = scope.unit.pk if scope.unit else None
    units = {pk: (name, parent) for pk, name, parent in Unit.objects.values_list("pk", "name", "parent")}
    found: dict[_Key, Line] = {
        ("unit", pk): Line(name, reverse("figures_unit", args=(pk,)), is_place=False)
        for pk, (name, parent) in units.items()
        if parent == own
    }
    idles = {place.pk for place in idle}
    for pk, name, unit in scope.places.values_list("pk", "name", "unit"):
        key = _key(pk, unit, own, units)
        if key not in found:
            found[key] = Line(name, reverse("figures_place", args=(pk,)), is_place=True)
        line = found[key]
        line.places += 1
        line.idle += pk in idles
        line.came_before += came_before.get(pk, 0)
        if pk in sums:
            line.sums.add(sums[pk])
    return list(found.values())


def ordered(found: Iterable[Line], by: str) -> list[Line]:
    """Lines in one of `ORDERS`; by name where it is another. What is the same is by name."""
    by_name = sorted(found, key=lambda line: sorting.key(line.name))
    key = _ORDERS.get(by.removeprefix("-"))
    if key is not None:
        return sorted(by_name, key=key, reverse=by.startswith("-"))
    return by_name[::-1] if by == "-name" else by_name


def _key(place: int, unit: int | None, own: int | None, units: Mapping[int, tuple[str, int | None]]) -> _Key:
    """Whose line a place counts in: that of the unit directly below, or its own."""
    below: int | None = None
    while unit is not None and unit != own:
        below, unit = unit, units[unit][1]
    return ("place", place) if below is None else ("unit", below)


def _known(value: float | None) -> float:
    return _LAST if value is None else value
