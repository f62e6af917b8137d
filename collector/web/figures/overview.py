"""The page of figures: how many came, when and how, and which offices do not use their doors."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collector import doors, people, rights, sorting
from collector.doors import Presence
from collector.figures import idle as idling
from collector.figures import summing
from collector.figures.day import HOURS, VIAS
from collector.figures.summing import Sums
from collector.models import DayFigures
from collector.rights import Right
from collector.web import written
from collector.web.access import needs
from collector.web.figures import spans, table
from collector.web.figures.scope import Scope
from collector.web.figures.spans import Span, SpanRefused
from collector.web.figures.table import Line

MOST_CHOICES = 200
PAGE_LINES = 50
MANY = 20
"""A longer list of places or doors is opened by who wants to read it."""


@dataclass(frozen=True, slots=True)
class Told:
    """
    Figures of a scope over some days.

    Attributes:
        sums: All together.
        by_place: Those of each place that has any, by number.
        dates: For each date who came, and who left.
    """

    sums: Sums
    by_place: Mapping[int, Sums]
    dates: Sequence[tuple[dt.date, int, int]]


def tell(scope: Scope, span: Span) -> Told:
    """The figures of a scope over some days."""
    by_place = summing.by_place(scope.places, span.first, span.last)
    by_date = summing.by_date(scope.places, span.first, span.last)
    dates = [(date, *by_date.get(date, (0, 0))) for date in span.dates]
    return Told(summing.together(by_place.values()), by_place, dates)


@require_safe
@needs(Right.SEE_FIGURES)
def figures(request: HttpRequest) -> HttpResponse:
    """To the figures that somebody may see: at once where these are of one thing only."""
    if rights.everywhere(request.user, Right.SEE_FIGURES):
        return redirect("figures_all")
    units = list(rights.units(request.user, Right.SEE_FIGURES).select_related("parent"))
    inner = {unit.pk for unit in units}
    roots = [unit for unit in units if unit.parent_id not in inner]
    roots.sort(key=lambda unit: sorting.key(unit.name))
    alone = rights.places(request.user, Right.SEE_FIGURES).exclude(unit__in=inner).select_related("unit")
    places = sorted(alone, key=lambda place: sorting.key(place.name))[:MOST_CHOICES]
    if len(roots) == 1 and not places:
        return redirect("figures_unit", roots[0].pk)
    if len(places) == 1 and not roots:
        return redirect("figures_place", places[0].pk)
    return render(request, "figures/choose.html", {"units": roots, "places": places})


def overview(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The figures of a scope over the days that are asked for."""
    now = timezone.now()
    today = timezone.localdate(now)
    refused = ""
    try:
        span = spans.read(request.GET, today)
    except SpanRefused as error:
        span, refused = spans.lately(spans.LATELY[0], today), people.tidy(str(error)) or "–"
    told, before = tell(scope, span), span.before
    came_before = summing.came_by_place(scope.places, before.first, before.last)
    there = scope.during(span)
    idle = idling.idle(there.places, today, now)
    order = request.GET.get("sort", "-came")
    lines = [] if scope.place else table.lines(there, told.by_place, came_before, [one.place for one in idle])
    page = Paginator(table.ordered(lines, order), PAGE_LINES).get_page(request.GET.get("page"))
    unheard = doors.unheard(there.places, now)
    context = {
        "scope": scope,
        "span": span,
        "before": before,
        "refused": refused,
        "months": (spans.month_of(today), spans.month_of(today.replace(day=1) - dt.timedelta(days=1))),
        "lately": spans.LATELY,
        "most_days": spans.MOST_DAYS,
        "today": today,
        "none_ever": not told.by_place and not _has_any(scope),
        "cards": _cards(told.sums, sum(came_before.values())),
        "doors": doors.together(doors.by_place(there.places, now).values()),
        "silent": [box for box in unheard if box.presence is Presence.SILENT],
        "never_seen": [box for box in unheard if box.presence is Presence.NEVER_SEEN],
        "idle": idle,
        "idle_units": idling.by_unit(idle, there.places),
        "idle_days": idling.DAYS,
        "are_new": idling.are_new(there.places, today),
        "many": MANY,
        "charts": _charts(told),
        "dates": [(date, written.count(came), written.count(left)) for date, came, left in told.dates],
        "busiest": max(told.dates, key=lambda date: date[1]),
        "hours": [(hour, written.count(told.sums.by_hour[hour])) for hour in _open_hours(told.sums)],
        "vias": _vias(told.sums),
        "lines": _written(page.object_list, max((line.sums.came for line in lines), default=0)),
        "page": page,
        "order": order,
        "columns": _columns(order),
        "none": written.NONE,
        "whole": there.places.count() if not scope.place else 1,
    }
    return render(request, "figures/overview.html", context)


def _has_any(scope: Scope) -> bool:
    return DayFigures.objects.filter(place__in=scope.places.order_by().values("pk")).exists()


def _cards(sums: Sums, came_before: int) -> list[dict[str, str]]:
    """The most important figures: what, how much, and what is to be said of it."""
    change = summing.change(sums.came, came_before)
    return [
        {
            "title": _("Came in"),
            "value": written.count(sums.came),
            "note": _("%(change)s against %(count)s before")
            % {"change": written.change(change), "count": written.count(came_before)},
        },
        {"title": _("Went out"), "value": written.count(sums.left), "note": _("recorded when leaving")},
        {
            "title": _("Keyed in"),
            "value": written.percent(sums.keypad_share),
            "note": _("of those who came"),
        },
        {
            "title": _("Not verified"),
            "value": written.percent(sums.unverified_share),
            "note": _("numbers that visitors keyed in without a guard"),
        },
        {
            "title": _("Checked out by the centre"),
            "value": written.percent(sums.automatic_share),
            "note": _("of all stays that are over: nobody saw them leave"),
        },
        {
            "title": _("Stay, median"),
            "value": written.length(sums.median_minutes),
            "note": _("half stayed longer, half shorter"),
        },
    ]


def _charts(told: Told) -> dict[str, Any]:
    """What the script draws; the same stands in tables."""
    hours = _open_hours(told.sums)
    return {
        "days": {
            "labels": [f"{date:%d/%m}" for date, _came, _left in told.dates],
            "came": [came for _date, came, _left in told.dates],
            "left": [left for _date, _came, left in told.dates],
        },
        "hours": {
            "labels": [f"{hour}–{hour + 1}" for hour in hours],
            "came": [told.sums.by_hour[hour] for hour in hours],
        },
        "words": {"came": _("Came in"), "left": _("Went out")},
    }


def _open_hours(sums: Sums) -> range:
    """Office hours, and whatever else somebody came at."""
    used = [hour for hour in range(HOURS) if sums.by_hour[hour]]
    return range(min([7, *used]), max([17, *used]) + 1)


def _vias(sums: Sums) -> list[tuple[str, str, str, int]]:
    """By what who came was recorded: which, how many, which part, and that in whole percents."""
    return [
        (via, written.count(number), written.percent(share), round(100 * (share or 0)))
        for via in VIAS
        for number in (sums.by_via[via],)
        for share in (number / sums.came if sums.came else None,)
    ]


def _written(lines: Iterable[Line], most: int) -> list[dict[str, Any]]:
    """Lines of the table, with bars as long as theirs who came beside the most."""
    titles = _titles()
    return [
        {
            "line": line,
            "came": written.count(line.sums.came),
            "bar": round(100 * line.sums.came / most) if most else 0,
            "cells": (
                (titles["change"], written.change(line.change)),
                (titles["keypad"], written.percent(line.sums.keypad_share)),
                (titles["unverified"], written.percent(line.sums.unverified_share)),
                (titles["automatic"], written.percent(line.sums.automatic_share)),
                (titles["stay"], written.length(line.sums.median_minutes)),
            ),
        }
        for line in lines
    ]


def _titles() -> dict[str, str]:
    """The heads of the table, by `table.ORDERS`."""
    return {
        "name": _("Unit or place"),
        "came": _("Came in"),
        "change": _("Change"),
        "keypad": _("Keyed in"),
        "unverified": _("Not verified"),
        "automatic": _("Checked out by the centre"),
        "stay": _("Stay, median"),
        "idle": _("Not in use"),
    }


def _columns(order: str) -> list[dict[str, str]]:
    """The heads of the table: what sorts by each, and how it is sorted now."""
    titles = _titles()
    by, falls = order.removeprefix("-"), order.startswith("-")
    return [
        {
            "key": key,
            "title": titles[key],
            "sort": key if (by == key and falls) or (key == "name" and by != key) else f"-{key}",
            "now": ("descending" if falls else "ascending") if by == key else "",
        }
        for key in table.ORDERS
    ]
