"""For machines: how the centre is."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from collector.models import Mark
from collector.standing import standing


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Whether the database answers, and whether the broker lets us in."""
    try:
        Mark.objects.exists()
    except DatabaseError:
        answers = False
    else:
        answers = True
    facts = {"status": "ok" if answers else "failing", "database": answers, "line_up": standing.line_up}
    return JsonResponse(facts, status=200 if answers else 503)
