"""The page on which visits are searched for. Asked by POST: no name stands in an address or a log."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collector import audit, days, searching
from collector.audit import Action
from collector.models import Place
from collector.opening import keyring
from collector.rights import Right
from collector.searching import Found
from collector.web import place_page
from collector.web.access import at_place
from collector.web.visits.search_form import SearchForm
from collector.web.visits.table import rows


@require_http_methods(["GET", "HEAD", "POST"])
@at_place(Right.SEE_NAMES)
def search(request: HttpRequest, place: Place) -> HttpResponse:
    """The form, and what it found."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "today": timezone.localdate()}
    status = 200
    if form.is_bound:
        found = _find(place, form) if form.is_valid() else None
        if found is None:
            status = 422
        else:
            context |= _told(request, place, form, found)
    return place_page.show(request, place, "visits/search.html", context, status)


def _find(place: Place, form: SearchForm) -> Found | None:
    sought = form.cleaned_data["sought"]
    if form.is_number:
        found = searching.by_number(place, sought, keyring())
        if found is None:
            form.add_error(
                "sought",
                _(
                    "This is no phone number, no ID number (9 or 12 digits), and no number of a "
                    "health-insurance card (10 digits, or 15 characters). Names have no digits."
                ),
            )
        return found
    zone = timezone.get_current_timezone()
    first, last = (days.of(day, zone) for day in form.days)
    return searching.by_name(place, sought, first.begins, last.ends, keyring())


def _told(request: HttpRequest, place: Place, form: SearchForm, found: Found) -> dict[str, Any]:
    """What the page shows of it; and that it was shown is written down, without what was sought."""
    listed = rows(place, found.visits)
    detail: dict[str, Any] = {"kind": "number"}
    if not form.is_number:
        first, last = form.days
        detail = {
            "kind": "name",
            "first": first.isoformat(),
            "last": last.isoformat(),
            "opened": found.opened,
        }
    shown = sum(row.names for row in listed)
    audit.write(request, Action.SEARCHED, place, count=shown, found=len(listed), **detail)
    return {"rows": listed, "found": found, "with_date": True, "is_done": True}
