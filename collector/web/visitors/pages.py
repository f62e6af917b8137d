"""
A place's own page: who has no card and no app checks in here, with any phone.

Nobody logs in, and no script is needed. Who opens it by the code on a door's screen stands at the door, and
the visit says so; everybody else may be anywhere.
"""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from collector import visiting, zones
from collector.models import Kiosk, Place
from collector.opening import keyring
from collector.visiting import Sent
from collector.web.visitors import forms, limits, tickets
from collector.web.visitors.forms import Read
from collector.web.visitors.tickets import Slip, Ticket
from mqtt_bridge.wire.pseudonyms import of_phone
from mqtt_bridge.wire.tokens import kiosk_of

_TOO_MANY = 429


@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; and what was sent with it."""
    found = _found(request, slug)
    if isinstance(found, HttpResponse):
        return found
    with timezone.override(zones.named(found.zone)):
        return _sent(request, found) if request.method == "POST" else _asked(request, found)


@require_safe
def checked_in(request: HttpRequest, slug: str) -> HttpResponse:
    """What was stored, in huge letters: whether somebody came or left, and when."""
    found = _found(request, slug)
    if isinstance(found, HttpResponse):
        return found
    slip = tickets.read_slip(request.GET.get("v", ""), found.pk)
    if slip is None:
        return redirect("check_in", found.slug)
    with timezone.override(zones.named(found.zone)):
        return render(request, "visitors/done.html", {"place": found, "slip": slip})


def _found(request: HttpRequest, slug: str) -> Place | HttpResponse:
    """The place of an address; or what to answer where there is none, or somebody has tried too many."""
    if wait_s := limits.before_looking(request):
        return _busy(request, wait_s)
    place = Place.objects.filter(slug=slug.lower()).first()
    if place is not None:
        return place
    limits.after_missing(request)
    return render(request, "visitors/nowhere.html", status=404)


def _asked(request: HttpRequest, place: Place) -> HttpResponse:
    shown = request.GET.get("t", "")
    kept = request.GET.get("with", "")
    held = tickets.read(kept, place.pk)
    kiosk = held.kiosk if held else _kiosk(place, shown)
    return _form(
        request,
        place,
        forms.blank(place, _language()),
        at_door=bool(kiosk),
        token_is_old=bool(shown) and not kiosk,
        ticket=kept if held else tickets.issue(place.pk, kiosk),
    )


def _sent(request: HttpRequest, place: Place) -> HttpResponse:
    if wait_s := limits.after_sending(request):
        return _busy(request, wait_s)
    ticket = tickets.read(request.POST.get("ticket", ""), place.pk)
    read = forms.read(place, request.POST, _language())
    box = _box(place, ticket.kiosk) if ticket and ticket.kiosk else None
    if read.faults:
        kept = request.POST.get("ticket", "") if ticket else tickets.issue(place.pk, "")
        return _form(request, place, read, at_door=box is not None, ticket=kept, status=400)
    slip = Slip(place.pk, read.direction, timezone.now(), box is not None)
    if place.kind == Place.PUBLIC and not _is_first(ticket, read.direction):
        return _told(place, slip)
    seat = tickets.take_seat(ticket, read.direction) if ticket and box else ""
    sent = Sent(read.direction, read.name, read.phone, read.answers, box if seat else None)
    if wait_s := _limited(request, place, sent):
        return _busy(request, wait_s, may_scan=sent.box is None)
    visit = visiting.check_in(place, sent, keyring(), slip.at)
    if visit.at != slip.at:
        # It is the one that was sent before.
        tickets.give_back(seat)
    kept = request.POST["ticket"] if visit.at_door and seat else ""
    return _told(place, Slip(place.pk, visit.direction, visit.at, bool(visit.at_door), kept))


def _limited(request: HttpRequest, place: Place, sent: Sent) -> int:
    """How many seconds a visit must wait before it is stored; 0 for not at all."""
    digest = of_phone(keyring().place_key(place.pk), sent.phone) if sent.phone else None
    box = sent.box.name if sent.box else ""
    return limits.before_storing(request, place.pk, digest.hex() if digest else "", box)


def _told(place: Place, slip: Slip) -> HttpResponse:
    """To the page that says what was stored."""
    query = urlencode({"v": tickets.write_slip(slip)})
    return redirect(f"{reverse('checked_in', args=(place.slug,))}?{query}")


def _form(
    request: HttpRequest, place: Place, read: Read, *, status: int = 200, **context: object
) -> HttpResponse:
    whole = {
        "place": place,
        "read": read,
        "is_public": place.kind == Place.PUBLIC,
        "max_name": forms.MAX_NAME_LETTERS,
        "max_phone": forms.MAX_PHONE_LETTERS,
        **context,
    }
    return render(request, "visitors/form.html", whole, status=status)


def _busy(request: HttpRequest, wait_s: int, *, may_scan: bool = False) -> HttpResponse:
    told = {"minutes": -(-wait_s // 60), "may_scan": may_scan}
    answer = render(request, "visitors/busy.html", told, status=_TOO_MANY)
    answer.headers["Retry-After"] = str(wait_s)
    return answer


def _kiosk(place: Place, shown: str) -> str:
    """The box whose screen has shown a token a moment ago; empty for none."""
    if not shown:
        return ""
    boxes = list(place.kiosks.filter(revoked_at=None).values_list("name", flat=True))
    return kiosk_of(shown, keyring().place_key(place.pk), boxes, timezone.now()) or ""


def _box(place: Place, kiosk: str) -> Kiosk | None:
    return place.kiosks.filter(name=kiosk, revoked_at=None).first()


def _is_first(ticket: Ticket | None, direction: str) -> bool:
    """Whether a form is sent this way for the first time in a minute; without a ticket nobody can tell."""
    if ticket is None:
        return True
    return cache.add(f"visitor-form-{ticket.number}-{direction}", 1, visiting.SAME_S)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
