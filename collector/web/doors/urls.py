"""Addresses: the boxes, and what they are told to do."""

from django.urls import path

from collector.web.doors import pages

urlpatterns = [
    path("", pages.doors, name="doors"),
    path("<slug:kiosk>/", pages.door, name="door"),
    path("<slug:kiosk>/latest", pages.latest, name="door_latest"),
    path("<slug:kiosk>/command", pages.command, name="door_command"),
]
