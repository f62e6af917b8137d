"""The page of who is inside now; printed, it is the list for an evacuation."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from collector import audit, inside
from collector.audit import Action
from collector.models import Place
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place
from collector.web.visits.staying import staying


@require_safe
@at_place(Right.SEE_NAMES)
def inside_now(request: HttpRequest, place: Place) -> HttpResponse:
    """Everybody who came today and has not left, the longest first."""
    now = timezone.now()
    found = staying(place, inside.now(place, now))
    audit.write(request, Action.SAW_INSIDE, place, count=sum(one.names for one in found))
    return place_page.show(request, place, "visits/inside.html", {"now": now, "inside": found})
