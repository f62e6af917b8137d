"""
What a place holds of one person, and what they may ask for: to see it, to correct it, to have it erased.

Whoever asks has shown the manager who they are. What was done is written down without them: visit by visit
that something was changed, and one receipt of all.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from collector import personal, schedule, zones
from collector.exporting.drawer import Drawer
from collector.keyring import Keyring
from collector.models import Change, Export, PersonRequest, Place, SealingKey, SetAside, Visit
from collector.opening import open_visit
from mqtt_bridge.wire import persons as wire
from mqtt_bridge.wire import pseudonyms
from mqtt_bridge.wire.persons import Person

MOST = 500
"""Visits that are answered for at once; of more, the newest."""
DOOR_DAYS = 30
"""How long a box keeps what it has sent, as boxes are delivered (`data.keep_days`)."""
NUMBERS = ("document", "phone", "reference")
"""By what somebody is found."""
FIELDS = ("name", "document", "phone", "birth")
"""What can be corrected."""


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A request that is answered now.

    Attributes:
        place: Where.
        by: The account that answers it.
        reason: In words; names nobody.
    """

    place: Place
    by: str
    reason: str = ""


def find(
    place: Place, keyring: Keyring, *, document: str = "", phone: str = "", reference: str = ""
) -> QuerySet[Visit]:
    """
    What is held of who has this ID number, this phone, or this health-insurance card: the newest first.

    Args:
        place: Where; nothing of other places is found.
        keyring: The centre's keys.
        document: As people write it; what is no such number finds nothing.
        phone: Likewise.
        reference: Number of the health-insurance card, likewise: found where no ID number was shown.

    Raises:
        KeyUnusable: If the keys cannot be read.
    """
    key = keyring.place_key(place.pk)
    known = {
        "document": pseudonyms.of_document(key, document),
        "phone": pseudonyms.of_phone(key, phone),
        "other": pseudonyms.of_reference(key, reference),
    }
    chosen = Q(pk__in=())
    for kind, pseudonym in known.items():
        if pseudonym is not None:
            chosen |= Q(**{kind: pseudonym})
    return Visit.objects.filter(chosen, place=place).order_by("-at", "-pk")


def names(place: Place, visits: Sequence[uuid.UUID], keyring: Keyring) -> set[str]:
    """
    Under which names some visits of a place are held; without those that cannot be opened.

    Args:
        place: Where.
        visits: Which, by their ids.
        keyring: The centre's keys.

    Raises:
        KeyUnusable: If the keys cannot be read.
    """
    held = Visit.objects.filter(place=place, pk__in=visits, person__isnull=False)
    return {name for visit in held if (name := (open_visit(visit, keyring) or {}).get("name"))}


def see(asked: Asked, visits: int) -> PersonRequest:
    """Write down that somebody was shown what is held of them."""
    return _receipt(asked, PersonRequest.SEE, visits)


def correct(asked: Asked, visits: Sequence[uuid.UUID], fields: Person, keyring: Keyring) -> PersonRequest:
    """
    Have visits tell other fields of their person: sealed anew to the same key, known again by what is right.

    Visits that have nothing to open, and those of which nothing differs, stay as they are and do not count.

    Args:
        asked: Who answers, where, why.
        visits: Which, by their ids, all of this place.
        fields: What is right; what is not told stays.
        keyring: The centre's keys.

    Raises:
        KeyUnusable: If the keys cannot be read.
    """
    with transaction.atomic():
        changes = [
            Change(visit=visit.pk, what=Change.CORRECTED, fields=" ".join(changed), **_by(asked))
            for visit in _locked(asked.place, visits)
            if (changed := _correct(visit, fields, keyring))
        ]
        Change.objects.bulk_create(changes)
        _call_off_lists(asked.place)
        return _receipt(asked, PersonRequest.CORRECT, len(changes))


def erase(asked: Asked, visits: Sequence[uuid.UUID]) -> PersonRequest:
    """
    Take all that is personal out of visits, for ever; they stay to be counted.

    A door that sends them again does not bring it back: what is stored is not stored anew.

    Args:
        asked: Who answers, where, why.
        visits: Which, by their ids, all of this place.
    """
    with transaction.atomic():
        rows = list(_locked(asked.place, visits).filter(personal.is_held()))
        Visit.objects.filter(place=asked.place, pk__in=[visit.pk for visit in rows]).update(**personal.GONE)
        _empty_asides(rows)
        _call_off_lists(asked.place)
        Change.objects.bulk_create(
            [Change(visit=visit.pk, what=Change.ERASED, **_by(asked)) for visit in rows]
        )
        return _receipt(asked, PersonRequest.ERASE, len(rows))


def forgotten_by_doors(place: Place, visits: Iterable[Visit]) -> dt.date | None:
    """The day on which the last box has forgotten these visits by itself; None for no visits."""
    zone = zones.named(place.zone)
    dates = [visit.at.astimezone(zone).date() for visit in visits]
    return max(dates) + dt.timedelta(days=DOOR_DAYS + 1) if dates else None


def unreadable_in_backups(place: Place, visits: Iterable[Visit]) -> dt.date | None:
    """The day from which nobody can open these visits in any copy of them; None where none is sealed."""
    keys = {visit.sealing_key for visit in visits if visit.sealing_key}
    return schedule.last_day(keys, zones.named(place.zone))


def _locked(place: Place, visits: Sequence[uuid.UUID]) -> QuerySet[Visit]:
    """Nobody forgets them meanwhile."""
    return Visit.objects.select_for_update().filter(place=place, pk__in=visits[:MOST]).order_by("pk")


def _correct(visit: Visit, fields: Person, keyring: Keyring) -> list[str]:
    """Which fields were changed."""
    opened = open_visit(visit, keyring)
    key = SealingKey.objects.filter(pk=visit.sealing_key).first()
    if not opened or key is None:
        return []
    told: dict[str, object] = {name: value for name, value in fields.items() if name in FIELDS and value}
    changed = [name for name, value in told.items() if opened.get(name) != value]
    if not changed:
        return []
    person = cast(Person, _whole({**opened, **told}))
    public = wire.SealingKey(key.pk, bytes(key.public), key.begins)
    known = pseudonyms.of_person(keyring.place_key(visit.place_id or 0), person)
    # Another box may have used the same id.
    Visit.objects.filter(pk=visit.pk, kiosk=visit.kiosk).update(
        person=wire.seal_person(person, public, kiosk=visit.kiosk, visit=str(visit.pk)).box,
        document=known.document,
        phone=known.phone,
        other=known.other,
    )
    return changed


def _whole(told: Any) -> Any:
    """Texts without halves of letters, which whoever has the public key can seal, and nobody can write."""
    if isinstance(told, dict):
        return {_whole(name): _whole(value) for name, value in told.items()}
    return str(told).encode("utf-8", "ignore").decode()


def _empty_asides(visits: Iterable[Visit]) -> None:
    """What a door sent of the same places of its journal, and was set aside, may tell of the same person."""
    journals: dict[tuple[str, uuid.UUID], list[int]] = defaultdict(list)
    for visit in visits:
        journals[visit.kiosk, visit.epoch].append(visit.sequence)
    for (kiosk, epoch), sequences in journals.items():
        SetAside.objects.filter(kiosk=kiosk, epoch=epoch, sequence__in=sequences).update(payload=b"")


def _call_off_lists(place: Place) -> None:
    """Lists of the place that lie ready, or are being written, may hold in clear what was there before."""
    gone = _call_off(place)
    transaction.on_commit(partial(_empty_drawer, place, gone))


def _empty_drawer(place: Place, gone: Sequence[uuid.UUID]) -> None:
    """Of these lists, and of those that were begun before others could see what was changed."""
    for list_ in (*gone, *_call_off(place)):
        Drawer(settings.DATA).remove(list_)


def _call_off(place: Place) -> list[uuid.UUID]:
    lists = Export.objects.filter(place=place, status__in=(Export.RUNNING, Export.READY))
    found = list(lists.values_list("pk", flat=True))
    Export.objects.filter(pk__in=found).update(status=Export.GONE)
    return found


def _by(asked: Asked) -> dict[str, object]:
    return {"at": timezone.now(), "by": asked.by, "reason": asked.reason}


def _receipt(asked: Asked, kind: str, visits: int) -> PersonRequest:
    return PersonRequest.objects.create(
        place=asked.place,
        kind=kind,
        at=timezone.now(),
        by=asked.by,
        visits=visits,
        reason=asked.reason,
    )
