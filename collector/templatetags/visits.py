"""How long somebody stayed, as people say it."""

import datetime as dt

from django import template
from django.utils.translation import gettext as _

register = template.Library()
_HOUR_MINUTES = 60


@register.filter
def lasting(came_at: dt.datetime, left_at: dt.datetime) -> str:
    """From coming to leaving: `7 min`, `2 h 05 min`."""
    minutes = max(0, int((left_at - came_at).total_seconds()) // _HOUR_MINUTES)
    hours, rest = divmod(minutes, _HOUR_MINUTES)
    if hours:
        return _("%(hours)d h %(minutes)s min") % {"hours": hours, "minutes": f"{rest:02d}"}
    return _("%(minutes)d min") % {"minutes": rest}
