"""Addresses: the boxes, and what they are told to do."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return HttpResponse("…")


urlpatterns = [
    path("", empty, name="doors"),
]
