"""What has changed on the page of today, asked each second."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_safe

from collector.models import Place
from collector.rights import Right
from collector.web.access import at_place
from collector.web.visits import listing, version
from collector.web.visits.day import audit_look


@require_safe
@at_place(Right.SEE_NAMES)
def rows(request: HttpRequest, place: Place) -> HttpResponse:
    """
    Totals and list of today as a part of the page; nothing (204) where the browser has seen all of it.

    A page that was opened on a day that is over is sent on to that of today.
    """
    asked = listing.read(request.GET)
    look = asked.look(request.user.pk, place)
    seen = version.read(request.GET.get("seen", ""), look)
    day = asked.day or asked.today
    if seen is not None and seen.date != day.date:
        today = f"{resolve_url('day', place.pk)}?{asked.filters.query.removeprefix('&')}"
        return HttpResponse(status=204, headers={"HX-Redirect": today})
    if seen == version.of(place, day):
        return HttpResponse(status=204)
    context = listing.context(place, asked, look, seen)
    if context["shown"]:
        audit_look(request, place, asked, context["shown"])
    return render(request, "visits/list.html", {"place": place, "is_part": True, **context})
