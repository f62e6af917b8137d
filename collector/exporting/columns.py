"""What a list tells of a visit: a cell a column, in the words of the language that is set."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from collector import counting
from collector.exporting.ends import AUTOMATIC, BY_HAND, End, ends
from collector.keyring import Keyring
from collector.models import Place, Visit
from collector.opening import open_visit
from collector.web import answers, people

Cell = str | dt.date | dt.time
"""A text, a day, or a time of the day; empty where nothing is known."""


class Columns:
    """
    The cells of a place's visits. Made anew for each list; the words are those of the language set then.

    Args:
        place: Whose visits.
        keyring: Opens the persons.
        zone: In whose time.
        language: Of the questions.
    """

    def __init__(self, place: Place, keyring: Keyring, zone: dt.tzinfo, language: str) -> None:
        self._questions: Sequence[dict[str, Any]] = place.questions
        self._place, self._keyring, self._zone, self._language = place, keyring, zone, language
        self.heads: tuple[str, ...] = (
            _("Date"),
            _("Time"),
            _("Way"),
            _("Person"),
            _("ID"),
            _("Phone"),
            _("Born"),
            _("Door"),
            _("Recorded by"),
            _("Guard"),
            _("Verified"),
            _("Clock trusted"),
            _("Taken back"),
            _("Left at"),
            _("Left according to"),
            _("Answers"),
            _("Number of the visit"),
        )
        self._ways = {"in": _("In"), "out": _("Out")}
        self._vias = {
            "camera": _("Camera"),
            "reader": _("Code reader"),
            "keypad": _("Keypad"),
            "web": _("The office's own page"),
        }
        self._said = {True: pgettext("in a list", "Yes"), False: pgettext("in a list", "No")}
        self._answered = {"yes": self._said[True], "no": self._said[False]}
        self._ends = {AUTOMATIC: _("Closing time"), BY_HAND: _("By hand")}
        self._unreadable = _("could not be read")

    def rows(self, visits: Sequence[Visit]) -> Iterable[list[Cell]]:
        """The cells of some visits of one place; what is needed beside them is asked once."""
        taken_back = counting.corrections(visits)
        found = ends(self._place, visits)
        for visit in visits:
            undone = bool(visit.corrects) or visit.pk in taken_back
            yield self._row(visit, undone, found.get(visit.pk))

    def _row(self, visit: Visit, undone: bool, end: End | None) -> list[Cell]:
        opened = open_visit(visit, self._keyring)
        person = people.show(opened)
        at = visit.at.astimezone(self._zone)
        given = visit.answered | (opened or {}).get("answers", {}) if visit.answers or opened else {}
        left = end.at.astimezone(self._zone) if end else None
        return [
            at.date(),
            at.time(),
            self._ways.get(visit.direction, visit.direction),
            person.name if person.readable else self._unreadable,
            person.document,
            person.phone,
            person.birth,
            people.tidy(visit.door),
            self._vias.get(visit.via, visit.via),
            people.tidy(visit.operator),
            self._said[visit.verified],
            self._said[visit.clock_trusted],
            self._said[True] if undone else "",
            left.time() if left else "",
            self._ends[end.how] if end else "",
            self._told(given) if given else "",
            str(visit.pk),
        ]

    def _told(self, given: dict[str, str]) -> str:
        said = answers.told(given, self._questions, self._language)
        return "; ".join(f"{one.question}: {self._answered.get(one.answer, one.answer)}" for one in said)
