"""The poster of a place: how it looks, the file to be printed, and another address when that is needed."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collector import addresses, audit, poster, registering
from collector.audit import Action
from collector.models import Place
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place


@require_safe
@at_place(Right.SET_PLACE)
def page(request: HttpRequest, place: Place) -> HttpResponse:
    """The code and the address of the place's own page; or why phones cannot reach it."""
    address = addresses.of(place)
    context = {
        "address": address,
        "picture": poster.picture(address) if address else "",
        "code_cm": round(poster.CODE_MM / 10),
    }
    return place_page.show(request, place, "place/poster.html", context)


@require_safe
@at_place(Right.SET_PLACE)
def file(_request: HttpRequest, place: Place) -> HttpResponse:
    """The poster as PDF; without an address there is none."""
    address = addresses.of(place)
    if not address:
        return redirect("poster", place.pk)
    answer = HttpResponse(poster.draw(place, address), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="poster-{place.slug}.pdf"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@at_place(Right.SET_PLACE)
def renew(request: HttpRequest, place: Place) -> HttpResponse:
    """Another address, after a second thought: whoever knows the old one reaches the place by it no more."""
    if request.method != "POST":
        return place_page.show(request, place, "place/renew.html")
    with transaction.atomic():
        registering.renew_address(place)
        audit.write(request, Action.PLACE_CHANGED, place, fields=["slug"])
    messages.success(
        request, _("The address is new; the doors show it within seconds. Print the poster anew.")
    )
    return redirect("poster", place.pk)
