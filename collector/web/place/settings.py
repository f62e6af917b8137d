"""What a place is and what its doors say: `collector.registering` knows what will do, this page asks."""

import datetime as dt
from collections.abc import Mapping
from itertools import permutations
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from collector import audit, people, registering
from collector.audit import Action
from collector.models import Place
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place
from collector.web.place import notice
from mqtt_bridge.wire.config import known_languages

_LINE = gettext_lazy("Write one line of at most 80 letters.")
_FAULTS: Mapping[str, Any] = {
    "kind": gettext_lazy("Choose one of the two."),
    "hours": _LINE,
    "closes": gettext_lazy("Write a time such as 17:00, or leave it empty for midnight."),
    "notice": gettext_lazy("Write one line of at most 200 letters."),
    "help_desk": _LINE,
    "languages": gettext_lazy("Choose one of the list."),
    "code": gettext_lazy("Write a web address that begins with https://, or leave it empty."),
    "duty_minutes": gettext_lazy("Write a whole number of minutes from 1 to 1440."),
    "keep_days": gettext_lazy("Write a whole number of days from 1 to 3650."),
    "zone": gettext_lazy("There is no such time zone. Write one such as Asia/Ho_Chi_Minh."),
}
"""What to do where a field will not do, in words."""
_SWITCHES = ("self_service", "asks_phone")
_LANGUAGES = {"vi": gettext_lazy("Vietnamese"), "en": gettext_lazy("English")}
_ZONES = ("Asia/Ho_Chi_Minh", "Asia/Bangkok", "Asia/Vientiane", "Asia/Phnom_Penh")


@require_http_methods(["GET", "HEAD", "POST"])
@at_place(Right.SET_PLACE)
def page(request: HttpRequest, place: Place) -> HttpResponse:
    """The settings; and what of them is changed."""
    now = _written(place)
    if request.method != "POST":
        return _page(request, place, now)
    told = _told(request.POST)
    if "draft" in request.POST:
        return _page(request, place, told | {"notice": notice.drafted(told)}, is_drafted=True)
    values, refused = registering.read_place(told)
    if refused:
        faults = {field: _FAULTS[field] for field in refused}
        return _page(request, place, told, faults=faults, status=400)
    changed = {field: told[field] for field in values if values[field] != getattr(place, field)}
    is_shorter = values["keep_days"] < place.keep_days
    if is_shorter and not request.POST.get("confirm"):
        return _page(request, place, told, asks_twice=_readable_until(place), status=400)
    if changed:
        with transaction.atomic():
            registering.set_place(place.name, changed)
            audit.write(request, Action.PLACE_CHANGED, place, fields=sorted(changed))
    messages.success(
        request, _("Saved; the doors know it within seconds.") if changed else _("Nothing was changed.")
    )
    if values["keep_days"] > place.keep_days:
        messages.warning(
            request,
            _("Names of visits until today can still be read for only %(days)d days: then their keys go.")
            % {"days": place.keep_days},
        )
    return redirect("place_settings", place.pk)


def _readable_until(place: Place) -> dt.date:
    """The day on which the key of today is destroyed, to which the doors have sealed until now."""
    return timezone.localdate() + dt.timedelta(days=place.keep_days + 1)


def _told(sent: QueryDict) -> dict[str, str]:
    """What was sent, as `collector.registering` reads it."""
    told = {field: sent.get(field, "").strip() for field in _FAULTS}
    return told | {field: "yes" if sent.get(field) else "no" for field in _SWITCHES}


def _written(place: Place) -> dict[str, str]:
    """What a place has, in the same form."""
    told = {field: str(getattr(place, field)) for field in _FAULTS}
    told["closes"] = f"{place.closes:%H:%M}" if place.closes else ""
    return told | {field: "yes" if getattr(place, field) else "no" for field in _SWITCHES}


def _page(
    request: HttpRequest, place: Place, told: Mapping[str, str], *, status: int = 200, **context: Any
) -> HttpResponse:
    whole = {
        "told": told,
        "languages": _languages(told["languages"]),
        "zones": _ZONES,
        "notice": place.notice,
        "asked": [people.tidy(next(iter(question["text"].values()), "")) for question in place.questions],
        **context,
    }
    return place_page.show(request, place, "place/settings.html", whole, status=status)


def _languages(chosen: str) -> list[tuple[str, str]]:
    """The orders of languages that a screen can have, in words; the one that is chosen among them."""
    known = [language for language in _LANGUAGES if language in known_languages()]
    orders = [" ".join(order) for count in (1, 2) for order in permutations(known, count)]
    if chosen and chosen not in orders and set(chosen.split()) <= set(known_languages()):
        orders.append(chosen)
    return [(order, ", ".join(str(_LANGUAGES.get(one, one)) for one in order.split())) for order in orders]
