"""
Visits that come by no box, but by a place's own page on a visitor's phone.

They stand with those of the boxes: sealed to the same keys, known again by the same pseudonyms. Their journal
is the place's own, `@` and the place's number: no box can have that name.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from uuid_utils import uuid7

from collector import schedule, zones
from collector.ingest.rows import answers
from collector.keyring import Keyring
from collector.models import Kiosk, Place, Visit
from collector.opening import open_visit
from mqtt_bridge.wire.persons import Person, SealingKey, seal_person
from mqtt_bridge.wire.pseudonyms import of_person

VIA = "web"
SAME_S = 60
"""Who passes the same way, with the same name and phone, within so many seconds has sent it twice."""
_JOURNALS = uuid.UUID("5d8b1f0a-6f0e-4c55-9a4f-0d6f3a1c2b7e")
"""In which the epochs of the places' own journals are named (UUIDv5, RFC 9562)."""
_NO_BOOT = uuid.UUID(int=0)
_PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Sent:
    """
    What a visitor's phone has sent.

    Attributes:
        direction: `in` or `out`.
        name: As the visitor wrote it, made fit to be shown; empty at a public place.
        phone: In E.164; empty likewise.
        answers: Ids of answers by those of questions.
        box: Whose code the visitor has scanned, at that door; None for who may be anywhere.
    """

    direction: str
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    box: Kiosk | None = None


def journal(place: Place) -> str:
    """What the journal of a place's own page is called, where those of doors are called like their boxes."""
    return f"@{place.pk}"


def check_in(place: Place, sent: Sent, keyring: Keyring, now: dt.datetime) -> Visit:
    """
    Store a visit; who has passed the same way within a minute gets that one.

    Args:
        place: Where.
        sent: Who, and which way; of a public place no person is kept.
        keyring: The centre's keys.
        now: The present (aware).

    Returns:
        The visit, stored.

    Raises:
        KeyUnusable: If the keys cannot be read or written.
    """
    visit = _made(place, sent, now)
    if place.kind == Place.CHECKPOINT:
        # The name beside the phone tells a mother from her child.
        known = of_person(keyring.place_key(place.pk), {"name": sent.name, "phone": sent.phone})
        visit.phone, visit.other = known.phone, known.other
        _seal(visit, place, sent, keyring, now)
    with transaction.atomic():
        # Nobody else counts in this place's journal until this is stored.
        Place.objects.select_for_update(no_key=True).get(pk=place.pk)
        before = _sent_before(visit, sent.name, keyring)
        if before is not None:
            return before
        journal = Visit.objects.filter(kiosk=visit.kiosk, epoch=visit.epoch)
        visit.sequence = 1 + (journal.aggregate(last=Max("sequence"))["last"] or 0)
        visit.save(force_insert=True)
    return visit


def _made(place: Place, sent: Sent, now: dt.datetime) -> Visit:
    personal = _personal(place)
    return Visit(
        id=uuid.UUID(bytes=uuid7().bytes),
        kiosk=journal(place),
        place=place,
        door=sent.box.door if sent.box else "",
        epoch=uuid.uuid5(_JOURNALS, str(place.pk)),
        direction=sent.direction,
        via=VIA,
        at_door=sent.box is not None,
        verified=False,
        answers=_told({id_: one for id_, one in sent.answers.items() if id_ not in personal}),
        at=now,
        clock_trusted=True,
        boot=_NO_BOOT,
        monotonic=0,
        format=_PHONE if place.kind == Place.CHECKPOINT else "",
        received_at=now,
    )


def _seal(visit: Visit, place: Place, sent: Sent, keyring: Keyring, now: dt.datetime) -> None:
    zone = zones.named(place.zone)
    today = now.astimezone(zone).date()
    key = schedule.keys_for(place.keep_days, today, zone, keyring, left=schedule.TODAY)[0]
    person: Person = {"name": sent.name, "phone": sent.phone}
    personal = _personal(place)
    if told := {id_: one for id_, one in sent.answers.items() if id_ in personal}:
        person["answers"] = told
    public = SealingKey(key.id, bytes(key.public), key.begins)
    visit.sealing_key = key.id
    visit.person = seal_person(person, public, kiosk=visit.kiosk, visit=str(visit.id)).box


def _sent_before(visit: Visit, name: str, keyring: Keyring) -> Visit | None:
    """
    The same visit, sent a moment ago; at a public place nobody is known again.

    A family may share a phone: only who has the same name too is the same. Who pressed the wrong button may
    press the other, and then the first again. And who has sent it from elsewhere, or somebody in their name,
    may be at the door by now.
    """
    if visit.phone is None:
        return None
    since = visit.at - dt.timedelta(seconds=SAME_S)
    lately = Visit.objects.filter(place=visit.place, at__gt=since, kiosk=visit.kiosk, phone=visit.phone)
    for last in lately.order_by("-sequence"):
        if (open_visit(last, keyring) or {}).get("name") == name:
            is_same = last.direction == visit.direction and (last.at_door or not visit.at_door)
            return last if is_same else None
    return None


def _personal(place: Place) -> set[str]:
    return {question["id"] for question in place.questions if question.get("personal")}


def _told(given: Mapping[str, str]) -> str:
    return answers(given) if given else ""
