"""What of a visit tells who it was; without it, the visit only counts."""

from collections.abc import Mapping

from django.db.models import Q

_FIELDS = ("person", "document", "phone", "other")
GONE: Mapping[str, str | None] = {**dict.fromkeys(_FIELDS), "sealing_key": ""}
"""What a visit holds that nobody can be known by any more."""


def is_held() -> Q:
    """Visits that still tell of somebody."""
    found = Q()
    for name in _FIELDS:
        found |= Q(**{f"{name}__isnull": False})
    return found
