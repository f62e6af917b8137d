"""Addresses: who may check people in at a place."""

from django.urls import path

from collector.web.guards import guard, roster

urlpatterns = [
    path("", roster.roster, name="guards"),
    path("<int:guard>/", guard.guard, name="guard"),
    path("<int:guard>/right/", roster.set_right, name="guard_right"),
    path("<int:guard>/phone/", guard.set_phone, name="guard_phone"),
    path("<int:guard>/pin/", guard.set_pin, name="guard_pin"),
    path("<int:guard>/badge/", guard.give_badge, name="guard_badge"),
    path("<int:guard>/badge/remove/", guard.remove_badge, name="guard_badge_remove"),
    path("<int:guard>/remove/", guard.remove, name="guard_remove"),
]
