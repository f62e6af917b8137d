"""The page of a place's day: who came and who left."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from collector import audit
from collector.audit import Action
from collector.models import Kiosk, Place
from collector.rights import Right
from collector.web import people, place_page
from collector.web.access import at_place
from collector.web.visits import filters, listing
from collector.web.visits.listing import Asked


@require_safe
@at_place(Right.SEE_NAMES)
def day(request: HttpRequest, place: Place) -> HttpResponse:
    """Who came and who left on a day, newest first."""
    asked = listing.read(request.GET)
    context = listing.context(place, asked)
    audit_look(request, place, asked, context["shown"])
    more = {
        "bad_date": people.tidy(asked.text) if asked.day is None else "",
        "doors": _doors(place),
        "directions": filters.DIRECTIONS,
        "vias": filters.VIAS,
        "operators": [(sign, people.tidy(name)) for sign, name in context["operators"].items()],
    }
    return place_page.show(request, place, "visits/day.html", context | more)


def audit_look(request: HttpRequest, place: Place, asked: Asked, shown: int) -> None:
    """Write down that names were shown, of which day and which visits of it."""
    day = asked.day or asked.today
    chosen = [name for name in ("direction", "via", "guard", "door") if getattr(asked.filters, name)]
    audit.write(request, Action.SAW_VISITS, place, count=shown, date=day.date.isoformat(), filters=chosen)


def _doors(place: Place) -> list[tuple[str, str]]:
    """The boxes to choose from, by name, and how their doors are called; at last the place's own page."""
    boxes = Kiosk.objects.filter(place=place).order_by("door", "name").values_list("name", "door")
    return [(name, door or name) for name, door in boxes]
