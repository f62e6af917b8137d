"""The guards of a place: who there is, who may check people in, and since when nobody has seen them do it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from collector import audit, guards, people, sorting
from collector.audit import Action
from collector.errors import RegistryRefused
from collector.models import Guard, Place, Visit
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place
from mqtt_bridge.wire.config import MAX_GUARDS

NO_PHONE = gettext_lazy("This is no phone number. Write one such as 0912 345 678, or leave it empty.")
_TAKEN = gettext_lazy("There is a guard of this name here. Write another, such as with a number behind it.")
LATELY_DAYS = 31
"""For so long back somebody's last check-in is looked for."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_place(Right.KEEP_GUARDS)
def roster(request: HttpRequest, place: Place) -> HttpResponse:
    """The list; and a guard who is added to it."""
    if request.method != "POST":
        return _list(request, place)
    name, phone = (request.POST.get(field, "").strip() for field in ("name", "phone"))
    faults = _faults(place, name, phone)
    if not faults:
        try:
            with transaction.atomic():
                added = guards.enter(place, name, phone)
                audit.write(request, Action.GUARD_CHANGED, place, subject=added.pk, what="added")
        except RegistryRefused:
            # Somebody else was quicker.
            faults["name"] = _TAKEN
        else:
            messages.success(
                request, _("Added. Now make a PIN or a badge: without one no door knows this guard.")
            )
            return redirect("guard", place.pk, added.pk)
    typed = {"name": people.tidy(name), "phone": people.tidy(phone)}
    return _list(request, place, typed=typed, faults=faults, status=400)


@require_POST
@at_place(Right.KEEP_GUARDS)
def set_right(request: HttpRequest, place: Place, guard: int) -> HttpResponse:
    """Give somebody the right to check people in, or take it."""
    one = get_object_or_404(Guard, pk=guard, place=place)
    right = guards.CHECK_IN if request.POST.get("right") == guards.CHECK_IN else ""
    with transaction.atomic():
        guards.allow(one, right)
        what = "right given" if right else "right taken"
        audit.write(request, Action.GUARD_CHANGED, place, subject=one.pk, what=what)
    said = _("May check people in from now on; the doors know within seconds.")
    messages.success(
        request, said if right else _("May check nobody in any more; the doors know within seconds.")
    )
    return redirect("guards", place.pk)


def _list(request: HttpRequest, place: Place, *, status: int = 200, **context: Any) -> HttpResponse:
    now = timezone.now()
    lately = Visit.objects.filter(place=place, at__gte=now - dt.timedelta(days=LATELY_DAYS))
    last = dict(lately.exclude(operator="").values_list("operator").annotate(Max("at")).order_by())
    rows = [
        {
            "guard": one,
            "name": people.tidy(one.name),
            "phone": people.show({"phone": one.phone}).phone,
            "badge_over": one.badge_ends is not None and one.badge_ends <= now,
            "last": last.get(one.name),
        }
        for one in sorted(place.guards.all(), key=lambda guard: sorting.key(guard.name))
    ]
    audit.write(request, Action.SAW_GUARDS, place)
    whole = {"rows": rows, "lately_days": LATELY_DAYS, **context}
    return place_page.show(request, place, "guards/roster.html", whole, status=status)


def _faults(place: Place, name: str, phone: str) -> dict[str, Any]:
    """What is wrong with a new guard, in words, by field."""
    faults: dict[str, Any] = {}
    if not guards.is_name(name):
        faults["name"] = _("Write a name of one line and at most 64 letters, without hidden letters.")
    elif place.guards.filter(name=name).exists():
        faults["name"] = _TAKEN
    elif place.guards.count() >= MAX_GUARDS:
        faults["name"] = _("There are as many guards as a door can know. Remove one first.")
    if not is_phone(phone):
        faults["phone"] = NO_PHONE
    return faults


def is_phone(text: str) -> bool:
    """Whether this is a number that a person can have, or none at all."""
    try:
        guards.called(text)
    except RegistryRefused:
        return False
    return True
