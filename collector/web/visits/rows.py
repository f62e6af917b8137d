"""What has changed on the page of today, asked each second."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collector.models import Place
from collector.rights import Right
from collector.web.access import at_place
from collector.web.visits import listing, version
from collector.web.visits.day import audit_look


@require_safe
@at_place(Right.SEE_NAMES)
def rows(request: HttpRequest, place: Place) -> HttpResponse:
    """Totals and list of today as a part of the page; nothing (204) where the browser has seen all of it."""
    asked = listing.read(request.GET)
    day = asked.day or asked.today
    seen = version.read(request.GET.get("seen", ""), place, day)
    if seen == version.of(place, day):
        return HttpResponse(status=204)
    context = listing.context(place, asked, seen)
    if context["shown"]:
        audit_look(request, place, asked, context["shown"])
    return render(request, "visits/list.html", {"place": place, "is_part": True, **context})
