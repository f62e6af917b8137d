"""Who may check people in at a place, and by what a door knows them. No PIN, and no hash of one, is told."""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from collector.errors import RegistryRefused
from collector.models import Guard, Place
from collector.registering import fits, meant, named
from mqtt_bridge.wire import guards
from mqtt_bridge.wire.config import MAX_GUARDS
from mqtt_bridge.wire.forms import Operator
from mqtt_bridge.wire.phones import e164

CHECK_IN = "check_in"
"""The right that there is."""
_SEE = "see `collector place list`"
_PIN_DIGITS = 6
_TRIES = 100
"""Few PINs are taken, or too easy to guess."""


def add(place: str, name: str, *, pin: str | None, right: str, phone: str | None = None) -> Guard:
    """
    Let somebody check people in at a place; who does so already is changed.

    Args:
        place: The place's name.
        name: As it will stand with the visits.
        pin: The number to be keyed in; None leaves it as it is, or gives none.
        right: What they may do.
        phone: For the manager to call, as people write it; empty for none, None leaves it as it is.

    Raises:
        RegistryRefused: If there is no such place, or anything will not do.
    """
    values: dict[str, Any] = {"right": right}
    if phone is not None:
        values["phone"] = called(phone)
    with transaction.atomic():
        where = _held(place)
        if pin is not None:
            values["pin_hash"] = _hashed(where, name, pin)
        elif not where.guards.filter(name=name).exclude(pin_hash="", badge_hash="").exists():
            raise RegistryRefused(
                f"guard {name[:64]!r}: can prove nothing; give --pin, or a badge with `collector guard badge`"
            )
        return _kept(where, name, values)


def enter(place: Place, name: str, phone: str) -> Guard:
    """
    Write down a new guard of a place, whom no door knows before there is a PIN or a badge.

    Args:
        place: Where.
        name: As it will stand with the visits.
        phone: For the manager to call, as people write it; empty for none.

    Raises:
        RegistryRefused: If the place has a guard of that name, or anything will not do.
    """
    with transaction.atomic():
        where = _held(place.name)
        if where.guards.filter(name=name).exists():
            raise RegistryRefused(f"guard {name[:64]!r}: {place} has one of that name; choose another")
        return _kept(where, name, {"phone": called(phone), "right": CHECK_IN})


def set_pin(guard: Guard, pin: str) -> None:
    """
    Give a guard a PIN, in place of the one before.

    Raises:
        RegistryRefused: If it is none that will do, or another guard of the place has it.
    """
    with transaction.atomic():
        guard.pin_hash = _hashed(_held(guard.place.name), guard.name, pin)
        guard.save(update_fields=["pin_hash"])


def make_pin(guard: Guard) -> str:
    """
    Give a guard a PIN that nobody else at the place has, in place of the one before.

    Returns:
        The PIN, which is kept nowhere: it belongs into no log.

    Raises:
        RegistryRefused: If none was found, or the place is not there any more.
    """
    for tries_left in reversed(range(_TRIES)):
        pin = f"{1 + secrets.randbelow(9)}{secrets.randbelow(10 ** (_PIN_DIGITS - 1)):0{_PIN_DIGITS - 1}}"
        try:
            set_pin(guard, pin)
        except RegistryRefused:
            if not tries_left:
                raise
        else:
            break
    return pin


def allow(guard: Guard, right: str) -> None:
    """Give a guard a right, or none (empty): then no door knows them, until they have it again."""
    guard.right = right
    guard.save(update_fields=["right"])


def known_to_doors(guards: QuerySet[Guard]) -> QuerySet[Guard]:
    """Those of some guards who may do anything, and can prove who they are."""
    return guards.exclude(right="").exclude(pin_hash="", badge_hash="")


def give_badge(
    place: str, name: str, digest: str, *, ends: dt.datetime | None = None, new: bool = False
) -> Guard:
    """
    Let a badge stand for somebody, in place of the one before.

    Args:
        place: The place's name.
        name: Whose it is.
        digest: Of its subject; empty takes the badge away.
        ends: From when on it is worth nothing (aware); None without a badge.
        new: Whether somebody may be meant who was no guard yet.

    Raises:
        RegistryRefused: If there is no such place or guard.
    """
    with transaction.atomic():
        where = _held(place)
        if not new:
            of(where, name, "let them check people in with --new")
        return _kept(where, name, {"badge_hash": digest, "badge_ends": ends})


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


def is_name(text: str) -> bool:
    """Whether a guard can be called so: one line of at most 64 letters, none of them hidden."""
    return bool(text.strip()) and fits(text, Operator)


def called(phone: str) -> str:
    """
    A phone number in E.164, such as `+84982688084`; empty for an empty one.

    Raises:
        RegistryRefused: If it is none that a person can have; the error does not tell it.
    """
    if not phone:
        return ""
    found = e164(phone)
    if found is None:
        raise RegistryRefused("phone: not a number that a person can have; write one such as 0912 345 678")
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
        hashed = guards.hashed(pin, _salt(kept))
    except ValueError as error:
        raise RegistryRefused(f"the PIN of {name}: {error}") from None
    if guards.matches(pin, kept) is not None:
        raise RegistryRefused(f"the PIN of {name}: another guard of {place} has it; choose another")
    return hashed


def _salt(kept: Sequence[str]) -> bytes | None:
    """That of the first hash that is one; None where there is none."""
    for one in kept:
        try:
            return guards.salt_of(one)
        except ValueError:
            continue
    return None


def _kept(place: Place, name: str, values: dict[str, Any]) -> Guard:
    if not is_name(name):
        raise RegistryRefused(f"guard {name[:20]!r}: not a name of one line and at most 64 letters")
    guard, is_new = Guard.objects.update_or_create(place=place, name=name, defaults=values)
    if is_new and place.guards.count() > MAX_GUARDS:
        raise RegistryRefused(f"guard {name!r}: {place} has {MAX_GUARDS}, which is the most; remove one")
    return guard
