"""The pages: the visits of a day, and how the centre is."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collector import counting, zones
from collector.keyring import Keyring
from collector.models import Mark, Visit
from collector.opening import open_visit
from collector.standing import standing
from collector.web import days, people
from collector.web.days import Day

PAGE_VISITS = 50


@require_safe
@login_required
def visits(request: HttpRequest) -> HttpResponse:
    """Who came and who left on a day, newest first."""
    today = days.of(timezone.localdate(), timezone.get_current_timezone())
    asked = request.GET.get("date", "").strip()
    day = days.read(asked, timezone.get_current_timezone()) if asked else today
    context = {
        "bad_date": people.tidy(asked) if day is None else "",
        "today": today.date,
        **_of_day(day or today, request.GET.get("page", "1")),
    }
    return render(request, "visits.html", context)


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """For machines: whether the database answers, and whether the broker lets us in."""
    try:
        Mark.objects.exists()
    except DatabaseError:
        answers = False
    else:
        answers = True
    facts = {"status": "ok" if answers else "failing", "database": answers, "line_up": standing.line_up}
    return JsonResponse(facts, status=200 if answers else 503)


def _of_day(day: Day, page: str) -> dict[str, Any]:
    tally = counting.count(day)
    pages = Paginator(counting.visits_of(day).order_by("-at", "kiosk", "-sequence"), PAGE_VISITS)
    shown: Page[Visit] = pages.get_page(page)
    keyring = Keyring(settings.DATA)
    local = zones.of_kiosks(visit.kiosk for visit in shown)
    return {
        "day": day,
        "tally": tally,
        "page": shown,
        "rows": [_row(visit, keyring, local.get(visit.kiosk)) for visit in shown],
    }


def _row(visit: Visit, keyring: Keyring, zone: dt.tzinfo | None) -> dict[str, Any]:
    return {
        "visit": visit,
        "zone": zone or zones.own(),
        "person": people.show(open_visit(visit, keyring)),
        "operator": people.tidy(visit.operator),
        "place": people.tidy(visit.place),
        "door": people.tidy(visit.door),
    }
