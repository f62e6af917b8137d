"""Addresses: a place's settings, its poster, and the record of what is processed there."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return HttpResponse("…")


urlpatterns = [
    path("poster/", empty, name="poster"),
    path("settings/", empty, name="place_settings"),
    path("record/", empty, name="record"),
]
