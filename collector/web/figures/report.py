"""The monthly report, as offices here write it: always in Vietnamese, to be printed, or as a table."""

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation

from collector import doors, people
from collector.doors import Presence
from collector.exporting.cells import guarded
from collector.figures import idle as idling
from collector.figures import summing
from collector.figures.summing import Sums
from collector.web import written
from collector.web.figures import spans, table
from collector.web.figures.overview import Told, tell
from collector.web.figures.scope import Scope
from collector.web.figures.spans import Span, SpanRefused
from collector.web.figures.table import Line

LANGUAGE = "vi"
_WIDTH, _GAP = 20, 3
"""Of a day in the chart, and what of it is empty on each side."""
_VIAS = {
    "camera": "Quét mã trước camera",
    "reader": "Đầu đọc mã",
    "keypad": "Bấm số",
    "web": "Trang của cơ quan",
}
_HEADS = (
    "Đơn vị",
    "Lượt vào",
    "Lượt ra",
    "Bấm số",
    "Chưa xác minh",
    "Hệ thống tự cho ra",
    "Thời gian lưu lại, trung vị (phút)",
    "Chưa triển khai",
)


def report(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The report of a month, on sheets of A4."""
    now = timezone.now()
    today = timezone.localdate(now)
    span, refused = _month(request, today)
    told, before = tell(scope, span), span.before
    came_before = summing.came_by_place(scope.places, before.first, before.last)
    there = scope.during(span)
    idle_day = min(span.last, today)
    idle = idling.idle(there.places, idle_day, now)
    lines = [] if scope.place else _lines(there, told, came_before, [one.place for one in idle])
    context = {
        "scope": scope,
        "span": span,
        "refused": refused,
        "goes_on": span.last != spans.month_of(span.first).last,
        "previous": spans.month_of(span.first - dt.timedelta(days=1)),
        "next": _after(span, today),
    }
    with translation.override(LANGUAGE):
        sheet = {
            "today": today,
            "facts": _facts(told.sums, sum(came_before.values())),
            "vias": [
                (_VIAS[via], written.count(number), written.percent(number / told.sums.came))
                for via, number in told.sums.by_via.items()
                if number
            ],
            "lines": [_cells(line) for line in lines],
            "total": _cells(_whole(scope, told.sums, came_before, lines, len(idle))),
            "dates": [(date, written.count(came), written.count(left)) for date, came, left in told.dates],
            "bars": _bars([came for _, came, _ in told.dates]),
            "width": _WIDTH * len(told.dates),
            "idle": idle,
            "idle_units": idling.by_unit(idle, there.places),
            "idle_day": idle_day,
            "idle_days": idling.DAYS,
            "none": written.NONE,
            "are_new": idling.are_new(there.places, idle_day),
            "places": there.places.count(),
            "doors": doors.together(doors.by_place(there.places, now).values()),
            "silent": [box for box in doors.unheard(there.places, now) if box.presence is Presence.SILENT],
        }
        context["sheet"] = render_to_string("figures/sheet.html", {**context, **sheet})
    return render(request, "figures/report.html", context)


def report_table(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The report's table, for a spreadsheet: by unit or place, of one place by day."""
    now = timezone.now()
    today = timezone.localdate(now)
    span, _ = _month(request, today)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="bao-cao-{span.first:%Y-%m}.csv"'
    answer.write("\ufeff")
    rows = csv.writer(answer)
    told = tell(scope, span)
    if scope.place:
        rows.writerow(("Ngày", "Lượt vào", "Lượt ra"))
        rows.writerows((date.isoformat(), came, left) for date, came, left in told.dates)
        return answer
    there = scope.during(span)
    idle = idling.idle(there.places, min(span.last, today), now)
    lines = _lines(there, told, {}, [one.place for one in idle])
    rows.writerow(_HEADS)
    rows.writerows(map(_values, [*lines, _whole(scope, told.sums, {}, lines, len(idle))]))
    return answer


def _month(request: HttpRequest, today: dt.date) -> tuple[Span, str]:
    """The month that is asked for; where it is none, the last, and what was written."""
    try:
        return spans.read_month(request.GET, today), ""
    except SpanRefused as error:
        return spans.read_month({}, today), people.tidy(str(error)) or "–"


def _after(span: Span, today: dt.date) -> Span | None:
    after = spans.month_of(spans.month_of(span.first).last + dt.timedelta(days=1))
    return after if after.first <= today else None


def _lines(scope: Scope, told: Told, came_before: Any, idle: Any) -> list[Line]:
    return table.ordered(table.lines(scope, told.by_place, came_before, idle), "name")


def _whole(scope: Scope, sums: Sums, came_before: Any, lines: Sequence[Line], idle: int) -> Line:
    """All lines together."""
    return Line(
        name="Tổng cộng",
        address=scope.address,
        is_place=False,
        places=sum(line.places for line in lines),
        idle=idle,
        came_before=sum(came_before.values()),
        sums=sums,
    )


def _facts(sums: Sums, came_before: int) -> dict[str, str]:
    return {
        "came": written.count(sums.came),
        "left": written.count(sums.left),
        "came_before": written.count(came_before),
        "change": written.change(summing.change(sums.came, came_before)),
        "keypad": written.percent(sums.keypad_share),
        "unverified": written.percent(sums.unverified_share),
        "automatic": written.percent(sums.automatic_share),
        "stay": written.length(sums.median_minutes),
    }


def _cells(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "came": written.count(line.sums.came),
        "left": written.count(line.sums.left),
        "change": written.change(line.change),
        "keypad": written.percent(line.sums.keypad_share),
        "unverified": written.percent(line.sums.unverified_share),
        "stay": written.length(line.sums.median_minutes),
        "idle": written.count(line.idle),
        "is_idle": line.is_place and bool(line.idle),
    }


def _values(line: Line) -> Iterator[object]:
    yield guarded(line.name)
    yield from (line.sums.came, line.sums.left, line.sums.by_via["keypad"], line.sums.unverified)
    yield line.sums.automatic
    yield "" if line.sums.median_minutes is None else line.sums.median_minutes
    yield line.idle


def _bars(numbers: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Of each number its bar: left edge, upper edge, width, height; the chart is 100 high."""
    most = max([1, *numbers])
    heights = [round(100 * number / most) for number in numbers]
    wide = _WIDTH - 2 * _GAP
    return [(_WIDTH * place + _GAP, 100 - height, wide, height) for place, height in enumerate(heights)]
