"""Addresses: who may check people in at a place."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return HttpResponse("…")


urlpatterns = [
    path("", empty, name="guards"),
]
