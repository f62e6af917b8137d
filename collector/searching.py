"""Visits of somebody: by a number, which its pseudonym finds; by a name, which must be opened first."""

import datetime as dt
import unicodedata
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from collector import counting
from collector.keyring import Keyring
from collector.models import Place, Visit
from collector.opening import open_visit
from mqtt_bridge.wire import pseudonyms
from mqtt_bridge.wire.persons import MAX_NAME_LETTERS, READ_LETTERS

MOST_FOUND = 200
"""Visits that are shown, the newest."""
MOST_OPENED = 20_000
"""Visits whose names are opened for one search: a few seconds' work."""
MOST_DAYS = 31
LEAST_LETTERS = 2
_NUMBERS = {
    "document": pseudonyms.of_document,
    "phone": pseudonyms.of_phone,
    "other": pseudonyms.of_reference,
}
_MARGIN_DAYS = 2
"""Retention goes by whole days, some hours after they are over."""
_PART = 500
_READ = READ_LETTERS * MAX_NAME_LETTERS
_WITHOUT_ACCENT = str.maketrans("đĐ", "dD")


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a search has found.

    Attributes:
        visits: The newest first.
        opened: How many names were opened for it.
        is_all: Whether there may be no more: neither too many were found, nor too many to be opened.
    """

    visits: list[Visit]
    opened: int = 0
    is_all: bool = True


def by_number(place: Place, text: str, keyring: Keyring) -> Found | None:
    """
    All visits of this phone, ID number or health-insurance number whose time is not over.

    Args:
        place: Where.
        text: As people write it; as a visitor's code or a guard at the keypad may have told it.
        keyring: The centre's keys.

    Returns:
        None where this is no such number.

    Raises:
        KeyUnusable: If the centre's keys cannot be read.
    """
    key = keyring.place_key(place.pk)
    chosen = Q()
    # Ten digits may be of a phone or of a card.
    for kind, read in _NUMBERS.items():
        if (pseudonym := read(key, text)) is not None:
            chosen |= Q(**{kind: pseudonym})
    if not chosen:
        return None
    kept = timezone.now() - dt.timedelta(days=place.keep_days + _MARGIN_DAYS)
    visits = list(_listed(Visit.objects.filter(chosen, place=place, at__gte=kept))[: MOST_FOUND + 1])
    return Found(visits[:MOST_FOUND], is_all=len(visits) <= MOST_FOUND)


def by_name(place: Place, text: str, begins: dt.datetime, ends: dt.datetime, keyring: Keyring) -> Found:
    """
    Visits of people in whose names this stands, whatever the case and with or without accents.

    Args:
        place: Where.
        text: A name, or a part of it.
        begins: The first instant (aware) of the days that are searched.
        ends: The first after them.
        keyring: The centre's keys.

    Raises:
        KeyUnusable: If the centre's keys cannot be read.
    """
    wanted = folded(text)
    of_days = Visit.objects.filter(place=place, at__gte=begins, at__lt=ends, person__isnull=False)
    found: list[Visit] = []
    opened = 0
    for visit in _listed(of_days)[: MOST_OPENED + 1].iterator(chunk_size=_PART):
        if opened == MOST_OPENED or len(found) > MOST_FOUND:
            return Found(found[:MOST_FOUND], opened, is_all=False)
        opened += 1
        person = open_visit(visit, keyring)
        if person and wanted in folded(person.get("name", "")):
            found.append(visit)
    return Found(found[:MOST_FOUND], opened, is_all=len(found) <= MOST_FOUND)


def folded(text: str) -> str:
    """A name as it is compared: small letters without accents, single spaces."""
    letters = unicodedata.normalize("NFKD", text[:_READ].translate(_WITHOUT_ACCENT))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


def _listed(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return counting.to_be_listed(visits).order_by("-at", "kiosk", "-sequence")
