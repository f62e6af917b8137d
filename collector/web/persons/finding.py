"""Finding what is held of a person who asks, and the requests that were answered."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from collector import audit, people, persons
from collector.audit import Action
from collector.models import PersonRequest, Place, Visit
from collector.opening import keyring
from collector.rights import Right
from collector.web.access import at_place
from collector.web.persons.forms import FindForm
from collector.web.place_page import show
from collector.web.visits.table import rows
from mqtt_bridge.wire.persons import Person

PAGE_REQUESTS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@at_place(Right.ANSWER_PERSONS)
def requests(request: HttpRequest, place: Place) -> HttpResponse:
    """Ask whose data it is about; what was found is told on the page itself, never in an address."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _found(request, place, form)
    answered = PersonRequest.objects.filter(place=place).order_by("-at", "pk")
    context = {"form": form, "page": Paginator(answered, PAGE_REQUESTS).get_page(request.GET.get("page"))}
    return show(request, place, "persons/ask.html", context, status=400 if form.errors else 200)


def _found(request: HttpRequest, place: Place, form: FindForm) -> HttpResponse:
    asked = form.asked
    found: list[Visit] = list(persons.find(place, keyring(), **asked)[: persons.MOST + 1])
    shown = found[: persons.MOST]
    by = [name for name, told in asked.items() if told]
    audit.write(request, Action.PERSON_SEEN, place, count=len(shown), step="found", by=by)
    context = {
        "asked": asked,
        "spoken": people.show(Person(phone=asked["phone"])).phone,
        "rows": rows(place, shown),
        "is_cut": len(found) > len(shown),
        "most": persons.MOST,
        "now": timezone.localtime(),
        "doors_until": persons.forgotten_by_doors(place, shown),
        "backups_until": persons.unreadable_in_backups(place, shown),
    }
    return show(request, place, "persons/found.html", context)
