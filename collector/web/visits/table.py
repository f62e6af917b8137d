"""Visits as a table writes them, their persons opened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from collector import answers, counting, doorways, people
from collector.answers import Answered
from collector.models import Place, Visit
from collector.opening import keyring, open_visit
from collector.people import Shown
from collector.stays import Stay


@dataclass(frozen=True, slots=True)
class Row:
    """
    A visit, fit for the page.

    Attributes:
        visit: As it is stored.
        person: Who; nothing in it where no name was kept.
        answers: What they answered.
        operator: Who recorded it; empty for the visitor alone.
        door: The door, as it called itself; else as its box is registered, or the box's name; empty for none.
        undone: What takes the visit back; the visit itself if it takes back another; None if it took place.
        undone_by: Who did that; empty likewise.
        stay: The stay that this coming in belongs to; None for all others, or where that is not asked.
    """

    visit: Visit
    person: Shown
    answers: Sequence[Answered]
    operator: str
    door: str
    undone: Visit | None
    undone_by: str
    stay: Stay | None = None

    @property
    def names(self) -> bool:
        """Whether anything personal is shown."""
        person = self.person
        return bool(person.name or person.document or person.phone or person.birth or self.answers)


def rows(place: Place, visits: Iterable[Visit], stays: Iterable[Stay] = ()) -> list[Row]:
    """
    Open some visits.

    Args:
        place: Of which place; its questions give answers their words.
        visits: As many as one page shows.
        stays: Those of their days, where their ends are to be told.

    Raises:
        KeyUnusable: If the centre's keys cannot be read.
    """
    shown = list(visits)
    corrections = counting.corrections(shown)
    doors = doorways.of_place(place)
    belongs = {came: stay for stay in stays for came in stay.visits}
    return [
        _row(
            visit,
            place.questions,
            doorways.name(visit, doors),
            corrections.get(visit.pk),
            belongs.get(visit.pk),
        )
        for visit in shown
    ]


def _row(
    visit: Visit,
    questions: Sequence[dict[str, Any]],
    door: str,
    correction: Visit | None,
    stay: Stay | None,
) -> Row:
    opened = open_visit(visit, keyring())
    given = visit.answered | (opened or {}).get("answers", {})
    undone = visit if visit.corrects else correction
    return Row(
        visit=visit,
        person=people.show(opened),
        answers=answers.told(given, questions, get_language() or settings.LANGUAGE_CODE),
        operator=people.tidy(visit.operator),
        door=people.tidy(door),
        undone=undone,
        undone_by=people.tidy(undone.operator) if undone else "",
        stay=stay,
    )
