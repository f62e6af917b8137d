"""The pages of the doors: all of them, and one with what it was told to do."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collector import asking, audit, rights
from collector.audit import Action
from collector.enrolling import codes
from collector.enrolling.codes import State
from collector.errors import OrderFailed, RegistryRefused
from collector.models import Kiosk, Order
from collector.rights import Right
from collector.web.access import needs
from collector.web.doors import boxes
from collector.web.doors.boxes import Box

PAGE_BOXES = 50
ORDERS = 20
FRESH = dt.timedelta(seconds=5)
WITHIN_S = 60.0
"""So long a box may take to do what it is told."""
STATES = ("ill", "online", "silent", "never_seen", "revoked")
_COMMANDS: dict[str, tuple[str, dict[str, object]]] = {
    "identify": ("identify", {}),
    "restart": ("restart", {}),
    "log": ("log_level", {"level": "debug", "minutes": 30}),
    "support": ("support_bundle", {}),
    "shut": ("out_of_order", {"on": True}),
    "open": ("out_of_order", {"on": False, "notice": ""}),
}
"""What the buttons say, and what boxes understand."""


@require_safe
@needs(Right.SEE_DOORS)
def doors(request: HttpRequest) -> HttpResponse:
    """All boxes of the places that are somebody's, the ill ones first."""
    every = boxes.of(rights.places(request.user, Right.SEE_DOORS), timezone.now())
    state = request.GET.get("state", "")
    asked = " ".join(request.GET.get("q", "").replace("\0", "").split())[:80]
    found = [box for box in every if _is_of(box, state) and _is_called(box, asked)]
    counts = [(name, sum(_is_of(box, name) for box in every)) for name in STATES]
    context = {
        "page": Paginator(found, PAGE_BOXES).get_page(request.GET.get("page")),
        "state": state if state in STATES else "",
        "asked": asked,
        "counts": counts,
        "all": len(every),
        "may_enrol": rights.has(request.user, Right.ENROL_DOORS),
    }
    return render(request, "doors/list.html", context)


@require_safe
@needs(Right.SEE_DOORS)
def door(request: HttpRequest, kiosk: str) -> HttpResponse:
    """One box: all that it last said, and what it can be told."""
    box = _box(request, kiosk, Right.SEE_DOORS)
    with timezone.override(box.zone):
        return render(request, "doors/door.html", _told(request, box))


@require_safe
@needs(Right.SEE_DOORS)
def latest(request: HttpRequest, kiosk: str) -> HttpResponse:
    """The part of the page above that changes by itself."""
    box = _box(request, kiosk, Right.SEE_DOORS)
    with timezone.override(box.zone):
        answer = render(request, "doors/latest.html", {**_told(request, box), "is_part": True})
    if request.GET.get("was", box.looks) != box.looks:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@needs(Right.COMMAND_DOORS)
def command(request: HttpRequest, kiosk: str) -> HttpResponse:
    """Tell a box to do something at once."""
    box = _box(request, kiosk, Right.COMMAND_DOORS)
    chosen = _COMMANDS.get(request.POST.get("command", ""))
    if chosen is None:
        messages.error(request, _("There is no such command; choose one of the buttons."))
    elif box.refusal:
        messages.error(request, box.refusal)
    else:
        name, arguments = chosen
        if arguments.get("on"):
            arguments = {**arguments, "notice": " ".join(request.POST.get("notice", "").split())}
        _ask(request, box, name, arguments)
    return redirect("door", kiosk)


def _ask(request: HttpRequest, box: Box, name: str, arguments: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            asking.ask(box.kiosk.name, name, arguments, WITHIN_S)
            # Without the words for the screen: they may name somebody.
            told: dict[str, Any] = {"command": name} | ({"on": arguments["on"]} if "on" in arguments else {})
            audit.write(request, Action.DOOR_COMMANDED, box.kiosk.place, subject=box.kiosk.name, **told)
    except RegistryRefused:
        messages.error(request, _("This box was revoked: it is not let in any more."))
    except OrderFailed:
        messages.error(request, _("The message for the screen: one line of at most 200 letters, please."))
    else:
        messages.success(request, _("The box is told. Its answer appears here within seconds."))


def of(request: HttpRequest, kiosk: str, right: Right) -> Kiosk:
    """A box that is somebody's; one that is not there is refused like one that is not theirs."""
    row = Kiosk.objects.filter(
        name=kiosk, place__in=rights.places(request.user, right).order_by().values("pk")
    ).select_related("place__unit")
    found = row.first()
    if found is None:
        raise PermissionDenied
    return found


def _box(request: HttpRequest, kiosk: str, right: Right) -> Box:
    return boxes.read(of(request, kiosk, right), timezone.now())


def _told(request: HttpRequest, box: Box) -> dict[str, Any]:
    rows = Order.objects.filter(kiosk=box.kiosk).select_related("bundle").defer("bundle__content")
    orders = list(rows.order_by("-made_at")[:ORDERS])
    code = codes.latest(box.kiosk)
    return {
        "box": box,
        "health": box.now.health,
        "orders": orders,
        "just_answered": bool(orders) and _is_fresh(orders[0]),
        "is_awaited": any(order.status in Order.OPEN for order in orders),
        "may_command": rights.holds(request.user, Right.COMMAND_DOORS, box.kiosk.place),
        "may_enrol": rights.holds(request.user, Right.ENROL_DOORS, box.kiosk.place),
        "open_code": code if code and codes.state(code, timezone.now()) is State.OPEN else None,
    }


def _is_fresh(order: Order) -> bool:
    """Whether its end was known only now, so that it is to be said aloud."""
    return order.replied_at is not None and timezone.now() - order.replied_at < FRESH


def _is_of(box: Box, state: str) -> bool:
    if state == "ill":
        return bool(box.faults)
    return state not in STATES or box.presence == state


def _is_called(box: Box, asked: str) -> bool:
    names = (box.kiosk.name, box.kiosk.door, box.kiosk.place.name)
    return not asked or any(asked.casefold() in name.casefold() for name in names)
