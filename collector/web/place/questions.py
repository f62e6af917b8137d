"""What a place asks who comes in, edited: `collector.questions` knows what will do."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collector import audit, questions, registering
from collector.audit import Action
from collector.models import Place
from collector.rights import Right
from collector.web import place_page
from collector.web.access import at_place
from collector.web.place import question_rows
from collector.web.place.question_rows import Row


@require_http_methods(["GET", "HEAD", "POST"])
@at_place(Right.SET_PLACE)
def page(request: HttpRequest, place: Place) -> HttpResponse:
    """The questions; and those that are to be asked from now on."""
    if request.method != "POST":
        return _page(request, place, question_rows.written(place.questions), {})
    rows = question_rows.sent(request.POST)
    asked = [row for row in rows if not row.is_empty]
    told = question_rows.read(asked, place.questions)
    if faults := _faults(told, asked):
        return _page(request, place, asked + [Row()] * (len(rows) - len(asked)), faults)
    with transaction.atomic():
        registering.set_questions(place.name, told)
        audit.write(request, Action.PLACE_CHANGED, place, fields=["questions"])
    messages.success(request, _("Saved; the doors ask so within seconds."))
    return redirect("place_settings", place.pk)


def _faults(told: questions.Told, asked: list[Row]) -> dict[int, dict[str, str]]:
    """What will not do, in words, by the number of the row and by field."""
    no_answers = _("Write two to nine answers, one a line, each of at most 40 letters.")
    faults: dict[int, dict[str, str]] = defaultdict(dict)
    for path, _words in questions.faults(told):
        _questions, row_number, field = path.split(".")[:3]
        if field == "answers":
            faults[int(row_number)]["answers"] = no_answers
        else:
            faults[int(row_number)]["text"] = _("Write the question on one line of at most 120 letters.")
    for number, row in enumerate(asked):
        # Without answers it would be one of yes and no.
        if row.kind == question_rows.CHOICES and not told[number]["answers"]:
            faults[number]["answers"] = no_answers
    return faults


def _page(
    request: HttpRequest, place: Place, rows: list[Row], faults: dict[int, dict[str, str]]
) -> HttpResponse:
    numbered: list[dict[str, Any]] = [
        {"number": number, "row": row, "faults": faults.get(number, {})} for number, row in enumerate(rows)
    ]
    status = 400 if faults else 200
    return place_page.show(request, place, "place/questions.html", {"rows": numbered}, status=status)
