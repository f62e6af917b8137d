"""What must be true when all is over, and a line of figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import NotOpened
from kiosk.sealing import FIELDS
from tests.faults import truth
from tests.faults.crowd import NAMES, Crowd
from tests.faults.house import Box, House
from tests.faults.keeping import Kept
from tests.faults.truth import Centre, Journal, Passage

_BUG = 1
_ENOUGH = 8
"""Of a kind of complaint, the first few tell enough."""


@dataclass(frozen=True)
class Figures:
    """How much was seen, and what is wrong with it."""

    confirmed: int
    stored: int
    unconfirmed: int
    not_saved: int
    kills: int
    opened: int
    wrong: list[str]


def check(house: House, crowds: list[Crowd]) -> Figures:
    """Compare what the screens said with the journals, and the journals with the database; all programs have ended."""
    centre = truth.centre(house.database)
    wrong: list[str] = []
    unconfirmed = 0
    for box, crowd in zip(house.boxes, crowds, strict=True):
        journal = truth.journal(box.disk.folder)
        problems = [
            *_of_journal(journal),
            *_of_screen(box, crowd, journal),
            *_of_centre(journal, centre.visits.get((box.name, journal.epoch), [])),
        ]
        wrong += [f"{box.name}: {problem}" for problem in problems]
        unconfirmed += len(journal.visits) - len(crowd.confirmed)
    if centre.twice:
        wrong.append(f"{centre.twice} ids or places in a journal stand in the database more than once")
    if centre.aside:
        wrong.append(f"{centre.aside} messages are set aside at the centre")
    if len(centre.visits) > len(house.boxes):
        wrong.append(f"the database knows {len(centre.visits)} journals of {len(house.boxes)}")
    opened, problems = _of_persons(house, crowds, centre)
    wrong += problems
    wrong += [problem for program in house.programs for problem in _of_program(program, house.logs)]
    wrong += _of_traces(house, crowds)
    return Figures(
        confirmed=sum(len(crowd.confirmed) for crowd in crowds),
        stored=sum(map(len, centre.visits.values())),
        unconfirmed=unconfirmed,
        not_saved=sum(crowd.answers["not_saved"] for crowd in crowds),
        kills=sum(box.door.kills for box in house.boxes),
        opened=opened,
        wrong=wrong,
    )


def _of_journal(journal: Journal) -> list[str]:
    problems = [f"journal: {journal.health}"] if journal.health != "ok" else []
    if journal.missing:
        problems.append(f"journal: nothing at {journal.missing[:_ENOUGH]}")
    if journal.aside:
        problems.append(f"journal: {journal.aside} entries set aside")
    if journal.unstored:
        problems.append(f"journal: {journal.unstored} entries without a receipt: {journal.kinds}")
    return problems


def _of_screen(box: Box, crowd: Crowd, journal: Journal) -> list[str]:
    """Whoever was confirmed stands in the journal, once and in the same order; of others, only those cut short."""
    problems = [f"screen: {strange}" for strange in crowd.strange[:_ENOUGH]]
    extra = len(journal.visits) - len(crowd.confirmed)
    if extra > crowd.cut_short:
        problems.append(f"screen: {extra} visits in the journal were not confirmed, {crowd.cut_short} cut short")
    who = truth.pseudonyms(box.disk.folder, box.name, (one.visitor for one in crowd.confirmed))
    written = iter(journal.visits)
    for number, (pseudonyms, one) in enumerate(zip(who, crowd.confirmed, strict=True), start=1):
        if not any(visit.who == pseudonyms and visit.direction == one.direction for visit in written):
            problems.append(f"screen: confirmation {number} of {len(who)} is not in the journal, or out of order")
            break
    return problems


def _of_centre(journal: Journal, stored: list[Passage]) -> list[str]:
    if stored == journal.visits:
        return []
    known, kept = {visit.id for visit in stored}, {visit.id for visit in journal.visits}
    lost = [visit.sequence for visit in journal.visits if visit.id not in known]
    foreign = [visit.sequence for visit in stored if visit.id not in kept]
    if lost or foreign:
        return [f"centre: {len(lost)} lost {lost[:_ENOUGH]}, {len(foreign)} from nowhere {foreign[:_ENOUGH]}"]
    return ["centre: the same ids as the journal's, with other facts or in another order"]


def _of_persons(house: House, crowds: list[Crowd], centre: Centre) -> tuple[int, list[str]]:
    """Every person opens with the centre's keys, and is one of those who came."""
    came = {
        tuple(getattr(person.visitor, name) for name in FIELDS)
        for crowd in crowds
        for person in (*crowd.people, *crowd.cards)
    }
    opened, problems = 0, []
    for visit, (kiosk, person) in centre.persons.items():
        try:
            fields = truth.open_person(house.centre_data, visit, kiosk, person)
        except (NotOpened, KeyError) as error:
            problems.append(f"person: {error}")
            continue
        if tuple(fields.get(name) for name in FIELDS) not in came:
            problems.append(f"person of visit {visit}: nobody who came")
        opened += 1
    visits = sum(map(len, centre.visits.values()))
    if opened != visits:
        problems.append(f"{visits - opened} of {visits} visits have no person that opens")
    return opened, problems[:_ENOUGH]


def _of_program(program: Kept, logs: Path) -> list[str]:
    """A program may end because of its surroundings, which it tells in a line; never by a bug or a signal."""
    problems = [f"{program.name}: ended by itself with {code}" for code in program.ends if code < 0 or code == _BUG]
    if program.stopped_with:
        problems.append(f"{program.name}: ended with {program.stopped_with} when asked to")
    said = (logs / f"{program.name}.err").read_text(errors="replace")
    if "Traceback" in said:
        problems.append(f"{program.name}: a traceback: {said[said.index('Traceback') :].splitlines()[-1]}")
    return problems


def _of_traces(house: House, crowds: list[Crowd]) -> list[str]:
    """Of those who came, nothing that tells who they are stands in any file."""
    visitors = [person.visitor for crowd in crowds for person in (*crowd.people, *crowd.cards)]
    numbers = {visitor.document for visitor in visitors if visitor.document}
    phones = {visitor.phone.removeprefix("+84") for visitor in visitors if visitor.phone}
    numbers |= {f"{before}{phone}" for phone in phones for before in ("0", "84")}
    found = truth.traces(_files(house), numbers, NAMES)
    return [f"{count} traces of people in {file}" for file, count in found.items()]


def _files(house: House) -> Iterable[Path]:
    folders = [house.logs, house.broker_data, house.centre_data, *(box.disk.folder for box in house.boxes)]
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())
    yield from house.database.files()

