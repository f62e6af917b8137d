"""Addresses: a place's own page, on which visitors check in with their phones."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
