"""Answering a person who asks: showing, correcting, erasing; each ends with a receipt."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collector import audit, persons
from collector.audit import Action
from collector.models import PersonRequest, Place
from collector.opening import keyring
from collector.persons import Asked
from collector.rights import Right
from collector.web.access import at_place
from collector.web.persons.forms import CorrectForm, FindForm, ReasonForm, chosen
from collector.web.place_page import show

_Form = TypeVar("_Form", bound=ReasonForm)


@require_POST
@at_place(Right.ANSWER_PERSONS)
def see(request: HttpRequest, place: Place) -> HttpResponse:
    """They were shown what is held: the receipt."""
    asked, visits = _asked(request, place)
    if not asked or not visits:
        return _none(request, place)
    with transaction.atomic():
        receipt = persons.see(_by(request, place), len(visits))
        audit.write(request, Action.PERSON_SEEN, place, subject=_number(receipt), step="receipt")
    return redirect("persons_receipt", place.pk, receipt.pk)


@require_POST
@at_place(Right.ANSWER_PERSONS)
def correct(request: HttpRequest, place: Place) -> HttpResponse:
    """Ask what is right; then write it into the visits that were ticked."""
    return _answer(request, place, CorrectForm, "persons/correct.html", _correct)


@require_POST
@at_place(Right.ANSWER_PERSONS)
def erase(request: HttpRequest, place: Place) -> HttpResponse:
    """Say what will be gone; then erase it in the visits that were ticked."""
    return _answer(request, place, ReasonForm, "persons/erase.html", _erase)


@require_safe
@at_place(Right.ANSWER_PERSONS)
def receipt(request: HttpRequest, place: Place, receipt: UUID) -> HttpResponse:
    """What was done, to be printed and signed; it holds nobody's name."""
    found = PersonRequest.objects.filter(pk=receipt, place=place).first()
    if found is None:
        raise Http404
    return show(request, place, "persons/receipt.html", {"receipt": found, "number": _number(found)})


def _answer(
    request: HttpRequest,
    place: Place,
    kind: type[_Form],
    template: str,
    do: Callable[[HttpRequest, Asked, list[UUID], _Form], PersonRequest],
) -> HttpResponse:
    """Show a form for what was ticked; once it is filled in, do what it says, and give the receipt."""
    asked, visits = _asked(request, place)
    if not asked or not visits:
        return _none(request, place)
    names = persons.names(place, visits, keyring())
    form = kind(request.POST if "do" in request.POST else None, names=names)
    if not form.is_valid():
        context = {"form": form, **_about(place, asked, visits)}
        return show(request, place, template, context, status=400 if form.errors else 200)
    with transaction.atomic():
        receipt = do(request, _by(request, place, form.cleaned_data["reason"]), visits, form)
    return redirect("persons_receipt", place.pk, receipt.pk)


def _correct(request: HttpRequest, by: Asked, visits: list[UUID], form: CorrectForm) -> PersonRequest:
    receipt = persons.correct(by, visits, form.person, keyring())
    audit.write(
        request,
        Action.PERSON_CORRECTED,
        by.place,
        subject=_number(receipt),
        visits=receipt.visits,
        fields=sorted(form.person),
    )
    if receipt.visits < len(visits):
        messages.warning(
            request,
            _("Of %(all)d visits, %(done)d were corrected; the others had it right, or hold no name.")
            % {"all": len(visits), "done": receipt.visits},
        )
    return receipt


def _erase(request: HttpRequest, by: Asked, visits: list[UUID], _form: ReasonForm) -> PersonRequest:
    receipt = persons.erase(by, visits)
    audit.write(request, Action.PERSON_ERASED, by.place, subject=_number(receipt), visits=receipt.visits)
    return receipt


def _asked(request: HttpRequest, place: Place) -> tuple[dict[str, str], list[UUID]]:
    """By what the visits were found, and those of them that were ticked: no other can be changed."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return {}, []
    found = persons.find(place, keyring(), **form.asked).filter(pk__in=chosen(request.POST))
    return form.asked, list(found.values_list("pk", flat=True))


def _none(request: HttpRequest, place: Place) -> HttpResponse:
    messages.warning(request, _("No visit was chosen; nothing was done. Find them again, and tick some."))
    return redirect("persons", place.pk)


def _about(place: Place, asked: dict[str, str], visits: list[UUID]) -> dict[str, Any]:
    times = place.visits.filter(pk__in=visits).aggregate(first=Min("at"), last=Max("at"))
    return {"asked": asked, "visits": visits, **times}


def _by(request: HttpRequest, place: Place, reason: str = "") -> Asked:
    return Asked(place, request.user.get_username(), reason)


def _number(receipt: PersonRequest) -> str:
    return receipt.pk.hex[:8].upper()
