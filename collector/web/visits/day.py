"""The page of a place's day: who came and who left."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from collector import audit, counting, doorways, people, sorting, visiting
from collector.audit import Action
from collector.days import Day
from collector.models import Place
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place
from collector.web.visits import filters, listing
from collector.web.visits.listing import Asked


@require_safe
@at_place(Right.SEE_NAMES)
def day(request: HttpRequest, place: Place) -> HttpResponse:
    """Who came and who left on a day, newest first."""
    asked = listing.read(request.GET)
    context = listing.context(place, asked, asked.look(request.user.pk, place))
    audit_look(request, place, asked, context["shown"])
    more = {
        "bad_date": people.tidy(asked.text) if asked.day is None else "",
        "doors": _doors(place, context["day"], is_today=context["day"] == asked.today),
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


def _doors(place: Place, day: Day, *, is_today: bool) -> list[tuple[str, str]]:
    """
    The boxes to choose from, and how their doors are called; at last the place's own page.

    They are those that told of visits of that day, though they may belong elsewhere by now; of today, also
    those that have told of none yet.
    """
    doors = doorways.of_place(place)
    own_page = visiting.journal(place)
    passed = counting.visits_at(place, day).exclude(kiosk=own_page).order_by("kiosk", "door")
    told = dict.fromkeys(doors if is_today else (), "") | dict(passed.values_list("kiosk", "door").distinct())
    names = {box: people.tidy(door or doors.get(box) or box) for box, door in told.items()}
    seldom = Counter(names.values())
    named = [(box, name if seldom[name] == 1 else f"{name} ({box})") for box, name in names.items()]
    return [*sorted(named, key=lambda one: sorting.key(one[1])), (own_page, gettext("The place’s own page"))]
