"""What a list tells of a visit: a cell a column, in the words of the language that is set."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from collector import answers, counting, doorways, people
from collector.exporting.ends import Ends
from collector.exporting.words import VIAS, WAYS
from collector.keyring import Keyring
from collector.models import Place, Visit
from collector.opening import open_visit
from collector.people import Shown
from collector.stays import How, Stay
from mqtt_bridge.wire.persons import MAX_NAME_LETTERS, Person

Cell = str | dt.date | dt.time
"""A text, a day, or a time of the day; empty where nothing is known."""
_NAMES = 1000
"""Of doors and guards, that are made fit once."""


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
        self._keyring, self._zone, self._language = keyring, zone, language
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
        self._ways = {way: str(word) for way, word in WAYS.items()}
        self._vias = {via: str(word) for via, word in VIAS.items()}
        self._stood = {True: f", {_('at the door')}", False: f", {_('from elsewhere')}", None: ""}
        self._said = {True: _("Yes"), False: _("No")}
        self._answered = {"yes": self._said[True], "no": self._said[False]}
        self._hows = {How.DOOR: _("Door"), How.AUTOMATIC: _("Closing time"), How.CORRECTED: _("By hand")}
        self._doors = doorways.of_place(place)
        self._ends = Ends(place, zone)
        self._unreadable = _("could not be read")
        self._tidy = lru_cache(_NAMES)(people.tidy)

    def rows(self, visits: Sequence[Visit]) -> Iterable[list[Cell]]:
        """The cells of some visits of one place; what is needed beside them is asked once."""
        taken_back = counting.corrections(visits)
        for visit in visits:
            undone = bool(visit.corrects) or visit.pk in taken_back
            yield self._row(visit, undone, self._ends.of(visit))

    def _row(self, visit: Visit, undone: bool, stay: Stay | None) -> list[Cell]:
        opened = open_visit(visit, self._keyring)
        person = people.show(opened)
        at = visit.at.astimezone(self._zone).replace(microsecond=0)
        given = visit.answered | (opened or {}).get("answers", {}) if visit.answers or opened else {}
        left = stay.left_at.astimezone(self._zone).replace(microsecond=0) if stay and stay.left_at else None
        return [
            at.date(),
            at.time(),
            self._ways.get(visit.direction, visit.direction),
            self._unreadable if opened is None else self._name(opened, person),
            person.document,
            person.phone,
            person.birth,
            self._tidy(doorways.name(visit, self._doors)),
            self._vias.get(visit.via, visit.via) + self._stood[visit.at_door],
            self._tidy(visit.operator),
            self._said[visit.verified],
            self._said[visit.clock_trusted],
            self._said[True] if undone else "",
            left.time() if left else "",
            self._hows[stay.how] if stay and stay.how else "",
            self._told(given) if given else "",
            str(visit.pk),
        ]

    def _name(self, opened: Person, person: Shown) -> str:
        """As long as a door keeps it; the page has less room."""
        is_cut = len(person.name) == people.MAX_LETTERS
        return people.tidy(opened.get("name"), MAX_NAME_LETTERS) if is_cut else person.name

    def _told(self, given: dict[str, str]) -> str:
        said = answers.told(given, self._questions, self._language)
        return "; ".join(f"{one.question}: {self._answered.get(one.answer, one.answer)}" for one in said)
