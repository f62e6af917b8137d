"""The pages: the visits of a day, and how the centre is."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from collector import counting, zones
from collector.keyring import Keyring
from collector.models import Kiosk, Mark, Visit
from collector.opening import open_visit
from collector.standing import standing
from collector.web import answers, days, people
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
    listed = counting.to_be_listed(counting.visits_of(day))
    pages = Paginator(listed.order_by("-at", "kiosk", "-sequence"), PAGE_VISITS)
    shown: Page[Visit] = pages.get_page(page)
    table = _Table(shown)
    return {
        "day": day,
        "tally": tally,
        "page": shown,
        "rows": [table.row(visit) for visit in shown],
    }


class _Table:
    """The visits of one page; what is needed beside them is asked once."""

    def __init__(self, shown: Iterable[Visit]) -> None:
        kiosks = {visit.kiosk for visit in shown}
        self._keyring = Keyring(settings.DATA)
        self._language = get_language() or settings.LANGUAGE_CODE
        self._zones = zones.of_kiosks(kiosks)
        self._corrections = counting.corrections(shown)
        boxes = Kiosk.objects.filter(name__in=kiosks).exclude(place__questions=[])
        self._questions = dict(boxes.values_list("name", "place__questions"))

    def row(self, visit: Visit) -> dict[str, Any]:
        """A visit as the page writes it."""
        opened = open_visit(visit, self._keyring)
        given = visit.answered | (opened or {}).get("answers", {})
        undone = visit if visit.corrects else self._corrections.get(visit.pk)
        return {
            "visit": visit,
            "zone": self._zones.get(visit.kiosk, zones.own()),
            "person": people.show(opened),
            "answers": answers.told(given, self._questions.get(visit.kiosk, ()), self._language),
            "operator": people.tidy(visit.operator),
            "place": people.tidy(visit.place),
            "door": people.tidy(visit.door),
            "undone": undone,
            "undone_by": people.tidy(undone.operator) if undone else "",
        }
