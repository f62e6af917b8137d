"""A technician's own badge: shown once, on the answer itself."""

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from collector import audit, badges
from collector.audit import Action
from collector.enrolling import technicians
from collector.enrolling.options import BADGE_DAYS, MOST_BADGE_DAYS
from collector.opening import keyring
from collector.rights import Right
from collector.web.access import needs

CHOICES = (BADGE_DAYS, 3, MOST_BADGE_DAYS)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ENROL_DOORS)
def page(request: HttpRequest) -> HttpResponse:
    """For how long it is to hold; and then the badge, to be printed now or never."""
    if request.method != "POST":
        return render(request, "doors/badge_form.html", {"choices": CHOICES, "usual": BADGE_DAYS})
    days = next((days for days in CHOICES if request.POST.get("days") == str(days)), BADGE_DAYS)
    user = request.user
    assert isinstance(user, User)  # of who has a right
    with transaction.atomic():
        code, ends = technicians.badge(user, days, keyring(), timezone.now())
        audit.write(request, Action.TECHNICIAN_BADGE, subject=user.pk, days=days)
    return render(request, "doors/badge.html", {"picture": badges.picture(code), "ends": ends})
