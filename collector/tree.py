"""The tree of units, as it is written on a command line: `Sơn La/Chiềng An`."""

from collector.errors import RegistryRefused
from collector.models import Unit
from collector.registering import fits, meant
from mqtt_bridge.wire.forms import Label

BETWEEN = "/"


def add(path: str) -> Unit:
    """
    Make a unit, and those above it that are not there yet.

    Args:
        path: Names from the topmost down, with `/` between.

    Raises:
        RegistryRefused: If a name will not do.
    """
    unit: Unit | None = None
    for name in _names(path):
        unit, _ = Unit.objects.get_or_create(parent=unit, name=name)
    assert unit is not None, "a path has one name at least"
    return unit


def named(path: str) -> Unit:
    """
    The unit at a path; a single name may stand for a unit deeper down, if only one is called so.

    Raises:
        RegistryRefused: If there is none, or it is not clear which.
    """
    names = _names(path)
    found = list(Unit.objects.filter(name=names[-1]).select_related("parent"))
    fitting = [unit for unit in found if path_of(unit).split(BETWEEN)[-len(names) :] == names]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        paths = ", ".join(sorted(path_of(unit) for unit in fitting))
        raise RegistryRefused(f"unit {path[:80]!r}: there are {paths}; write one of these whole")
    known = Unit.objects.values_list("name", flat=True)
    raise RegistryRefused(
        f"unit {path[:80]!r}: not known{meant(names[-1], known)}; see `collector unit list`"
    )


def path_of(unit: Unit) -> str:
    """A unit's path."""
    names: list[str] = []
    above: Unit | None = unit
    while above is not None and len(names) < _DEEPEST:
        names.insert(0, above.name)
        above = above.parent
    return BETWEEN.join(names)


def every() -> list[str]:
    """All paths, in order."""
    return sorted(path_of(unit) for unit in Unit.objects.select_related("parent"))


_DEEPEST = 20


def _names(path: str) -> list[str]:
    names = [" ".join(name.split()) for name in path.split(BETWEEN)]
    if len(names) > _DEEPEST or not all(name and fits(name, Label) for name in names):
        raise RegistryRefused(
            f"unit {path[:80]!r}: not names of one line and at most 80 letters each, with {BETWEEN} between,"
            f" at most {_DEEPEST} of them"
        )
    return names
