"""A page of a place: its name above, and the way to its other pages."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collector.models import Place
from collector.web import navigation


def show(
    request: HttpRequest,
    place: Place,
    template: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """
    Render a template that extends `place.html`.

    Args:
        request: What was asked for.
        place: Whose page it is; the template's `place`.
        template: Its name.
        context: What else it needs.
        status: Of the answer.
    """
    whole = {"place": place, "links": navigation.of_place(request, place), **(context or {})}
    return render(request, template, whole, status=status)
