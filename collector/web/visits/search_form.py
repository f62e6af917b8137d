"""What somebody searches for: a number or a name, and in which days."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collector import days
from collector.searching import LEAST_LETTERS, MOST_DAYS, folded

LETTERS = 80
_NO_DAY = _("This is no day: choose one from the calendar, or write it as 2026-01-31.")


class SearchForm(forms.Form):
    """
    A phone, ID or health-insurance number, or a name in the days from `first` to `last`.

    Where a day is not told, it is today.
    """

    sought = forms.CharField(
        max_length=LETTERS,
        validators=[ProhibitNullCharactersValidator()],
        error_messages={"required": _("Write a phone, ID or health-insurance number, or a name.")},
    )
    first = forms.DateField(required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": _NO_DAY})
    last = forms.DateField(required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": _NO_DAY})

    @property
    def is_number(self) -> bool:
        """Whether a number is sought: no name has digits."""
        return any(letter.isdecimal() for letter in self.cleaned_data.get("sought", ""))

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day, of a valid form."""
        today = timezone.localdate()
        last = self.cleaned_data.get("last") or self.cleaned_data.get("first") or today
        return self.cleaned_data.get("first") or last, last

    def clean(self) -> dict[str, Any]:
        """Whether the name is long enough, and the days are few enough."""
        told = super().clean() or self.cleaned_data
        if self.errors or self.is_number:
            return told
        if len(folded(told["sought"])) < LEAST_LETTERS:
            self.add_error("sought", gettext("Write at least two letters of the name."))
        first, last = self.days
        if first > last:
            self.add_error("last", gettext("The last day is before the first: change one of them."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last", gettext("Names are searched in at most 31 days: choose fewer."))
        elif any(days.read(day.isoformat(), dt.UTC) is None for day in (first, last)):
            self.add_error("first", _NO_DAY)
        return told
