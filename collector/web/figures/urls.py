"""Addresses: counts for a unit and all below it."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return HttpResponse("…")


urlpatterns = [
    path("", empty, name="figures"),
]
