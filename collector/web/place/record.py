"""The record of what is processed at a place, as the law on personal data asks for it: from the registry."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from collector import people
from collector.models import Grant, Place, Unit
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place

_SEEING = (Grant.Role.MANAGER, Grant.Role.CLERK)
"""Roles that see names."""


@require_safe
@at_place(Right.SET_PLACE)
def page(request: HttpRequest, place: Place) -> HttpResponse:
    """The record, to be read, printed and signed."""
    grants = _grants(place)
    context = {
        "keeps_names": place.kind == Place.CHECKPOINT,
        "units": [unit.name for unit in reversed(_above(place))],
        "doors": place.kiosks.filter(revoked_at=None).order_by("door", "name"),
        "asked": [_asked(question) for question in place.questions],
        "seeing": grants.filter(role__in=_SEEING),
        "others": grants.exclude(role__in=_SEEING),
        "printed_at": timezone.now(),
    }
    return place_page.show(request, place, "place/record.html", context)


def _grants(place: Place) -> QuerySet[Grant]:
    """Who has a role at a place, by whatever scope."""
    here = Q(place=place) | Q(unit__in=_above(place)) | Q(unit=None, place=None)
    return (
        Grant.objects.filter(here, user__is_active=True)
        .select_related("user")
        .order_by("role", "user__username")
    )


def _above(place: Place) -> list[Unit]:
    """The units that a place belongs to, the nearest first."""
    found: list[Unit] = []
    unit = place.unit
    while unit is not None and unit not in found:
        found.append(unit)
        unit = unit.parent
    return found


def _asked(question: dict[str, dict[str, str]]) -> str:
    return people.tidy(next(iter(question["text"].values()), ""))
