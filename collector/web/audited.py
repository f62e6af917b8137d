"""Logins, written into the audit as Django and axes tell of them."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.http import HttpRequest

from collector import audit
from collector.audit import Action


def connect() -> None:
    """Listen to Django; called once, when the application is ready."""
    user_logged_in.connect(_logged_in, dispatch_uid="collector.logged_in")
    user_login_failed.connect(_failed, dispatch_uid="collector.login_failed")


def _logged_in(request: HttpRequest | None = None, **_kwargs: Any) -> None:
    # Who is logged in by a program, not by a page, has no account on the request.
    if request is not None and hasattr(request, "user"):
        audit.write(request, Action.LOGGED_IN)


def _failed(
    request: HttpRequest | None = None, credentials: Mapping[str, Any] | None = None, **_kwargs: Any
) -> None:
    """With the number of the account; without what was typed: that may be a password in the wrong field."""
    if request is not None:
        told = (credentials or {}).get("username")
        named = User.objects.filter(username=str(told)).values_list("pk", flat=True) if told else ()
        audit.write(request, Action.LOGIN_FAILED, tried=next(iter(named), None), step="password")
