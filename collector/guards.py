"""Who may check people in at a place, and by what a door knows them. No PIN, and no hash of one, is told."""

from django.db import transaction

from collector.errors import RegistryRefused
from collector.models import Guard, Place
from collector.registering import fits, meant, named
from mqtt_bridge.wire import guards
from mqtt_bridge.wire.config import MAX_GUARDS
from mqtt_bridge.wire.forms import Operator

_SEE = "see `collector place list`"


def add(place: str, name: str, *, pin: str | None, right: str) -> Guard:
    """
    Let somebody check people in at a place; who does so already is changed.

    Args:
        place: The place's name.
        name: As it will stand with the visits.
        pin: The number to be keyed in; None leaves it as it is, or gives none.
        right: What they may do.

    Raises:
        RegistryRefused: If there is no such place, or anything will not do.
    """
    values = {"right": right}
    with transaction.atomic():
        where = _held(place)
        if pin is not None:
            values["pin_hash"] = _hashed(where, name, pin)
        elif not where.guards.filter(name=name).exclude(pin_hash="", badge_hash="").exists():
            raise RegistryRefused(
                f"guard {name[:64]!r}: can prove nothing; give --pin, or a badge with `collector guard badge`"
            )
        return _kept(where, name, values)


def give_badge(place: str, name: str, digest: str, *, new: bool = False) -> Guard:
    """
    Let a badge stand for somebody, in place of the one before.

    Args:
        place: The place's name.
        name: Whose it is.
        digest: Of its subject; empty takes the badge away.
        new: Whether somebody may be meant who was no guard yet.

    Raises:
        RegistryRefused: If there is no such place or guard.
    """
    with transaction.atomic():
        where = _held(place)
        if not new:
            of(where, name, "let them check people in with --new")
        return _kept(where, name, {"badge_hash": digest})


def remove(place: str, name: str) -> None:
    """
    Let somebody check people in no more, by PIN or badge.

    Raises:
        RegistryRefused: If there is no such place or guard.
    """
    of(named(place), name, _SEE).delete()


def of(place: Place, name: str, remedy: str) -> Guard:
    """
    The guard of a place with this name.

    Raises:
        RegistryRefused: If there is none; it ends with the remedy.
    """
    found = place.guards.filter(name=name).first()
    if found is None:
        names = place.guards.values_list("name", flat=True)
        raise RegistryRefused(f"guard {name[:64]!r}: none of {place}{meant(name, names)}; {remedy}")
    return found


def _held(place: str) -> Place:
    """A place whose guards nobody else changes until this transaction ends."""
    where = named(place)
    return Place.objects.select_for_update().get(pk=where.pk)


def _hashed(place: Place, name: str, pin: str) -> str:
    """A PIN, hashed with the salt that the place's guards share: a door derives once whose it is."""
    others = place.guards.exclude(pin_hash="").exclude(name=name).order_by("pk")
    kept = list(others.values_list("pin_hash", flat=True))
    try:
        hashed = guards.hashed(pin, guards.salt_of(kept[0]) if kept else None)
    except ValueError as error:
        raise RegistryRefused(f"the PIN of {name}: {error}") from None
    if guards.matches(pin, kept) is not None:
        raise RegistryRefused(f"the PIN of {name}: another guard of {place} has it; choose another")
    return hashed


def _kept(place: Place, name: str, values: dict[str, str]) -> Guard:
    if not fits(name, Operator):
        raise RegistryRefused(f"guard {name[:20]!r}: not a name of one line and at most 64 letters")
    guard, is_new = Guard.objects.update_or_create(place=place, name=name, defaults=values)
    if is_new and place.guards.count() > MAX_GUARDS:
        raise RegistryRefused(f"guard {name!r}: {place} has {MAX_GUARDS}, which is the most; remove one")
    return guard
