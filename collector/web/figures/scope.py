"""Whose figures a page shows: those of a place, of a unit and all below it, or of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collector import days, rights
from collector.models import DayFigures, Place, Unit
from collector.rights import Right
from collector.web.access import at_place, needs
from collector.web.figures.spans import Span


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Whose figures.

    Attributes:
        name: What it is called.
        address: Path of its figures; its report stands below.
        places: Whose visits count.
        place: The only place; None for more.
        unit: The unit; None for one place, or for all.
        above: What stands above it and may be seen, the topmost first: names and paths.
    """

    name: str
    address: str
    places: QuerySet[Place]
    place: Place | None = None
    unit: Unit | None = None
    above: Sequence[tuple[str, str]] = ()

    def during(self, span: Span) -> "Scope":
        """The same without places younger than these days, unless counted on one; a single place stays."""
        if self.place is not None:
            return self
        ends = days.of(span.last, timezone.get_current_timezone()).ends
        counted = DayFigures.objects.filter(place=OuterRef("pk"), date__range=(span.first, span.last))
        return replace(self, places=self.places.filter(Q(made_at__lt=ends) | Exists(counted)))


Page = Callable[[HttpRequest, Scope], HttpResponse]


def of_all(page: Page) -> Callable[..., HttpResponseBase]:
    """A page of all places there are, as a view for who may see them all."""

    @require_safe
    @needs(Right.SEE_FIGURES)
    def view(request: HttpRequest) -> HttpResponse:
        if not rights.everywhere(request.user, Right.SEE_FIGURES):
            raise PermissionDenied
        return page(request, Scope(_("All places"), reverse("figures_all"), Place.objects.all()))

    return view


def of_unit(page: Page) -> Callable[..., HttpResponseBase]:
    """A page of a unit and all below it, as a view; one that is not there is refused like one not theirs."""

    @require_safe
    @needs(Right.SEE_FIGURES)
    def view(request: HttpRequest, unit: int) -> HttpResponse:
        found = rights.units(request.user, Right.SEE_FIGURES).filter(pk=unit).first()
        if found is None:
            raise PermissionDenied
        scope = Scope(
            name=found.name,
            address=reverse("figures_unit", args=(found.pk,)),
            places=Place.objects.filter(unit__in=rights.below([found.pk])),
            unit=found,
            above=_above(request, found.parent),
        )
        return page(request, scope)

    return view


def of_place(page: Page) -> Callable[..., HttpResponseBase]:
    """A page of one place, as a view."""

    @require_safe
    @at_place(Right.SEE_FIGURES)
    def view(request: HttpRequest, place: Place) -> HttpResponse:
        scope = Scope(
            name=place.name,
            address=reverse("figures_place", args=(place.pk,)),
            places=Place.objects.filter(pk=place.pk),
            place=place,
            above=_above(request, place.unit),
        )
        return page(request, scope)

    return view


def _above(request: HttpRequest, unit: Unit | None) -> list[tuple[str, str]]:
    """A unit and those above it, as far up as this account may see."""
    allowed = dict(rights.units(request.user, Right.SEE_FIGURES).values_list("pk", "parent"))
    found: list[tuple[str, str]] = []
    while unit is not None and unit.pk in allowed:
        allowed.pop(unit.pk)
        found.insert(0, (unit.name, reverse("figures_unit", args=(unit.pk,))))
        unit = unit.parent
    if rights.everywhere(request.user, Right.SEE_FIGURES):
        found.insert(0, (_("All places"), reverse("figures_all")))
    return found
