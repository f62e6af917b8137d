"""Addresses: lists of visits that somebody takes along."""

from django.urls import path

from collector.web.exports import pages

urlpatterns = [
    path("", pages.exports, name="exports"),
    path("<uuid:list_>/", pages.export, name="export"),
    path("<uuid:list_>/progress", pages.progress, name="export_progress"),
    path("<uuid:list_>/file", pages.file, name="export_file"),
]
