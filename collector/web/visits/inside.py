"""The page of who is inside now, which keeps itself up to date; printed, it is the list for an evacuation."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collector import audit, days, inside, sorting
from collector.audit import Action
from collector.models import Place
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place
from collector.web.visits import version
from collector.web.visits.staying import Staying, staying
from collector.web.visits.version import Version

_LOOK = "inside"


@require_safe
@at_place(Right.SEE_NAMES)
def inside_now(request: HttpRequest, place: Place) -> HttpResponse:
    """Everybody who came today and has not left, the longest first; on paper by given name."""
    context = _context(request, place, timezone.now())
    audit.write(request, Action.SAW_INSIDE, place, count=context["shown"])
    return place_page.show(request, place, "visits/inside.html", context)


@require_safe
@at_place(Right.SEE_NAMES)
def inside_rows(request: HttpRequest, place: Place) -> HttpResponse:
    """The same as a part of the page, asked each second; nothing (204) while all of it stays the same."""
    seen = version.read(request.GET.get("seen", ""), version.look(request.user.pk, place, _LOOK))
    now = timezone.now()
    # How long they have been there is told in minutes.
    is_same_minute = request.GET.get("minute") == _minute(now)
    if is_same_minute and seen == _stands(place, now):
        return HttpResponse(status=204)
    context = _context(request, place, now, seen)
    if context["shown"]:
        audit.write(request, Action.SAW_INSIDE, place, count=context["shown"])
    return render(request, "visits/inside_list.html", {"place": place, "is_part": True, **context})


def _context(
    request: HttpRequest, place: Place, now: dt.datetime, seen: Version | None = None
) -> dict[str, Any]:
    # Before the visits are read: what comes in between is told again, not lost.
    stands = _stands(place, now)
    found = staying(place, inside.now(place, now))
    here = [one for one in found if not one.stay.from_elsewhere]
    elsewhere = [one for one in found if one.stay.from_elsewhere]
    return {
        "now": now,
        "minute": _minute(now),
        "here": here,
        "elsewhere": elsewhere,
        "here_by_name": sorted(here, key=_given_name),
        "elsewhere_by_name": sorted(elsewhere, key=_given_name),
        "version": stands.token(version.look(request.user.pk, place, _LOOK)),
        "line_down": stands.line_down,
        "shown": stands.newly_shown([one.received_at for one in found if one.names], seen),
    }


def _stands(place: Place, now: dt.datetime) -> Version:
    zone = timezone.get_current_timezone()
    return version.of(place, days.of(now.astimezone(zone).date(), zone))


def _minute(now: dt.datetime) -> str:
    return timezone.localtime(now).strftime("%H:%M")


def _given_name(one: Staying) -> tuple[bool, tuple[str, str], tuple[str, str]]:
    """By the last word, as Vietnamese names are looked for; who has no name stands last."""
    name = one.person.name
    return not name, sorting.key(name.rpartition(" ")[2]), sorting.key(name)
