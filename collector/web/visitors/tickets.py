"""
What a visitor's page remembers without keeping anything: signed, so that nobody can make it up.

A ticket goes with the form: that the code on a door's screen was scanned a moment ago, for filling in may
take longer than the code lives. A slip goes with the answer: what its page shows.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.core.cache import cache

TICKET_S = 15 * 60
SLIP_S = 15 * 60
SEATS = 3
"""So many visits each way one ticket brings to a door: a family's. A ticket can be sent on to anybody."""
_TICKET, _SLIP = "collector visitor ticket", "collector visitor slip"


@dataclass(frozen=True, slots=True)
class Ticket:
    """
    A form that was given out.

    Attributes:
        place: The number of its place.
        kiosk: The box whose code was scanned; empty for none.
        number: Random: by which the same form is known when it is sent twice.
    """

    place: int
    kiosk: str
    number: str


@dataclass(frozen=True, slots=True)
class Slip:
    """
    A visit as its visitor is told of it; nobody's name.

    Attributes:
        place: The number of its place.
        direction: `in` or `out`.
        at: When (aware).
        at_door: Whether it counts as at the door.
        ticket: The ticket that brought it, for who comes with the visitor; empty for none.
    """

    place: int
    direction: str
    at: datetime
    at_door: bool
    ticket: str = ""


def issue(place: int, kiosk: str) -> str:
    """A new ticket, as it travels."""
    return signing.dumps([place, kiosk, secrets.token_urlsafe(12)], salt=_TICKET)


def read(text: str, place: int) -> Ticket | None:
    """A ticket of this place; None for one that is too old, another's, or none at all."""
    told = _loaded(text, _TICKET, TICKET_S)
    if not isinstance(told, list) or told[:1] != [place]:
        return None
    return Ticket(*told)


def take_seat(ticket: Ticket, direction: str) -> str:
    """
    Take one of the visits that a ticket is good for.

    Args:
        ticket: Which.
        direction: `in` or `out`: each way has its own.

    Returns:
        The seat, for `give_back`; empty where all are taken.
    """
    seats = (f"visitor-seat-{ticket.number}-{direction}-{number}" for number in range(SEATS))
    return next((seat for seat in seats if cache.add(seat, 1, TICKET_S)), "")


def give_back(seat: str) -> None:
    """Nobody came by this seat after all; nothing happens where it is none."""
    cache.delete(seat)


def write_slip(slip: Slip) -> str:
    """A slip, as it stands in the address of the page that shows it."""
    return signing.dumps(
        [slip.place, slip.direction, slip.at.timestamp(), slip.at_door, slip.ticket], salt=_SLIP
    )


def read_slip(text: str, place: int) -> Slip | None:
    """A slip of this place; None likewise."""
    told = _loaded(text, _SLIP, SLIP_S)
    if not isinstance(told, list) or told[:1] != [place]:
        return None
    number, direction, at_s, at_door, ticket = told
    return Slip(number, direction, datetime.fromtimestamp(at_s, UTC), at_door, ticket)


def _loaded(text: str, salt: str, max_age_s: int) -> Any:
    try:
        return signing.loads(text, salt=salt, max_age=max_age_s)
    except signing.BadSignature:
        return None
