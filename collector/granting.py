"""Roles given and taken: of accounts, at places, at units, or everywhere."""

import difflib
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import QuerySet

from collector import audit, registering, tree
from collector.audit import Action
from collector.errors import AccountRefused
from collector.models import Grant, Place, Unit
from collector.registering import meant

ADMINISTRATOR = "administrator"
"""Not a grant: sees no names, but makes accounts, units and places."""


def roles() -> list[str]:
    """What somebody can be."""
    return [*Grant.Role.values, ADMINISTRATOR]


def account(name: str) -> User:
    """
    The account of this name.

    Raises:
        AccountRefused: If there is none.
    """
    found = User.objects.filter(username=name).first()
    if found is None:
        remedy = f"`collector user add {name} --role …` makes it"
        raise AccountRefused(f'user "{name[:40]}": not there{_meant(name)}; {remedy}')
    return found


def give(name: str, role: str, *, place: str = "", unit: str = "") -> None:
    """
    Give an account a role; what it has already stays as it is.

    Args:
        name: The account's.
        role: One of `roles()`.
        place: The place's name; empty for a unit, or everywhere.
        unit: The unit's path, such as `Sơn La/Chiềng An`; empty likewise.

    Raises:
        AccountRefused: If there is no such account, or the role has no place or unit.
        RegistryRefused: If there is no such place or unit.
    """
    user = account(name)
    if role == ADMINISTRATOR:
        if place or unit:
            raise AccountRefused(
                f'user "{name}": an administrator is so everywhere; leave place and unit out'
            )
        user.is_superuser = user.is_staff = True
        user.save(update_fields=["is_superuser", "is_staff"])
    else:
        where, part = _scope(place, unit)
        Grant.objects.get_or_create(user=user, role=role, place=where, unit=part)
    _note("role given", user, role, place, unit)


def take(name: str, role: str, *, place: str = "", unit: str = "") -> None:
    """
    Take a role from an account.

    Raises:
        AccountRefused: If it does not have it there.
        RegistryRefused: If there is no such place or unit.
    """
    user = account(name)
    if role == ADMINISTRATOR:
        taken = User.objects.filter(pk=user.pk, is_superuser=True).update(is_superuser=False, is_staff=False)
    else:
        where, part = _scope(place, unit)
        taken, _ = Grant.objects.filter(user=user, role=role, place=where, unit=part).delete()
    if not taken:
        raise AccountRefused(f'user "{name}": is no {role} there; see `collector user list`')
    _note("role taken", user, role, place, unit)


def told(user: User) -> list[str]:
    """An account's roles in words, such as `manager at UBND phường Chiềng An`."""
    told = [str(grant) for grant in _grants(user)]
    return [*([ADMINISTRATOR] if user.is_superuser else []), *told]


def _grants(user: User) -> QuerySet[Grant]:
    return user.grants.select_related("place", "unit").order_by("role", "pk")


def _scope(place: str, unit: str) -> tuple[Place | None, Unit | None]:
    if place and unit:
        raise AccountRefused("--place and --unit: a role is at one of them, or everywhere; leave one out")
    return registering.named(place) if place else None, tree.named(unit) if unit else None


def _note(what: str, user: User, role: str, place: str, unit: str) -> None:
    audit.write_own(
        Action.ADMINISTERED, what=what, account=user.get_username(), role=role, where=place or unit
    )


def _meant(name: str) -> str:
    known: Iterable[str] = User.objects.values_list("username", flat=True)
    close = difflib.get_close_matches(name, list(known), n=1)
    return meant(name, close) if close else ""
