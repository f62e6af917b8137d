"""The form by which a list is asked for."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collector.exporting.selection import MOST_DAYS, Selection
from collector.exporting.words import VIAS, WAYS
from collector.exporting.writing import CSV, XLSX
from collector.models import Guard, Kiosk, Place

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2999, 12, 31)
EVERY = ("", gettext_lazy("All"))
BAD_DAY = {
    "required": gettext_lazy("Choose a day."),
    "invalid": gettext_lazy("This is no day; choose one of the calendar."),
}


class AskForm(forms.Form):
    """Which days, which visits, which kind of file. By default all of today, for Excel."""

    first = forms.DateField(label=gettext_lazy("From day"), error_messages=BAD_DAY)
    last = forms.DateField(label=gettext_lazy("To day"), error_messages=BAD_DAY)
    direction = forms.ChoiceField(
        label=gettext_lazy("Way"),
        required=False,
        choices=(EVERY, *WAYS.items()),
    )
    via = forms.ChoiceField(
        label=gettext_lazy("Recorded by"),
        required=False,
        choices=(EVERY, *VIAS.items()),
    )
    door = forms.ChoiceField(label=gettext_lazy("Door"), required=False)
    guard = forms.ChoiceField(label=gettext_lazy("Guard"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of file"),
        choices=(
            (XLSX, gettext_lazy("Excel (XLSX)")),
            (CSV, gettext_lazy("Plain table (CSV)")),
        ),
    )

    def __init__(self, place: Place, data: Any = None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"first": today, "last": today, "kind": XLSX})
        doors = Kiosk.objects.filter(place=place).order_by("door", "name")
        guards = Guard.objects.filter(place=place).order_by("name")
        for name, known in (
            ("door", [(box.name, box.door or box.name) for box in doors]),
            ("guard", [(guard.name, guard.name) for guard in guards]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [EVERY, *known]
        for name in ("first", "last"):
            attributes = {"type": "date", "min": FIRST_DAY, "max": LAST_DAY}
            self.fields[name].widget = forms.DateInput(attributes, format="%Y-%m-%d")

    def clean(self) -> dict[str, Any]:
        """Look at both days together."""
        told = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if first is None or last is None:
            return told
        if not FIRST_DAY <= first <= LAST_DAY or not FIRST_DAY <= last <= LAST_DAY:
            self.add_error("first", _("Choose days of the years 2000 to 2999."))
        elif last < first:
            self.add_error("last", _("The last day is before the first; choose a later one."))
        elif (last - first).days >= MOST_DAYS:
            said = _("A list has at most %(days)d days; ask for several.") % {"days": MOST_DAYS}
            self.add_error("last", said)
        return told

    @property
    def selection(self) -> Selection:
        """What was asked for; of a form that is valid."""
        told = self.cleaned_data
        return Selection(
            told["first"], told["last"], told["direction"], told["via"], told["door"], told["guard"]
        )
