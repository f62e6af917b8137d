"""The audit: who saw names, searched, took lists along or changed something; never what they saw."""

from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from collector.models import AuditEntry, Place

_ADDRESS_LETTERS = 45
"""Of the longest there is, of IPv6 with one of IPv4 in it."""


class Action(StrEnum):
    """What somebody did."""

    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    LOGIN_FAILED = "login_failed"
    SECOND_FACTOR = "second_factor"
    SECOND_FACTOR_SET = "second_factor_set"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a deed
    SAW_VISITS = "saw_visits"
    SAW_VISIT = "saw_visit"
    SAW_INSIDE = "saw_inside"
    SEARCHED = "searched"
    EXPORTED = "exported"
    FETCHED_EXPORT = "fetched_export"
    CHANGED_CHECK_OUT = "changed_check_out"
    PERSON_SEEN = "person_seen"
    PERSON_CORRECTED = "person_corrected"
    PERSON_ERASED = "person_erased"
    SAW_GUARDS = "saw_guards"
    GUARD_CHANGED = "guard_changed"
    GUARD_PIN = "guard_pin"
    GUARD_BADGE = "guard_badge"
    GUARD_REMOVED = "guard_removed"
    PLACE_CHANGED = "place_changed"
    DOOR_COMMANDED = "door_commanded"
    FETCHED_SUPPORT = "fetched_support"
    SETUP_CODE = "setup_code"
    DOOR_ENROLLED = "door_enrolled"
    TECHNICIAN_BADGE = "technician_badge"
    ADMINISTERED = "administered"


def write(
    request: HttpRequest,
    action: Action,
    place: Place | None = None,
    *,
    tried: int | None = None,
    subject: object = "",
    count: int = 0,
    **detail: Any,
) -> None:
    """
    Write down what the account of a request did. In the transaction of what is done, where there is one.

    Args:
        request: Whose.
        action: What.
        place: Where; None where it is of no place.
        tried: The number of the account that somebody wants to be, who is not logged in; None for none.
        subject: A visit's id, a guard's number, a door's name.
        count: How many visits' names were shown.
        detail: What else, by name, as JSON takes it. No name, number or phone of anybody.
    """
    told = {"subject": subject, "count": count, "detail": detail}
    user = request.user.get_username() if request.user.is_authenticated else ""
    address = str(request.META.get("REMOTE_ADDR", ""))[:_ADDRESS_LETTERS]
    _add(action, place, user=user, account=request.user.pk or tried, address=address, **told)


def write_own(
    action: Action,
    place: Place | None = None,
    *,
    user: str = "",
    address: str = "",
    subject: object = "",
    count: int = 0,
    **detail: Any,
) -> None:
    """
    Write down what the centre did by itself, or for somebody (`user`), or they on its command line.

    Or for a box that asked from an `address`.
    """
    told = {"subject": subject, "count": count, "detail": detail}
    _add(action, place, user=user, address=address[:_ADDRESS_LETTERS], **told)


def _add(action: Action, place: Place | None, *, subject: object, **told: Any) -> None:
    where = {"place": place.pk, "place_name": place.name} if place else {}
    AuditEntry.objects.create(at=timezone.now(), action=action, subject=str(subject), **where, **told)
