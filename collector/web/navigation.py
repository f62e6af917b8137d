"""What stands in the bar of each page: where this account may go."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from collector import rights
from collector.models import Place
from collector.rights import Right


@dataclass(frozen=True, slots=True)
class Link:
    """
    A page to go to.

    Attributes:
        title: In words, translated when it is shown.
        address: Its path.
        is_here: Whether it is the page that is shown, or stands above it.
    """

    title: Any
    address: str
    is_here: bool


_PAGES = (
    ("places", _("Places"), Right.SEE_NAMES),
    ("figures", _("Figures"), Right.SEE_FIGURES),
    ("doors", _("Doors"), Right.SEE_DOORS),
    ("audit", _("Audit"), Right.SEE_AUDIT),
)
_OF_A_PLACE = (
    ("day", _("Visits"), Right.SEE_NAMES),
    ("inside", _("Inside now"), Right.SEE_NAMES),
    ("search", _("Search"), Right.SEE_NAMES),
    ("exports", _("Export"), Right.EXPORT),
    ("guards", _("Guards"), Right.KEEP_GUARDS),
    ("persons", _("Personal requests"), Right.ANSWER_PERSONS),
    ("poster", _("Poster"), Right.SET_PLACE),
    ("place_settings", _("Settings"), Right.SET_PLACE),
    ("record", _("Processing record"), Right.SET_PLACE),
)


def menu(request: HttpRequest) -> dict[str, Any]:
    """For templates: `pages`, and whether a second factor is asked for. A context processor."""
    return {"pages": lazy(lambda: _pages(request), list)(), "second_factor": settings.SECOND_FACTOR}


def of_place(request: HttpRequest, place: Place) -> list[Link]:
    """The pages of a place that this account may see, in their order."""
    return [
        Link(title, address, _is_here(request, address, name))
        for name, title, right in _OF_A_PLACE
        if rights.holds(request.user, right, place)
        for address in (reverse(name, args=(place.pk,)),)
    ]


def _pages(request: HttpRequest) -> list[Link]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    links = [
        Link(title, address, request.path.startswith(address))
        for name, title, right in _PAGES
        if rights.has(user, right)
        for address in (reverse(name),)
    ]
    if user.is_superuser:
        address = reverse("admin:index")
        links.append(Link(_("Administration"), address, request.path.startswith(address)))
    return links


def _is_here(request: HttpRequest, address: str, name: str) -> bool:
    """The visits of the day stand at the root of all other pages of the place."""
    if name != "day":
        return request.path.startswith(address)
    return request.path == address or request.path.startswith(f"{address}visits/")
