"""The registry as a manager sets it: places and doors. What is set here goes down to the boxes."""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from django.db import models, transaction

from collector.errors import RegistryRefused
from collector.figures import due
from collector.models import Kiosk, Place, Unit
from collector.models.places import new_slug
from mqtt_bridge.wire.config import Code, known_languages
from mqtt_bridge.wire.forms import Label, Sentence

_MOST_DAYS, _MOST_MINUTES = 3650, 1440
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})[:hg](?P<minute>[0-9]{2})")
"""`17:00`, or as people here write it: `17h00`, `17g00`."""
_Row = TypeVar("_Row", bound=models.Model)
_Read = Callable[[str], Any]


def set_place(name: str, told: Mapping[str, str], *, new: bool = False) -> Place:
    """
    Change a place. With its time zone its days change, and are counted anew.

    Args:
        name: Its name.
        told: What is to be, by field.
        new: Whether it may be made.

    Raises:
        RegistryRefused: If there is no such place, or anything told will not do; the message has all of it.
    """
    values = _sound(*_read("place", told, _PLACE))
    with transaction.atomic():
        if new:
            _check_label("place", name)
            Place.objects.get_or_create(name=name)
        place = _known("place", name, Place, "name", "make it with --new")
        zone = place.zone
        if _changed(place, values).zone != zone:
            due.mark_place(place)
        return place


def read_place(told: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """
    What a place is to be, read and not yet set.

    Args:
        told: What is to be, by field.

    Returns:
        The values of those fields that will do; what is wrong with the others, by field.
    """
    return _read("place", told, _PLACE)


def set_door(kiosk: str, told: Mapping[str, str]) -> Kiosk:
    """
    Change the door that a box stands at.

    Raises:
        RegistryRefused: If there is no such box, or anything told will not do; the message has all of it.
    """
    values = _sound(*_read("door", told, _DOOR))
    fields = {"door" if name == "name" else name: value for name, value in values.items()}
    return _changed(box(kiosk), fields)


def set_questions(place: str, questions: Sequence[Mapping[str, Any]]) -> Place:
    """
    Have a place ask who comes in.

    Args:
        place: The place's name.
        questions: As `collector.questions.read` tells them; none to ask nothing.

    Raises:
        RegistryRefused: If there is no such place.
    """
    return _changed(named(place), {"questions": list(questions)})


def renew_address(place: Place) -> None:
    """Give a place's own page another address; the one before leads nowhere from then on."""
    _changed(place, {"slug": new_slug()})


def named(place: str) -> Place:
    """
    The place of this name.

    Raises:
        RegistryRefused: If there is none.
    """
    return _known("place", place, Place, "name", "see `collector place list`")


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
        raise RegistryRefused(f"{what} {name[:80]!r}: not known{meant(name, names)}; {remedy}")
    return row


def _read(
    what: str, told: Mapping[str, str], fields: Mapping[str, tuple[_Read, str]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What was told, each value read, and all that is wrong with it, by field."""
    values, faults = {}, {}
    for name, text in told.items():
        if name not in fields:
            faults[name] = f"{name}: a {what} has no such field{meant(name, fields)}"
            continue
        read, remedy = fields[name]
        try:
            values[name] = read(text)
        except ValueError as error:
            faults[name] = f"{name} = {text[:40]!r}: {str(error) or remedy}"
    return values, faults


def _sound(values: dict[str, Any], faults: Mapping[str, str]) -> dict[str, Any]:
    """Values with which nothing is wrong; all that is, is said at once."""
    if faults:
        raise RegistryRefused("; ".join(faults.values()))
    return values


def meant(word: str, known: Iterable[str]) -> str:
    """What somebody may have meant, or what there is; the end of a complaint."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(names[:20]) or 'none'}"


def fits(value: object, form: Any) -> bool:
    """Whether a value is of a form of the wire."""
    try:
        msgspec.convert(value, form)
    except msgspec.ValidationError:
        return False
    return True


def _check_label(what: str, text: str) -> None:
    if not text or not fits(text, Label):
        raise RegistryRefused(f"{what} {text[:20]!r}: not a name of one line and at most 80 letters")


def _of(form: Any) -> _Read:
    def read(text: str) -> str:
        if not fits(text, form):
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
        raise ValueError(f"no such time zone{meant(text, available_timezones())}")
    return ZoneInfo(text).key


def _number(most: int) -> _Read:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
            raise ValueError
        return int(text)

    return read


def _switch(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError("not one of yes, no")
    return text == "yes"


def _time(text: str) -> dt.time | None:
    if not text:
        return None
    told = _TIME.fullmatch(text)
    if told is None:
        raise ValueError
    return dt.time(int(told["hour"]), int(told["minute"]))


def _unit(path: str) -> Unit | None:
    from collector import tree  # noqa: PLC0415 - which checks names as we do

    try:
        return tree.named(path) if path else None
    except RegistryRefused as error:
        raise ValueError(str(error)) from None


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
    "keep_days": (_number(_MOST_DAYS), f"a whole number of days from 1 to {_MOST_DAYS}"),
    "closes": (_time, "a time such as 17:00; empty for midnight"),
    "unit": (_unit, ""),
    "hours": (_of(Label), f"{_LINE} 80 letters"),
    "notice": (_of(Sentence), f"{_LINE} 200 letters"),
    "help_desk": (_of(Label), f"{_LINE} 80 letters"),
    "languages": (_languages, ""),
    "code": (
        _of(Code),
        "a web address that begins with https:// and has no spaces or accents; empty for none",
    ),
    "self_service": (_switch, ""),
    "asks_phone": (_switch, ""),
    "duty_minutes": (_number(_MOST_MINUTES), f"a whole number of minutes from 1 to {_MOST_MINUTES}"),
}
_DOOR: Mapping[str, tuple[_Read, str]] = {
    "name": (_of(Label), f"{_LINE} 80 letters"),
    "direction": (_among("in", "out", "toggle"), ""),
}
