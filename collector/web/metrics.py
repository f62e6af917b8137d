"""Figures for Prometheus, in its text format: for this machine, or for who knows the token."""

import hmac
import os
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from collector import meters
from collector.gauges import Gauges
from collector.web import access

TOKEN = "COLLECTOR_METRICS_TOKEN"  # noqa: S105 - the name of a variable


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures of this centre, and of this process."""
    if not (_knows_token(request) or _is_from_here(request)):
        told = HttpResponse(f"for this machine, or with the bearer token of {TOKEN}\n", status=401)
        told.headers["WWW-Authenticate"] = "Bearer"
        told.headers["Content-Type"] = "text/plain; charset=utf-8"
        return told
    asked = CollectorRegistry()
    asked.register(Gauges(settings.DATA))
    ProcessCollector(registry=asked)
    content = generate_latest(asked) + generate_latest(meters.registry)
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _knows_token(request: HttpRequest) -> bool:
    token = os.environ.get(TOKEN, "")
    told = request.headers.get("Authorization", "").encode(errors="replace")
    return bool(token) and hmac.compare_digest(told, f"Bearer {token}".encode())


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a program of this machine asks; who comes by a proxy comes from elsewhere."""
    if request.is_secure():
        return False
    try:
        return ip_address(access.address(request)).is_loopback
    except ValueError:
        return False
