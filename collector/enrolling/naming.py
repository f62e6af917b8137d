"""Boxes to be, and what they are called: short, told apart, and of the office that people know."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from collector import enrolment, registering
from collector.broker import mosquitto
from collector.errors import EnrolmentRefused
from collector.models import Kiosk, Place
from mqtt_bridge.topics import KIOSK_NAME

_LETTERS = 40
"""Of an office in its boxes' names; a name has at most 63."""
_NAMELESS = "hop"
_TRIES = 5


def proposed(place: Place) -> str:
    """The name that the next box of a place gets, such as `ubnd-phuong-chieng-an-2`."""
    office = slugify(place.name.replace("đ", "d").replace("Đ", "D"))
    office = office.replace("_", "-")[:_LETTERS].strip("-") or _NAMELESS
    taken = set(Kiosk.objects.filter(pk__startswith=f"{office}-").values_list("pk", flat=True))
    return next(name for number in range(1, len(taken) + 2) if (name := f"{office}-{number}") not in taken)


def fits(name: str) -> bool:
    """Whether a box may be called so."""
    return bool(KIOSK_NAME.fullmatch(name)) and name != mosquitto.CENTRE


def add(place: Place, door: str, name: str = "") -> Kiosk:
    """
    Note a box that is to be: it is known from now on, and never heard of.

    Args:
        place: Whose it will be.
        door: Which door it will stand at; empty for none that has a name.
        name: Its own; empty for the one that is proposed.

    Raises:
        EnrolmentRefused: If it may not be called so, or another is.
    """
    for _ in range(_TRIES):
        chosen = name or proposed(place)
        if not fits(chosen):
            break
        try:
            with transaction.atomic():
                Kiosk.objects.create(name=chosen, place=place, door=door)
                return enrolment.enrol(chosen, place.name, door)
        except IntegrityError:
            if name:
                break
    raise EnrolmentRefused(f"kiosk {name[:80]!r}: taken, or no name of a box; choose another")


def meant(kiosk: str, place: str, door: str | None, *, new: bool) -> Kiosk:
    """
    The box that a code is to be made for: one that is known, or one that is to be.

    Args:
        kiosk: Its name.
        place: The name of the place that it belongs to, or will.
        door: Which door it stands at; None for where it is known to stand.
        new: As for `collector.enrolment.enrol`.

    Raises:
        EnrolmentRefused: If the names will not do, or the box is another place's: a code moves none.
        RegistryRefused: If the door's name will not do.
    """
    box = Kiosk.objects.select_related("place").filter(name=kiosk).first()
    if box is None:
        if not fits(kiosk):
            raise EnrolmentRefused(f"kiosk {kiosk[:80]!r}: no name of a box; choose another")
        return enrolment.enrol(kiosk, place, door, new=new)
    if box.place.name != place:
        raise EnrolmentRefused(
            f"kiosk {kiosk}: belongs to {box.place.name}; a code moves no box: use --file or --folder"
        )
    return box if door in {None, box.door} else registering.set_door(kiosk, {"name": door or ""})
