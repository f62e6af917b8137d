"""Addresses: a place's own page, on which visitors check in with their phones."""

from django.urls import path

from collector.web.visitors import pages

urlpatterns = [
    path("<slug:slug>", pages.check_in, name="check_in"),
    path("<slug:slug>/done", pages.checked_in, name="checked_in"),
]
