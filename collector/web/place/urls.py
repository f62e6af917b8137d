"""Addresses: a place's settings, its poster, and the record of what is processed there."""

from django.urls import path

from collector.web.place import poster, questions, record, settings

urlpatterns = [
    path("poster/", poster.page, name="poster"),
    path("poster/poster.pdf", poster.file, name="poster_file"),
    path("poster/renew/", poster.renew, name="poster_renew"),
    path("settings/", settings.page, name="place_settings"),
    path("settings/questions/", questions.page, name="place_questions"),
    path("record/", record.page, name="record"),
]
