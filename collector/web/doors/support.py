"""A support bundle, taken along by whoever may command the box."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from collector import audit, supporting
from collector.audit import Action
from collector.rights import Right
from collector.web.access import needs
from collector.web.doors import pages


@require_safe
@needs(Right.COMMAND_DOORS)
def fetch(request: HttpRequest, kiosk: str, order: uuid.UUID) -> HttpResponse:
    """What a box sent for a command, as a file of JSON; one that is not there is refused like another's."""
    box = pages.of(request, kiosk, Right.COMMAND_DOORS)
    bundle = supporting.found(box, order)
    if bundle is None:
        raise PermissionDenied
    audit.write(request, Action.FETCHED_SUPPORT, box.place, subject=box.name)
    answer = HttpResponse(supporting.text(bundle), content_type="application/json")
    name = f"{box.name}-{bundle.received_at:%Y%m%d-%H%M}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
