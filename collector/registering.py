"""The registry as a manager sets it: places, doors and guards. What is set here goes down to the boxes."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from django.db import models

from collector.errors import RegistryRefused
from collector.models import Guard, Kiosk, Place
from mqtt_bridge.wire import guards
from mqtt_bridge.wire.config import known_languages
from mqtt_bridge.wire.forms import Label, Operator, Sentence

RIGHTS = ("check_in",)
_MOST_DAYS = 3650
_Row = TypeVar("_Row", bound=models.Model)
_Read = Callable[[str], Any]


def set_place(name: str, told: Mapping[str, str], *, new: bool = False) -> Place:
    """
    Change a place.

    Args:
        name: Its name.
        told: What is to be, by field.
        new: Whether it may be made.

    Raises:
        RegistryRefused: If there is no such place, or anything told will not do; the message has all of it.
    """
    values = _read("place", told, _PLACE)
    if new:
        _check_label("place", name)
        place, _ = Place.objects.update_or_create(name=name, defaults=values)
        return place
    return _changed(_known("place", name, Place, "name", "make it with --new"), values)


def set_door(kiosk: str, told: Mapping[str, str]) -> Kiosk:
    """
    Change the door that a box stands at.

    Raises:
        RegistryRefused: If there is no such box, or anything told will not do; the message has all of it.
    """
    values = _read("door", told, _DOOR)
    fields = {"door" if name == "name" else name: value for name, value in values.items()}
    return _changed(box(kiosk), fields)


def set_guard(place: str, name: str, *, pin: str | None, badge: str | None, right: str) -> Guard:
    """
    Let somebody check people in at a place; who does so already is changed.

    Args:
        place: The place's name.
        name: As it will stand with the visits.
        pin: The number to be keyed in; None leaves it as it is, or gives none.
        badge: The subject of the signed badge; None likewise.
        right: What they may do.

    Raises:
        RegistryRefused: If there is no such place, or anything will not do.
    """
    where = _known("place", place, Place, "name", "see `collector place list`")
    if not _fits(name, Operator):
        raise RegistryRefused(f"guard {name[:20]!r}: not a name of one line and at most 64 letters")
    values: dict[str, str] = {"right": right}
    if pin is not None:
        try:
            values["pin_hash"] = guards.hashed(pin)
        except ValueError as error:
            raise RegistryRefused(f"the PIN of {name}: {error}; write it to standard input") from None
    if badge is not None:
        values["badge_hash"] = guards.badge_digest(badge)
    known = Guard.objects.filter(place=where, name=name).first()
    if known is None and len(values) == 1:
        raise RegistryRefused(f"guard {name}: can prove nothing; give --pin-stdin or --badge")
    guard, _ = Guard.objects.update_or_create(place=where, name=name, defaults=values)
    return guard


def remove_guard(place: str, name: str) -> None:
    """
    Let somebody check people in no more.

    Raises:
        RegistryRefused: If there is no such place or guard.
    """
    where = _known("place", place, Place, "name", "see `collector place list`")
    if not Guard.objects.filter(place=where, name=name).delete()[0]:
        known = Guard.objects.filter(place=where).values_list("name", flat=True)
        raise RegistryRefused(f"guard {name!r}: none of {place}{_meant(name, known)}")


def box(kiosk: str) -> Kiosk:
    """
    The box of this name.

    Raises:
        RegistryRefused: If there is none, or it was shut out.
    """
    found = _known("kiosk", kiosk, Kiosk, "name", "see `collector place list`, or enrol it")
    if found.revoked_at is not None:
        raise RegistryRefused(f"kiosk {kiosk}: it was revoked; let it in again with `collector enrol`")
    return found


def _changed(row: _Row, values: Mapping[str, Any]) -> _Row:
    for name, value in values.items():
        setattr(row, name, value)
    if values:
        row.save(update_fields=list(values))
    return row


def _known(what: str, name: str, model: type[_Row], field: str, remedy: str) -> _Row:
    objects = model._default_manager  # noqa: SLF001 - Django's name for it
    row = objects.filter(**{field: name}).first()
    if row is None:
        names = objects.values_list(field, flat=True)
        raise RegistryRefused(f"{what} {name[:80]!r}: not known{_meant(name, names)}; {remedy}")
    return row


def _read(what: str, told: Mapping[str, str], fields: Mapping[str, tuple[_Read, str]]) -> dict[str, Any]:
    """What was told, each value read; all that is wrong with it is said at once."""
    values, faults = {}, []
    for name, text in told.items():
        if name not in fields:
            faults.append(f"{name}: a {what} has no such field{_meant(name, fields)}")
            continue
        read, remedy = fields[name]
        try:
            values[name] = read(text)
        except ValueError as error:
            faults.append(f"{name} = {text[:40]!r}: {str(error) or remedy}")
    if faults:
        raise RegistryRefused("; ".join(faults))
    return values


def _meant(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(names[:20]) or 'none'}"


def _fits(text: str, form: Any) -> bool:
    try:
        msgspec.convert(text, form)
    except msgspec.ValidationError:
        return False
    return True


def _check_label(what: str, text: str) -> None:
    if not text or not _fits(text, Label):
        raise RegistryRefused(f"{what} {text[:20]!r}: not a name of one line and at most 80 letters")


def _of(form: Any) -> _Read:
    def read(text: str) -> str:
        if not _fits(text, form):
            raise ValueError
        return text

    return read


def _among(*known: str) -> _Read:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"not one of {', '.join(known)}")
        return text

    return read


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError(f"no such time zone{_meant(text, available_timezones())}")
    return ZoneInfo(text).key


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_DAYS):
        raise ValueError
    return int(text)


def _languages(text: str) -> str:
    chosen = dict.fromkeys(text.split())
    unknown = chosen.keys() - set(known_languages())
    if unknown or not chosen:
        raise ValueError(f"doors speak {', '.join(known_languages())}; name some of these, the first first")
    return " ".join(chosen)


_LINE = "one line of at most"
_PLACE: Mapping[str, tuple[_Read, str]] = {
    "kind": (_among(Place.CHECKPOINT, Place.PUBLIC), ""),
    "zone": (_zone, ""),
    "keep_days": (_days, f"a whole number of days from 1 to {_MOST_DAYS}"),
    "hours": (_of(Label), f"{_LINE} 80 letters"),
    "notice": (_of(Sentence), f"{_LINE} 200 letters"),
    "help_desk": (_of(Label), f"{_LINE} 80 letters"),
    "languages": (_languages, ""),
}
_DOOR: Mapping[str, tuple[_Read, str]] = {
    "name": (_of(Label), f"{_LINE} 80 letters"),
    "direction": (_among("in", "out", "toggle"), ""),
}
PLACE_FIELDS, DOOR_FIELDS = tuple(_PLACE), tuple(_DOOR)
