"""Addresses: the visits of a place: its day, who is inside, one visit, search."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return HttpResponse("…")


urlpatterns = [
    path("", empty, name="day"),
    path("inside/", empty, name="inside"),
    path("search/", empty, name="search"),
]
