"""Web addresses under which visitors' phones reach a place's own page."""

from django.conf import settings

from collector.models import Place

PATH = "o"


def of(place: Place) -> str:
    """A place's page, such as `https://vao.example.vn/o/k7p2mqx`; empty where no phone reaches the centre."""
    return f"{settings.ADDRESS}/{PATH}/{place.slug}" if settings.ADDRESS else ""
