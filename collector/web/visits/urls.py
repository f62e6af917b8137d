"""Addresses: the visits of a place: its day, who is inside, one visit, search."""

from django.urls import path

from collector.web.visits import check_out, day, inside, rows, search, visit

urlpatterns = [
    path("", day.day, name="day"),
    path("rows/", rows.rows, name="rows"),
    path("inside/", inside.inside_now, name="inside"),
    path("inside/rows/", inside.inside_rows, name="inside_rows"),
    path("search/", search.search, name="search"),
    path("visits/<uuid:visit>/", visit.visit, name="visit"),
    path("visits/<uuid:visit>/check-out/", check_out.check_out, name="check_out"),
]
