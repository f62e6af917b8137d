"""
The access log: which page was asked for, by the name of its route, and how that went.

No address stands in it, since that may hold what somebody typed, and no name of an account.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

log = logging.getLogger("collector.access")

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_MACHINES = {"health", "health_live", "health_ready", "metrics"}
"""Routes that machines ask every few seconds."""


class AccessLogMiddleware:
    """Tell of each request that a page answers; of files and of what machines ask, nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and tell of it."""
        began_s = time.monotonic()
        response = self._answer(request)
        match = getattr(request, "resolver_match", None)
        route = match.view_name if match is not None else ""
        if route not in _MACHINES and not request.path_info.startswith(settings.STATIC_URL):
            _tell(request, route or "-", response.status_code, (time.monotonic() - began_s) * 1000)
        return response


def _tell(request: HttpRequest, route: str, status: int, ms: float) -> None:
    method = request.method if request.method in _METHODS else "OTHER"
    facts: dict[str, str | int | float] = {"method": method or "", "route": route, "status": status}
    facts["ms"] = round(ms, 1)
    # Who it is is only told if the page has asked for it: the log does not ask the database.
    user = vars(request).get("_cached_user")
    if user is not None and user.is_authenticated:
        facts["user"] = user.pk
    by = f", user {facts['user']}" if "user" in facts else ""
    log.info("%s %s: %d in %.0f ms%s", method, route, status, ms, by, extra=facts)
