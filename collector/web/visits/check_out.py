"""A check-out that is put right by hand."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from collector import audit, persons
from collector.audit import Action
from collector.figures import due
from collector.models import CheckOut, Place
from collector.opening import keyring
from collector.rights import Right
from collector.web.access import at_place
from collector.web.visits.check_out_form import CheckOutForm
from collector.web.visits.visit import day_of, find, show, stay_of


@require_POST
@at_place(Right.CHANGE_VISITS)
def check_out(request: HttpRequest, place: Place, visit: UUID) -> HttpResponse:
    """Write when somebody left; it holds before what was written or seen until then."""
    found = find(place, visit)
    stay = stay_of(place, found)
    if stay is None:
        raise Http404
    now = timezone.now()
    names = persons.names(place, stay.visits, keyring())
    form = CheckOutForm(request.POST, stay=stay, now=now, names=names)
    if not form.is_valid():
        return show(request, place, found, form, status=422)
    with transaction.atomic():
        CheckOut.objects.create(
            visit=stay.came,
            place=place,
            at=form.left_at(),
            by=request.user.get_username(),
            reason=form.cleaned_data["reason"],
            made_at=now,
        )
        due.mark([(place.pk, day_of(place, found).date)])
        audit.write(
            request, Action.CHANGED_CHECK_OUT, place, subject=stay.came, what=form.cleaned_data["what"]
        )
    messages.success(request, _("The check-out is put right."))
    return redirect("visit", place.pk, found.pk)
