"""How often strangers may ask: enough for an office behind one address, too little for a machine."""

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from collector.web.access import network

SENT_FROM_ADDRESS = "60/5m"
MISSES_FROM_ADDRESS = "60/5m"
SENT_OF_PHONE = "10/h"
SENT_TO_PLACE = "1000/h"
SENT_AT_BOX = "1000/h"
"""At the door nobody is held up by what strangers have sent from elsewhere with their number."""


def after_sending(request: HttpRequest) -> int:
    """Count a form that was sent; how many seconds its address must wait, 0 for not at all."""
    return _wait(request, "sent", network(request), SENT_FROM_ADDRESS)


def after_missing(request: HttpRequest) -> int:
    """Count an address that there is not: nobody may find those that there are by trying."""
    return _wait(request, "missed", network(request), MISSES_FROM_ADDRESS)


def before_looking(request: HttpRequest) -> int:
    """How many seconds must pass before an address may look again that has missed too often; 0 for none."""
    return _wait(request, "missed", network(request), MISSES_FROM_ADDRESS, count=False)


def before_storing(request: HttpRequest, place: int, phone: str, box: str) -> int:
    """
    Count a visit that is to be stored; how many seconds its phone, place or box must wait, 0 for not at all.

    Args:
        request: Of the visitor.
        place: The place's number.
        phone: The phone's pseudonym in hexadecimal; empty where none is asked for.
        box: The name of the box at whose door the visitor is; empty for elsewhere.
    """
    if box:
        return _wait(request, "box", box, SENT_AT_BOX)
    of_phone = _wait(request, "phone", f"{place} {phone}", SENT_OF_PHONE) if phone else 0
    return of_phone or _wait(request, "place", str(place), SENT_TO_PLACE)


def _wait(request: HttpRequest, what: str, whose: str, rate: str, *, count: bool = True) -> int:
    usage = get_usage(request, group=f"visitor {what}", key=lambda *_: whose, rate=rate, increment=count)
    return max(1, usage["time_left"]) if usage and usage["should_limit"] else 0
