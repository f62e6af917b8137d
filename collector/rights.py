"""Who may do what, and where: the one place that knows."""

from collections.abc import Iterable
from enum import StrEnum

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet

from collector.models import Grant, Place, Unit

Role = Grant.Role
Account = AbstractBaseUser | AnonymousUser
_Scope = tuple[int | None, int | None]
"""A unit, or a place; both None for everywhere."""
_EVERYWHERE: _Scope = (None, None)
_REMEMBERED = "_collector_grants"


class Right(StrEnum):
    """Something that a page lets people do at a place."""

    SEE_NAMES = "see_names"
    """Visits with names, who is inside, search."""
    CHANGE_VISITS = "change_visits"
    """Put check-outs right."""
    EXPORT = "export"
    """Take lists of visits along."""
    ANSWER_PERSONS = "answer_persons"
    """See, correct and erase what is held of one person, on that person's request."""
    KEEP_GUARDS = "keep_guards"
    """Say who may check people in."""
    SET_PLACE = "set_place"
    """Change hours, notice, questions and how long names are kept."""
    SEE_FIGURES = "see_figures"
    """Counts, without names."""
    SEE_DOORS = "see_doors"
    """How the boxes are."""
    COMMAND_DOORS = "command_doors"
    """Have boxes show themselves, stand still or start anew."""
    ENROL_DOORS = "enrol_doors"
    """Make codes by which boxes become the centre's, and badges that open setting up."""
    SEE_AUDIT = "see_audit"
    """Who looked at what."""


_ROLES: dict[Role, frozenset[Right]] = {
    Role.MANAGER: frozenset(Right) - {Right.SEE_AUDIT},
    Role.CLERK: frozenset({Right.SEE_NAMES, Right.SEE_FIGURES}),
    Role.PROVINCE: frozenset({Right.SEE_FIGURES}),
    Role.AUDITOR: frozenset({Right.SEE_AUDIT}),
    Role.TECHNICIAN: frozenset({Right.SEE_DOORS, Right.COMMAND_DOORS, Right.ENROL_DOORS}),
}
NAMING = frozenset(
    {
        Right.SEE_NAMES,
        Right.CHANGE_VISITS,
        Right.EXPORT,
        Right.ANSWER_PERSONS,
        Right.KEEP_GUARDS,
        Right.SET_PLACE,
    }
)
"""Rights that lead to people's names, or to who keeps them: they need a second factor."""


def has(user: Account, right: Right) -> bool:
    """Whether somebody has a right anywhere."""
    return bool(_scopes(user, right))


def holds(user: Account, right: Right, place: Place) -> bool:
    """Whether somebody has a right at a place."""
    found = _scopes(user, right)
    if _EVERYWHERE in found or (None, place.pk) in found:
        return True
    roots = {unit for unit, _ in found if unit is not None}
    return bool(roots) and not roots.isdisjoint(_above(place.unit_id))


def names_people(user: Account) -> bool:
    """Whether an account can come to names, and so must prove itself by a second factor."""
    return bool(getattr(user, "is_superuser", False)) or any(has(user, right) for right in NAMING)


def places(user: Account, right: Right) -> QuerySet[Place]:
    """The places where somebody has a right, by name."""
    found = _scopes(user, right)
    if _EVERYWHERE in found:
        return Place.objects.order_by("name")
    chosen = Q(pk__in=[place for _, place in found if place is not None])
    roots = [unit for unit, _ in found if unit is not None]
    if roots:
        chosen |= Q(unit__in=below(roots))
    return Place.objects.filter(chosen).order_by("name")


def units(user: Account, right: Right) -> QuerySet[Unit]:
    """The units with whose places, all of them, somebody has a right; by name."""
    found = _scopes(user, right)
    if _EVERYWHERE in found:
        return Unit.objects.order_by("name")
    roots = [unit for unit, _ in found if unit is not None]
    return Unit.objects.filter(pk__in=below(roots)).order_by("name")


def everywhere(user: Account, right: Right) -> bool:
    """Whether somebody has a right at all places, those of no unit included."""
    return _EVERYWHERE in _scopes(user, right)


def below(roots: Iterable[int]) -> list[int]:
    """The numbers of these units, and of all below them."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in Unit.objects.values_list("pk", "parent"):
        children.setdefault(parent, []).append(pk)
    found: dict[int, None] = {}
    left = list(roots)
    while left:
        unit = left.pop()
        if unit not in found:
            found[unit] = None
            left += children.get(unit, ())
    return list(found)


def _above(unit: int | None) -> set[int]:
    """The numbers of a unit, and of all above it."""
    found: set[int] = set()
    while unit is not None and unit not in found:
        found.add(unit)
        unit = Unit.objects.values_list("parent", flat=True).filter(pk=unit).first()
    return found


def _scopes(user: Account, right: Right) -> set[_Scope]:
    """Where somebody has a right; an account that is shut out has it nowhere."""
    if not user.is_authenticated or not user.is_active:
        return set()
    return {(unit, place) for role, unit, place in _grants(user) if right in _ROLES[role]}


def _grants(user: Account) -> list[tuple[Role, int | None, int | None]]:
    """What an account was given; asked once, since the object lives as long as a request."""
    grants = user.__dict__.get(_REMEMBERED)
    if grants is None:
        told = Grant.objects.filter(user=user.pk).values_list("role", "unit", "place")
        grants = user.__dict__[_REMEMBERED] = [(Role(role), unit, place) for role, unit, place in told]
    return grants
