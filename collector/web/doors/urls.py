"""Addresses: the boxes, what they are told to do, and how new ones come."""

from django.urls import path

from collector.web.doors import badge, enrolling, pages, support

urlpatterns = [
    path("", pages.doors, name="doors"),
    path("new", enrolling.new, name="door_new"),
    path("badge", badge.page, name="technician_badge"),
    path("<slug:kiosk>/", pages.door, name="door"),
    path("<slug:kiosk>/latest", pages.latest, name="door_latest"),
    path("<slug:kiosk>/command", pages.command, name="door_command"),
    path("<slug:kiosk>/support/<uuid:order>", support.fetch, name="door_support"),
    path("<slug:kiosk>/code", enrolling.code, name="door_code"),
    path("<slug:kiosk>/code/latest", enrolling.latest, name="door_code_latest"),
    path("<slug:kiosk>/code/withdraw", enrolling.withdraw, name="door_code_withdraw"),
]
