"""Who gets to which page: asked before a view runs, of `collector.rights`."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import django_otp
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone

from collector import networks, rights, zones
from collector.models import Place
from collector.rights import Right

_P = ParamSpec("_P")
_View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]
_PlaceView = Callable[Concatenate[HttpRequest, Place, _P], HttpResponseBase]

SECOND_FACTOR_PAGE = "second_factor"
_OF_DOORS = {Right.COMMAND_DOORS, Right.ENROL_DOORS}
"""Rights over boxes that need a second factor."""


def address(request: HttpRequest) -> str:
    """The network address that a request came from; behind our own proxy, the one that it tells."""
    return str(request.META.get("REMOTE_ADDR", ""))


def network(request: HttpRequest) -> str:
    """By what one stranger is told from another: the address, of IPv6 its first half."""
    return networks.of(address(request))


def is_proven(request: HttpRequest) -> bool:
    """Whether whoever is logged in has shown a second factor, or this centre asks for none."""
    return not settings.SECOND_FACTOR or bool(getattr(request.user, "is_verified", bool)())


def must_prove(request: HttpRequest, right: Right | None = None) -> bool:
    """
    Whether a second factor is still to be shown: by who comes to names or commands doors, and who has one.

    Args:
        request: Of an account that is logged in.
        right: What it wants to use; None for a page of its own.
    """
    if is_proven(request):
        return False
    user = request.user
    return right in _OF_DOORS or rights.names_people(user) or bool(django_otp.user_has_device(user))


def at_place(right: Right) -> Callable[[_PlaceView[_P]], Callable[..., HttpResponseBase]]:
    """
    Let only those to a view who have a right at the place in its address (`place`, its number).

    The view gets the place itself, and runs in the place's time zone. A place that is not there is refused
    like one that is not theirs: nobody learns which there are.
    """

    def decorate(view: _PlaceView[_P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def wrapped(
            request: HttpRequest, place: int, *args: _P.args, **kwargs: _P.kwargs
        ) -> HttpResponseBase:
            if (turned_away := _turned_away(request, right)) is not None:
                return turned_away
            found = Place.objects.filter(pk=place).select_related("unit").first()
            if found is None or not rights.holds(request.user, right, found):
                raise PermissionDenied
            with timezone.override(zones.named(found.zone)):
                return view(request, found, *args, **kwargs)

        return wrapped

    return decorate


def needs(right: Right) -> Callable[[_View[_P]], Callable[..., HttpResponseBase]]:
    """Let only those to a view who have a right anywhere; where, the view must ask itself."""

    def decorate(view: _View[_P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def wrapped(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            if (turned_away := _turned_away(request, right)) is not None:
                return turned_away
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def ask_for_proof(request: HttpRequest) -> HttpResponse:
    """To the page of the second factor; and back, but to nothing that was sent."""
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else resolve_url("home")
    return redirect_to_login(wanted, resolve_url(SECOND_FACTOR_PAGE))


def _turned_away(request: HttpRequest, right: Right) -> HttpResponse | None:
    """To the second factor, who still has to show it; None for who may go on."""
    if not rights.has(request.user, right):
        raise PermissionDenied
    return ask_for_proof(request) if must_prove(request, right) else None
