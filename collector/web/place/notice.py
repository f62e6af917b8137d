"""A notice for the doors that says what the law asks for: why, who sees it, for how long, whom to ask."""

from collections.abc import Mapping

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from collector.models import Place


def drafted(told: Mapping[str, str]) -> str:
    """
    A notice of one line, in the first language of the screen.

    Args:
        told: The settings of the place, as the form has them: `kind`, `keep_days`, `help_desk`, `languages`.
    """
    known = [one for one in told["languages"].split() if one in dict(settings.LANGUAGES)]
    with translation.override(known[0] if known else settings.LANGUAGE_CODE):
        facts = {"days": told["keep_days"], "desk": told["help_desk"] or _("the guard at the door")}
        if told["kind"] == Place.PUBLIC:
            return _("Visits are only counted, no names are kept. Contact: %(desk)s.") % facts
        return (
            _(
                "Names and phones are kept for safety and counting. Only those in charge see them; "
                "erased after %(days)s days. Contact: %(desk)s."
            )
            % facts
        )
