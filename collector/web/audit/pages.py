"""Who looked at what: page by page, or as a table to take along."""

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from collector import audit, people, rights
from collector.audit import Action
from collector.exporting.cells import fit, guarded
from collector.models import AuditEntry
from collector.rights import Right
from collector.web.access import needs
from collector.web.audit.asking import PAGE_ENTRIES, AskForm, chunks, entries, older
from collector.web.audit.words import Words


@require_safe
@needs(Right.SEE_AUDIT)
def page(request: HttpRequest) -> HttpResponse:
    """The newest entries, or those before one."""
    form = AskForm(request.user, request.GET)
    form.is_valid()
    found = entries(request.user).filter(form.wanted)
    before = _before(request)
    if before is not None:
        found = older(found, before)
    shown = list(found[: PAGE_ENTRIES + 1])
    words = Words()
    context = {
        "form": form,
        "rows": [_row(entry, words) for entry in shown[:PAGE_ENTRIES]],
        "older": shown[PAGE_ENTRIES - 1].pk if len(shown) > PAGE_ENTRIES else None,
        "is_first": before is None,
        "sees_all": rights.everywhere(request.user, Right.SEE_AUDIT),
        "query": urlencode({name: one for name in form.fields if (one := request.GET.get(name))}),
    }
    return render(request, "audit/page.html", context)


@require_GET
@needs(Right.SEE_AUDIT)
def table(request: HttpRequest) -> HttpResponseBase:
    """The same entries, all of them, as comma-separated values; that it was taken along is one more."""
    form = AskForm(request.user, request.GET)
    form.is_valid()
    found = entries(request.user).filter(form.wanted)
    audit.write(request, Action.EXPORTED, kind="audit", **_chosen(form))
    zone = timezone.get_current_timezone()
    # In the words of the page: when the lines are sent, its language is no more.
    lines = _lines(_heads(), chunks(found), Words(), zone)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate()}.csv"'
    return answer


def _before(request: HttpRequest) -> AuditEntry | None:
    """The entry that the page before ended with, if there is one that they may see."""
    told = request.GET.get("before", "")
    if not (told.isascii() and told.isdigit() and len(told) <= len(str(2**63)) - 1):
        return None
    return entries(request.user).filter(pk=int(told)).first()


def _row(entry: AuditEntry, words: Words) -> dict[str, Any]:
    return {
        "entry": entry,
        "action": words.action(entry.action),
        "user": people.tidy(entry.user),
        "place": people.tidy(entry.place_name),
        "detail": fit(words.detail(entry.detail)),
    }


def _chosen(form: AskForm) -> dict[str, Any]:
    told = {name: one for name, one in form.cleaned_data.items() if one and name != "place"}
    chosen = form.cleaned_data.get("place")
    return {**{name: str(one) for name, one in told.items()}, **({"of_place": chosen.pk} if chosen else {})}


def _heads() -> list[str]:
    return [
        _("When"),
        _("Account"),
        _("What was done"),
        _("Place"),
        _("Of what"),
        _("Names shown"),
        _("More"),
        _("Network address"),
    ]


class _Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        """Give it back."""
        return text


def _lines(
    heads: list[str], found: Iterator[list[AuditEntry]], words: Words, zone: dt.tzinfo
) -> Iterator[str]:
    write = csv.writer(_Echo()).writerow
    yield "\ufeff"
    yield write(heads)
    for chunk in found:
        yield "".join(write(_cells(entry, words, zone)) for entry in chunk)


def _cells(entry: AuditEntry, words: Words, zone: dt.tzinfo) -> list[str]:
    texts = (
        entry.user,
        words.action(entry.action),
        entry.place_name,
        entry.subject,
        str(entry.count),
        words.detail(entry.detail),
        entry.address,
    )
    at = entry.at.astimezone(zone).replace(tzinfo=None).isoformat(" ", "seconds")
    return [at, *(guarded(text) for text in texts)]
