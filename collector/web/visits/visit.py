"""The page of one visit: all that is known of it, and what became of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from collector import audit, days, inside, rights, zones
from collector.audit import Action
from collector.days import Day
from collector.models import Place, Visit
from collector.passages import people
from collector.rights import Right
from collector.stays import Stay, stays
from collector.web import place_page
from collector.web.access import at_place
from collector.web.visits import history
from collector.web.visits.check_out_form import CheckOutForm
from collector.web.visits.table import rows


@require_safe
@at_place(Right.SEE_NAMES)
def visit(request: HttpRequest, place: Place, visit: UUID) -> HttpResponse:
    """One visit of the place."""
    return show(request, place, find(place, visit))


def find(place: Place, visit: UUID) -> Visit:
    """
    A visit of a place.

    Raises:
        Http404: If there is none there, be it that it is another place's.
    """
    found = Visit.objects.filter(place=place, pk=visit).first()
    if found is None:
        raise Http404
    return found


def day_of(place: Place, visit: Visit) -> Day:
    """The day of a visit, by the place's clock."""
    zone = zones.named(place.zone)
    return days.of(visit.at.astimezone(zone).date(), zone)


def stay_of(place: Place, visit: Visit) -> Stay | None:
    """The stay that a visit belongs to; None where it was taken back, or nobody saw them come."""
    found = (stay for stay in inside.of_day(place, day_of(place, visit)) if _is_of(visit.pk, stay))
    return next(found, None)


def show(
    request: HttpRequest, place: Place, visit: Visit, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """
    The page of a visit.

    Args:
        request: What was asked for.
        place: Where.
        visit: Which.
        form: How a check-out was filled in that cannot be taken; None for none.
        status: Of the answer.
    """
    (row,) = rows(place, [visit])
    context = _context(place, visit)
    stay: Stay | None = context["stay"]
    audit.write(request, Action.SAW_VISIT, place, subject=visit.pk, count=int(row.names))
    if stay is not None and form is None and _may_change(request, place):
        form = CheckOutForm.of(stay)
    more = {"row": row, "visit": visit, "person": row.person, "form": form}
    return place_page.show(request, place, "visits/visit.html", {**context, **more}, status)


def _context(place: Place, visit: Visit) -> dict[str, Any]:
    day = day_of(place, visit)
    passages = inside.passages(place, day)
    stay = next((one for one in stays(passages, inside.endings(place, day)) if _is_of(visit.pk, one)), None)
    same: list[Any] = next(
        ([seen.passage for seen in person] for person in people(passages) if _is_in(visit.pk, person)), []
    )
    return {
        "day": day,
        "today": timezone.localdate(),
        "stay": stay,
        "history": history.of(visit, stay.visits if stay else ()),
        "others": [passage for passage in same if passage.id != visit.pk and passage.is_known],
    }


def _may_change(request: HttpRequest, place: Place) -> bool:
    return rights.places(request.user, Right.CHANGE_VISITS).filter(pk=place.pk).exists()


def _is_of(visit: UUID, stay: Stay) -> bool:
    return visit in stay.visits or visit == stay.left


def _is_in(visit: UUID, person: list[Any]) -> bool:
    return any(seen.passage.id == visit for seen in person)
