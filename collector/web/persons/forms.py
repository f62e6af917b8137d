"""What is typed for a person's request, and what of it will do."""

from collections.abc import Collection
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collector.persons import FIELDS, MOST, NUMBERS
from collector.web import reasons
from mqtt_bridge.wire.persons import MAX_NAME_LETTERS, Person, read_birth, read_name
from mqtt_bridge.wire.phones import e164
from mqtt_bridge.wire.pseudonyms import read_document, read_reference

MAX_REASON_LETTERS = 200
_LONGEST_NUMBER = 40
_NUMBER = {"maxlength": _LONGEST_NUMBER, "autocomplete": "off", "inputmode": "tel"}


class _NumbersForm(forms.Form):
    """An ID number, of which the digits count, and a phone number, in E.164."""

    document = forms.CharField(
        label=gettext_lazy("ID number"),
        required=False,
        max_length=_LONGEST_NUMBER,
        widget=forms.TextInput({**_NUMBER, "inputmode": "numeric"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        required=False,
        max_length=_LONGEST_NUMBER,
        widget=forms.TextInput(_NUMBER),
    )

    def clean_document(self) -> str:
        """Twelve digits, or nine of the old card."""
        text = self.cleaned_data["document"]
        digits = read_document(text)
        if text and digits is None:
            raise forms.ValidationError(_("This is no ID number: it has 12 digits, or 9 on the old card."))
        return digits or ""

    def clean_phone(self) -> str:
        """A number that a person can have."""
        text = self.cleaned_data["phone"]
        number = e164(text)
        if text and number is None:
            raise forms.ValidationError(_("This is no phone number, such as 0912 345 678."))
        return number or ""


class FindForm(_NumbersForm):
    """Whose data is asked for; of a health-insurance card, the ten digits count."""

    reference = forms.CharField(
        label=gettext_lazy("Health-insurance number"),
        required=False,
        max_length=_LONGEST_NUMBER,
        widget=forms.TextInput({**_NUMBER, "inputmode": "text"}),
    )

    def clean_reference(self) -> str:
        """Ten digits, or the fifteen characters of the old card."""
        text = self.cleaned_data["reference"]
        digits = read_reference(text)
        if text and digits is None:
            raise forms.ValidationError(
                _("This is no health-insurance number: it has 10 digits, or 15 characters on the old card.")
            )
        return digits or ""

    def clean(self) -> dict[str, Any]:
        """One of them is needed."""
        told = super().clean() or {}
        if not self.errors and not any(told.get(name) for name in NUMBERS):
            raise forms.ValidationError(_("Type at least one of the numbers."))
        return told

    @property
    def asked(self) -> dict[str, str]:
        """The numbers, by kind; of a valid form."""
        return {name: str(self.cleaned_data[name]) for name in NUMBERS}


class ReasonForm(forms.Form):
    """
    Why something is done; names nobody.

    Args:
        data: What was sent; None for nothing yet.
        names: Of whom it is about.
    """

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MAX_REASON_LETTERS,
        error_messages={"required": gettext_lazy("Say why, in a few words; name nobody.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None = None, *, names: Collection[str] = ()) -> None:
        super().__init__(data)
        self._names = names

    def clean_reason(self) -> str:
        """Words that do not tell of whom."""
        reason = str(self.cleaned_data["reason"])
        reasons.check(reason, (*self._names, str(self.cleaned_data.get("name", ""))))
        return reason


class CorrectForm(_NumbersForm, ReasonForm):
    """What is right; what is left empty stays as it is."""

    prefix = "right"
    name = forms.CharField(
        label=gettext_lazy("Full name"),
        required=False,
        max_length=MAX_NAME_LETTERS,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    birth = forms.CharField(
        label=gettext_lazy("Day or year of birth"),
        required=False,
        max_length=len("31/12/2000"),
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "31/12/2000"}),
    )
    field_order = ("name", "document", "phone", "birth", "reason")

    def clean_name(self) -> str:
        """As doors keep names."""
        return read_name(self.cleaned_data["name"]) or ""

    def clean_birth(self) -> str:
        """`YYYY-MM-DD`, or the year."""
        text = self.cleaned_data["birth"]
        birth = read_birth(text)
        if text and birth is None:
            raise forms.ValidationError(_("Write the day as 31/12/2000, or the year alone."))
        return birth or ""

    def clean(self) -> dict[str, Any]:
        """Something must be right."""
        told = super().clean() or {}
        if not self.errors and not self.person:
            raise forms.ValidationError(_("Fill in at least one field with what is right."))
        return told

    @property
    def person(self) -> Person:
        """What is right; of a form that was looked at."""
        told = {name: self.cleaned_data.get(name) for name in FIELDS}
        return cast(Person, {name: value for name, value in told.items() if value})


def chosen(posted: QueryDict) -> list[UUID]:
    """The visits that were ticked; what is no id of a visit is none."""
    found = []
    for text in posted.getlist("visit")[:MOST]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
