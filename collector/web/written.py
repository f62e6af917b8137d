"""Numbers as people here write them: `1.234`, `12,5%`, `1 giờ 20 phút`; in the language of the page."""

from django.utils import formats
from django.utils.translation import gettext as _

NONE = "—"
_HOUR, _DAY = 60, 24
"""Minutes of one, and hours of the other."""
_DAYS_FROM = 2 * _DAY
"""From so many hours on, days say enough."""


def count(number: int) -> str:
    """A number of things."""
    return f"{number:,}".replace(",", str(formats.get_format("THOUSAND_SEPARATOR")))


def percent(share: float | None) -> str:
    """A part of a whole, 0 to 1; a dash for None."""
    return NONE if share is None else f"{_tenths(100 * share)}%"


def change(part: float | None) -> str:
    """More or less, as a part of what was before; a dash for None."""
    if part is None:
        return NONE
    shown = round(100 * part, 1)
    sign = "+" if shown > 0 else "−" if shown < 0 else "±"
    return f"{sign}{_tenths(abs(shown))}%"


def length(minutes: float | None) -> str:
    """How long something took; a dash for None."""
    if minutes is None:
        return NONE
    hours, rest = divmod(round(minutes), _HOUR)
    if hours >= _DAYS_FROM:
        return _("%(days)d days") % {"days": hours // _DAY}
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def _tenths(number: float) -> str:
    """With one digit behind the comma where that says something."""
    whole = round(number, 1)
    return str(formats.number_format(whole, decimal_pos=0 if whole == int(whole) else 1, use_l10n=True))
