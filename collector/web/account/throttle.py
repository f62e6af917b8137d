"""How often somebody may try: checking a password is slow on purpose, so it must not be asked for at will."""

from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited

from collector.web.access import network

LOGINS_FROM_NETWORK = "30/m"
PASSWORDS_OF_ACCOUNT = "10/h"


def login_waits(request: HttpRequest) -> bool:
    """Count a try to log in; whether its network has tried too often. Before the password is looked at."""
    return _counts(request, "login", network(request), LOGINS_FROM_NETWORK)


def password_waits(request: HttpRequest) -> bool:
    """Count a try to change the password; whether this account has tried too often."""
    return _counts(request, "password", str(request.user.pk), PASSWORDS_OF_ACCOUNT)


def _counts(request: HttpRequest, what: str, whose: str, rate: str) -> bool:
    return bool(is_ratelimited(request, group=what, key=lambda *_: whose, rate=rate, increment=True))
