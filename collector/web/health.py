"""For machines: how the centre is."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from collector.models import Mark
from collector.standing import standing


class _Schema:
    """Whether the database is up to date, looked at until it is."""

    def __init__(self) -> None:
        self._is_current = False

    def is_current(self) -> bool:
        """
        Whether it is.

        Raises:
            django.db.DatabaseError: If the database does not answer.
        """
        if not self._is_current:
            plan = MigrationExecutor(connection)
            self._is_current = not plan.migration_plan(plan.loader.graph.leaf_nodes())
        return self._is_current


_schema = _Schema()


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Whether the database answers, and whether the broker lets us in."""
    answers = _answers()
    facts = {"status": "ok" if answers else "failing", "database": answers, "line_up": standing.line_up}
    return JsonResponse(facts, status=200 if answers else 503)


@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """That the process answers; whoever gets no answer may start it anew."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Whether it can do its work: database up to date, and the line to the broker up, where that is ours."""
    answers = _answers()
    try:
        is_current = answers and _schema.is_current()
    except DatabaseError:
        is_current = False
    is_ready = is_current and standing.line_up is not False
    facts = {
        "status": "ok" if is_ready else "failing",
        "database": answers,
        "up_to_date": is_current,
        "line_up": standing.line_up,
    }
    return JsonResponse(facts, status=200 if is_ready else 503)


def _answers() -> bool:
    try:
        Mark.objects.exists()
    except DatabaseError:
        return False
    return True
