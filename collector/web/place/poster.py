"""The poster of a place: how it looks, and the file to be printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from collector import addresses, poster
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
