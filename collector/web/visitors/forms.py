"""What a visitor is asked on the phone, and what of it will do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collector import people
from collector.answers import said
from collector.models import Place
from mqtt_bridge.wire.phones import e164

IN, OUT = "in", "out"
MAX_NAME_LETTERS, MAX_PHONE_LETTERS = 80, 24
_YES_OR_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))


class WrittenForm(forms.Form):
    """A visitor's name and phone; the name as it may be shown, the phone in E.164."""

    name = forms.CharField(max_length=MAX_NAME_LETTERS)
    phone = forms.CharField(max_length=MAX_PHONE_LETTERS)

    def clean_name(self) -> str:
        """A name in which something can be seen."""
        name = people.tidy(self.cleaned_data["name"])
        if not any(letter.isalnum() for letter in name):
            raise forms.ValidationError("name")
        return name

    def clean_phone(self) -> str:
        """A number that a person can have."""
        phone = e164(self.cleaned_data["phone"])
        if phone is None:
            raise forms.ValidationError("phone")
        return phone


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A question of the place, as the page asks it.

    Attributes:
        name: Of its field.
        id: As it stands with the visits.
        text: In words.
        choices: Ids and words of the answers.
        chosen: The id that was chosen; empty for none.
        is_missing: Whether it must still be answered.
    """

    name: str
    id: str
    text: str
    choices: Sequence[tuple[str, Any]]
    chosen: str = field(default="", repr=False)
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """
    What was sent, read.

    Attributes:
        direction: `in` or `out`; empty where neither button was pressed.
        name: As it may be shown; as it was typed where it will not do.
        phone: In E.164; likewise.
        questions: With what was chosen.
        faults: What is wrong, in words, by field.
    """

    direction: str = ""
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    questions: Sequence[Asked] = ()
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, str]:
        """Ids of answers by those of questions."""
        return {one.id: one.chosen for one in self.questions if one.chosen}


def blank(place: Place, language: str) -> Read:
    """The form before anything was typed."""
    return Read(questions=_questions(place, QueryDict(), language))


def read(place: Place, sent: QueryDict, language: str) -> Read:
    """
    What was sent by a visitor. Who goes out is asked no questions.

    Args:
        place: Where.
        sent: The fields of the form: anything.
        language: That of the page.
    """
    direction = sent.get("direction", "")
    faults = {} if direction in {IN, OUT} else {"direction": _("Press one of the two buttons.")}
    if place.kind == Place.PUBLIC:
        return Read(direction if not faults else "", faults=faults)
    form = WrittenForm(sent)
    form.full_clean()
    if "name" in form.errors:
        faults["name"] = _("Write your name, at most 80 letters.")
    if "phone" in form.errors:
        faults["phone"] = _("This is no phone number. Write one such as 0912 345 678.")
    questions = _questions(place, sent, language, is_needed=direction == IN)
    if any(one.is_missing for one in questions):
        faults["questions"] = _("Please answer each question.")
    return Read(
        direction,
        _kept(form, "name", MAX_NAME_LETTERS),
        _kept(form, "phone", MAX_PHONE_LETTERS),
        questions if direction == IN or faults else (),
        faults,
    )


def _kept(form: WrittenForm, name: str, letters: int) -> str:
    typed = people.tidy(form.data.get(name, "")[:letters])
    return str(form.cleaned_data.get(name, typed))


def _questions(place: Place, sent: QueryDict, language: str, *, is_needed: bool = False) -> list[Asked]:
    if place.kind == Place.PUBLIC:
        return []
    return [_asked(question, sent, language, is_needed=is_needed) for question in place.questions]


def _asked(question: Mapping[str, Any], sent: QueryDict, language: str, *, is_needed: bool) -> Asked:
    choices: list[tuple[str, Any]] = [
        (one["id"], said(one["text"], language)) for one in question.get("answers", ())
    ]
    choices = choices or [*_YES_OR_NO]
    name = f"q_{question['id']}"
    chosen = sent.get(name, "")
    chosen = chosen if chosen in dict(choices) else ""
    text = said(question["text"], language)
    return Asked(name, question["id"], text, choices, chosen, is_missing=is_needed and not chosen)
