"""Logging in."""

from typing import Any

from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collector.web.account import throttle


class LoginView(views.LoginView):
    """Django's own; axes counts wrong passwords of an account, we count tries from a network before that."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log in."""
        if throttle.login_waits(request):
            return render(request, "registration/locked.html", status=429)
        return super().post(request, *args, **kwargs)
