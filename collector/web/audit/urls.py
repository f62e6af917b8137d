"""Addresses: who looked at what."""

from django.urls import path

from collector.web.audit import pages

urlpatterns = [
    path("", pages.page, name="audit"),
    path("table.csv", pages.table, name="audit_table"),
]
