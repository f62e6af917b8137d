"""
Boxes set up by code: a new one, or another in the place of one that is there.

A code is shown once, on the answer itself: it stands in no address, message, session, log or audit.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collector import audit, badges, doors, rights, zones
from collector.audit import Action
from collector.broker.errors import BrokerUnusable
from collector.doors import Presence
from collector.enrolling import codes, naming, reaching
from collector.enrolling.codes import Office, State
from collector.errors import EnrolmentRefused
from collector.models import Kiosk, SetupCode
from collector.opening import keyring
from collector.rights import Right
from collector.web.access import needs
from collector.web.doors import asked
from collector.web.doors.asked import Coding, Placing
from collector.web.doors.pages import of

_ONLINE = "online"
"""What comes after `used`: the box was heard of."""
_SAME = 204
"""To htmx: nothing is swapped."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ENROL_DOORS)
def new(request: HttpRequest) -> HttpResponse:
    """A new box: where it will stand; and then its code."""
    office = _office()
    if request.method != "POST" or office is None:
        status = 200 if request.method != "POST" else 409
        return _ask_new(request, Placing(), Coding(), office, status=status)
    where = asked.placing(request.POST, rights.places(request.user, Right.ENROL_DOORS))
    how = asked.coding(request.POST)
    if where.place is None or where.faults or how.faults:
        return _ask_new(request, where, how, office, status=400)
    try:
        with transaction.atomic():
            box = naming.add(where.place, where.door, where.kiosk)
            made = _make(request, box, office, how)
    except EnrolmentRefused:
        taken = {"kiosk": _("Another box is called so; choose another name, or leave it empty.")}
        where = Placing(where.place, where.door, where.kiosk, taken)
        return _ask_new(request, where, how, office, status=400)
    return _show(request, box, made)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ENROL_DOORS)
def code(request: HttpRequest, kiosk: str) -> HttpResponse:
    """A code for a box that is known: the first that it is called by, or one that takes its place."""
    box, office = of(request, kiosk, Right.ENROL_DOORS), _office()
    if request.method != "POST" or office is None:
        status = 200 if request.method != "POST" else 409
        return _ask_again(request, box, Coding(), office, status=status)
    how = asked.coding(request.POST)
    if how.faults:
        return _ask_again(request, box, how, office, status=400)
    with transaction.atomic():
        made = _make(request, box, office, how)
    return _show(request, box, made)


@require_safe
@needs(Right.ENROL_DOORS)
def latest(request: HttpRequest, kiosk: str) -> HttpResponse:
    """What has become of a code that is being shown; nothing while that is as the page has it."""
    box = of(request, kiosk, Right.ENROL_DOORS)
    number = request.GET.get("code", "")
    if not (number.isascii() and number.isdigit()):
        return HttpResponse(status=_SAME)
    row = get_object_or_404(SetupCode, pk=int(number), kiosk=box)
    stage = _stage(box, row)
    if stage == request.GET.get("was", State.OPEN):
        return HttpResponse(status=_SAME)
    with timezone.override(zones.named(box.place.zone)):
        return render(request, "doors/code_now.html", {**_now(box, row, stage), "is_part": True})


@require_POST
@needs(Right.ENROL_DOORS)
def withdraw(request: HttpRequest, kiosk: str) -> HttpResponse:
    """The code is worth nothing any more."""
    box = of(request, kiosk, Right.ENROL_DOORS)
    with transaction.atomic():
        was_open = codes.withdraw(box, timezone.now())
        if was_open:
            audit.write(request, Action.SETUP_CODE, box.place, subject=box.pk, what="withdrawn")
    if was_open:
        messages.success(request, _("The code is worth nothing any more."))
    else:
        messages.warning(request, _("No code was open any more."))
    return redirect("door_code", kiosk)


def _office() -> Office | None:
    """Where boxes are enrolled; None where this centre enrols none by code."""
    try:
        return codes.office(settings.DATA)
    except BrokerUnusable:
        return None


def _make(request: HttpRequest, box: Kiosk, office: Office, how: Coding) -> codes.Made:
    made = codes.make(
        box,
        office,
        keyring(),
        timezone.now(),
        by=request.user.get_username(),
        lifetime=how.lifetime,
        wifi=how.wifi,
    )
    told = {"minutes": how.minutes, "wifi": how.wifi is not None}
    audit.write(request, Action.SETUP_CODE, box.place, subject=box.pk, what="made", **told)
    return made


def _show(request: HttpRequest, box: Kiosk, made: codes.Made) -> HttpResponse:
    context = {**_now(box, made.row, State.OPEN), "picture": badges.picture(made.text, on_paper=False)}
    with timezone.override(zones.named(box.place.zone)):
        return render(request, "doors/code.html", context)


def _now(box: Kiosk, row: SetupCode, stage: str) -> dict[str, Any]:
    return {"box": box, "code": row, "stage": stage, "url": reaching.enrolment()}


def _stage(box: Kiosk, row: SetupCode) -> str:
    """What has become of a code; and then, whether its box was heard of."""
    now = timezone.now()
    state = codes.state(row, now)
    is_heard = doors.as_heard(box, now).presence is Presence.ONLINE
    return _ONLINE if state is State.USED and is_heard else state


def _ask_new(
    request: HttpRequest, where: Placing, how: Coding, office: Office | None, *, status: int
) -> HttpResponse:
    places = rights.places(request.user, Right.ENROL_DOORS)
    chosen = where.place.pk if where.place else None
    context = {**_coding(how, office), "where": where, "places": places, "chosen": chosen}
    context["faults"] = {**where.faults, **how.faults}
    return render(request, "doors/new.html", context, status=status)


def _ask_again(
    request: HttpRequest, box: Kiosk, how: Coding, office: Office | None, *, status: int
) -> HttpResponse:
    row = codes.latest(box)
    is_open = row is not None and codes.state(row, timezone.now()) is State.OPEN
    context = {**_coding(how, office), "box": box, "code": row, "is_open": is_open}
    context["is_known"] = box.seen_at is not None
    with timezone.override(zones.named(box.place.zone)):
        return render(request, "doors/code_form.html", context, status=status)


def _coding(how: Coding, office: Office | None) -> dict[str, Any]:
    lifetimes = [one // dt.timedelta(minutes=1) for one in codes.LIFETIMES]
    return {"how": how, "lifetimes": lifetimes, "is_ready": office is not None, "faults": how.faults}
