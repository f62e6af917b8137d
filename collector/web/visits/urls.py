"""Addresses: the visits of a place: its day, who is inside, one visit, search."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from collector.web.visits import day, rows


def empty(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return HttpResponse("…")


urlpatterns = [
    path("", day.day, name="day"),
    path("rows/", rows.rows, name="rows"),
    path("inside/", empty, name="inside"),
    path("search/", empty, name="search"),
    path("visits/<uuid:visit>/", empty, name="visit"),
]
