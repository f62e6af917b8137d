"""Logging out."""

from typing import Any

from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse

from collector import audit
from collector.audit import Action


class LogoutView(views.LogoutView):
    """Django's own, written down before it is forgotten who it was."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log out."""
        if request.user.is_authenticated:
            audit.write(request, Action.LOGGED_OUT)
        return super().post(request, *args, **kwargs)
