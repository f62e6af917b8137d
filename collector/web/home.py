"""Where somebody goes first, and the places to choose from."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from collector import rights
from collector.rights import Right
from collector.web.access import needs

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
    found = list(rights.places(request.user, Right.SEE_NAMES).select_related("unit")[:2])
    if len(found) == 1:
        return redirect("day", found[0].pk)
    asked = request.GET.get("q", "").strip()[:80]
    listed = rights.places(request.user, Right.SEE_NAMES).select_related("unit")
    if asked:
        listed = listed.filter(name__icontains=asked.replace("\0", ""))
    return render(request, "places.html", {"places": listed[:200], "asked": asked, "none": not found})
