"""
One guard: the PIN and the badge by which the doors know them.

A PIN or a badge that the centre makes is shown once, on the answer itself: it stands in no message, no
session, no log and no audit.
"""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collector import audit, badges, guards, people
from collector.audit import Action
from collector.errors import RegistryRefused
from collector.models import Guard, Place
from collector.opening import keyring
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place
from collector.web.guards.roster import NO_PHONE, is_phone

BADGE_DAYS = (1, 30, 180, 365)
"""For so long a badge may be good: today's stand-in, a month, half a year, a year."""


@require_safe
@at_place(Right.KEEP_GUARDS)
def guard(request: HttpRequest, place: Place, guard: int) -> HttpResponse:
    """What there is of a guard, and all that can be done."""
    return _page(request, place, _of(place, guard))


@require_POST
@at_place(Right.KEEP_GUARDS)
def set_phone(request: HttpRequest, place: Place, guard: int) -> HttpResponse:
    """The number by which the manager calls."""
    one, phone = _of(place, guard), request.POST.get("phone", "").strip()
    if not is_phone(phone):
        return _page(request, place, one, phone_fault=NO_PHONE, phone_typed=people.tidy(phone), status=400)
    one.phone = guards.called(phone)
    with transaction.atomic():
        one.save(update_fields=["phone"])
        audit.write(request, Action.GUARD_CHANGED, place, subject=one.pk, what="phone")
    messages.success(request, _("The phone number is changed."))
    return redirect("guard", place.pk, one.pk)


@require_POST
@at_place(Right.KEEP_GUARDS)
def set_pin(request: HttpRequest, place: Place, guard: int) -> HttpResponse:
    """A PIN that the centre makes and shows once, or one that the manager types."""
    one = _of(place, guard)
    is_made = "make" in request.POST
    made = ""
    try:
        with transaction.atomic():
            if is_made:
                made = guards.make_pin(one)
            else:
                guards.set_pin(one, request.POST.get("pin", "").strip())
            audit.write(request, Action.GUARD_PIN, place, subject=one.pk, made=is_made)
    except RegistryRefused:
        said = _(
            "A PIN has six digits, does not begin with 0, is not easy to guess, and no other guard here has"
            " it. Choose another, or let the centre make one."
        )
        return _page(request, place, one, pin_fault=said, status=400)
    if is_made:
        return _show(request, place, one, "guards/pin.html", {"pin": f"{made[:3]} {made[3:]}"})
    messages.success(request, _("The PIN is set; the doors know it within seconds."))
    return redirect("guard", place.pk, one.pk)


@require_POST
@at_place(Right.KEEP_GUARDS)
def give_badge(request: HttpRequest, place: Place, guard: int) -> HttpResponse:
    """A badge to be printed, now or never; the one before is worth nothing any more."""
    one = _of(place, guard)
    days = next((days for days in BADGE_DAYS if request.POST.get("days") == str(days)), BADGE_DAYS[-1])
    ends = timezone.now() + dt.timedelta(days=days)
    with transaction.atomic():
        code = badges.give(place.name, one.name, expires=ends, keyring=keyring(), file=None)
        audit.write(request, Action.GUARD_BADGE, place, subject=one.pk, what="given", days=days)
    return _show(request, place, one, "guards/badge.html", {"picture": badges.picture(code), "ends": ends})


@require_POST
@at_place(Right.KEEP_GUARDS)
def remove_badge(request: HttpRequest, place: Place, guard: int) -> HttpResponse:
    """The badge is worth nothing any more."""
    one = _of(place, guard)
    with transaction.atomic():
        guards.give_badge(place.name, one.name, "")
        audit.write(request, Action.GUARD_BADGE, place, subject=one.pk, what="removed")
    messages.success(request, _("The badge is worth nothing any more; the doors know within seconds."))
    return redirect("guard", place.pk, one.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@at_place(Right.KEEP_GUARDS)
def remove(request: HttpRequest, place: Place, guard: int) -> HttpResponse:
    """Somebody is no guard any more, after a second thought."""
    one = _of(place, guard)
    if request.method != "POST":
        audit.write(request, Action.SAW_GUARDS, place, subject=one.pk)
        return _show(request, place, one, "guards/remove.html", {})
    with transaction.atomic():
        audit.write(request, Action.GUARD_REMOVED, place, subject=one.pk)
        one.delete()
    messages.success(request, _("Removed. What this guard has recorded stays."))
    return redirect("guards", place.pk)


def _of(place: Place, guard: int) -> Guard:
    return get_object_or_404(Guard.objects.select_related("place"), pk=guard, place=place)


def _page(
    request: HttpRequest, place: Place, one: Guard, *, status: int = 200, **context: Any
) -> HttpResponse:
    audit.write(request, Action.SAW_GUARDS, place, subject=one.pk)
    whole = {
        "is_known": bool(one.right and (one.pin_hash or one.badge_hash)),
        "badge_over": one.badge_ends is not None and one.badge_ends <= timezone.now(),
        "badge_days": BADGE_DAYS,
        **context,
    }
    return _show(request, place, one, "guards/guard.html", whole, status=status)


def _show(
    request: HttpRequest,
    place: Place,
    one: Guard,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    told = {
        "guard": one,
        "name": people.tidy(one.name),
        "phone": people.show({"phone": one.phone}).phone,
    }
    return place_page.show(request, place, template, {**told, **context}, status)
