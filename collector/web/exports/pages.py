"""Asking for a list of visits, watching it being written, and fetching it."""

import datetime as dt
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from collector import audit, people
from collector.audit import Action
from collector.exporting.drawer import Drawer
from collector.exporting.selection import Selection
from collector.exporting.worker import KEPT
from collector.exporting.writing import CSV, filters
from collector.models import Export, Guard, Place
from collector.rights import Right
from collector.web.access import at_place
from collector.web.exports.asking import AskForm
from collector.web.place_page import show

MOST_OPEN = 5
"""Lists that one account may have at once, of all its places: waiting, being written, or lying ready."""
_OPEN = (Export.WAITING, Export.RUNNING, Export.READY)
_LISTED = dt.timedelta(days=1)
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_http_methods(["GET", "HEAD", "POST"])
@at_place(Right.EXPORT)
def exports(request: HttpRequest, place: Place) -> HttpResponse:
    """Ask for a list; those of today are told below."""
    form = AskForm(place, request.POST if request.method == "POST" else None)
    mine = Export.objects.filter(place=place, user=request.user.pk)
    if request.method == "POST" and form.is_valid():
        if Export.objects.filter(user=request.user.pk, status__in=_OPEN).count() >= MOST_OPEN:
            form.add_error(None, _too_many())
        else:
            return redirect("export", place.pk, _ask(request, place, form).pk)
    latest = mine.filter(made_at__gt=timezone.now() - _LISTED).order_by("-made_at")[:20]
    context = {"form": form, "lists": [_told(one) for one in latest], "kept": KEPT.seconds // 60}
    return show(request, place, "exports/ask.html", context, status=400 if form.errors else 200)


@require_safe
@at_place(Right.EXPORT)
def export(request: HttpRequest, place: Place, list_: UUID) -> HttpResponse:
    """How far a list is; when it is ready, the way to it."""
    return show(request, place, "exports/list.html", _told(_mine(request, place, list_)))


@require_safe
@at_place(Right.EXPORT)
def progress(request: HttpRequest, place: Place, list_: UUID) -> HttpResponse:
    """The part of the page above that moves."""
    context = {"place": place, **_told(_mine(request, place, list_)), "is_part": True}
    return render(request, "exports/progress.html", context)


@require_GET
@at_place(Right.EXPORT)
def file(request: HttpRequest, place: Place, list_: UUID) -> HttpResponseBase:
    """The list itself."""
    found = _mine(request, place, list_)
    with ExitStack() as closing:
        try:
            opened = closing.enter_context(Drawer(settings.DATA).path(found.pk).open("rb"))
        except FileNotFoundError:
            return redirect("export", place.pk, found.pk)
        if found.status != Export.READY:
            return redirect("export", place.pk, found.pk)
        audit.write(
            request,
            Action.FETCHED_EXPORT,
            place,
            subject=_short(found),
            count=found.done,
            kind=found.kind,
        )
        answer = FileResponse(opened, content_type=_TYPES[found.kind])
        answer.headers["Content-Disposition"] = _disposition(found, place)
        closing.pop_all()
        return answer


def _too_many() -> str:
    told = {"lists": MOST_OPEN, "minutes": KEPT.seconds // 60}
    return (
        _(
            "You have %(lists)d lists already that are being written or lie ready, here and at other places. "
            "Fetch those first; each is deleted %(minutes)d minutes after it was ready: then there is room."
        )
        % told
    )


def _ask(request: HttpRequest, place: Place, form: AskForm) -> Export:
    selection, kind = form.selection, form.cleaned_data["kind"]
    told: dict[str, Any] = {**selection.written()}
    if selection.guard:
        told["guard"] = Guard.objects.get(place=place, name=selection.guard).pk
    with transaction.atomic():
        made = Export.objects.create(
            user=User.objects.get(username=request.user.get_username()),
            place=place,
            kind=kind,
            query={**selection.written(), "language": get_language()},
            made_at=timezone.now(),
        )
        audit.write(request, Action.EXPORTED, place, subject=_short(made), kind=kind, step="asked", **told)
    return made


def _mine(request: HttpRequest, place: Place, list_: UUID) -> Export:
    found = Export.objects.filter(pk=list_, place=place).first()
    if found is None:
        raise Http404
    if found.user_id != request.user.pk:
        raise PermissionDenied
    return found


def _told(export: Export) -> dict[str, Any]:
    selection = Selection.read(export.query)
    is_ready = export.status == Export.READY
    return {
        "list": export,
        "selection": selection,
        "filters": filters(selection),
        "is_moving": export.status in {Export.WAITING, Export.RUNNING},
        "is_ready": is_ready,
        "is_csv": export.kind == CSV,
        "until": export.ended_at + KEPT if is_ready and export.ended_at else None,
    }


def _disposition(export: Export, place: Place) -> str:
    """A name that every program can write, and one that says whose visits these are (RFC 6266)."""
    selection = Selection.read(export.query)
    span = "_".join(dict.fromkeys((f"{selection.first}", f"{selection.last}")))
    whole = f"{_('Visits')} {people.tidy(place.name)} {span}.{export.kind}".replace("/", "-")
    return f"attachment; filename=\"visits-{span}.{export.kind}\"; filename*=UTF-8''{quote(whole, safe='')}"


def _short(export: Export) -> str:
    return export.pk.hex[:8]
