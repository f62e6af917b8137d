"""Where somebody goes first, and the places to choose from."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from collector import people, rights, sorting
from collector.rights import Right
from collector.searching import folded
from collector.web.access import needs

PAGE_PLACES = 60
_FIRST = (
    (Right.SEE_NAMES, "places"),
    (Right.SEE_FIGURES, "figures"),
    (Right.SEE_DOORS, "doors"),
    (Right.SEE_AUDIT, "audit"),
)


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """To the first page that this account may see."""
    for right, page in _FIRST:
        if rights.has(request.user, right):
            return redirect(page)
    if getattr(request.user, "is_superuser", False):
        return redirect("admin:index")
    raise PermissionDenied


@require_safe
@needs(Right.SEE_NAMES)
def places(request: HttpRequest) -> HttpResponse:
    """The places whose visits somebody may see; who has but one goes there."""
    found = list(rights.places(request.user, Right.SEE_NAMES).select_related("unit"))
    if len(found) == 1:
        return redirect("day", found[0].pk)
    asked = people.tidy(request.GET.get("q", ""))
    wanted = folded(asked)
    fitting = [place for place in found if wanted in folded(f"{place.name} {place.unit or ''}")]
    fitting.sort(key=lambda place: sorting.key(place.name))
    page = Paginator(fitting, PAGE_PLACES).get_page(request.GET.get("page", "1"))
    return render(request, "places.html", {"page": page, "asked": asked, "none": not found})
