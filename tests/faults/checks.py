"""What must be true when all is over, and a line of figures."""

import signal
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from kiosk.errors import NotOpened
from kiosk.sealing import FIELDS
from tests.faults import truth
from tests.faults.crowd import NAMES, Crowd
from tests.faults.house import Box, House
from tests.faults.keeping import Kept
from tests.faults.truth import Centre, Journal, Passage

_BUG = 1
_WELL_STOPPED = (None, 0, -signal.SIGTERM)
"""Who was dead is not to be stopped, and who just starts does not listen to signals yet."""
_SAME_TIME = timedelta(milliseconds=10)
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
            *of_journal(journal),
            *_of_screen(box, crowd, journal),
            *of_centre(journal.visits, centre.visits.get((box.name, journal.epoch), [])),
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
    wrong += [problem for program in house.programs for problem in of_program(program, house.logs)]
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


def of_journal(journal: Journal) -> list[str]:
    """A journal is whole, and the centre has said of all it holds that it is stored."""
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
    who = truth.pseudonyms(box.disk.folder, box.name, (one.visitor for one in crowd.confirmed))
    confirmed = [(pseudonyms, one.direction) for pseudonyms, one in zip(who, crowd.confirmed, strict=True)]
    return [
        *(f"screen: {strange}" for strange in crowd.strange[:_ENOUGH]),
        *of_confirmations(confirmed, journal.visits, crowd.cut_short),
    ]


def of_confirmations(
    confirmed: Sequence[tuple[tuple[bytes | None, ...], str]], written: Sequence[Passage], cut_short: int
) -> list[str]:
    """Those confirmed, by pseudonyms and direction, are the journal's in the same order, but for some cut short."""
    problems = []
    extra = len(written) - len(confirmed)
    if extra > cut_short:
        problems.append(f"screen: {extra} visits in the journal were not confirmed, {cut_short} cut short")
    rest = iter(written)
    for number, (who, direction) in enumerate(confirmed, start=1):
        if not any(visit.who == who and visit.direction == direction for visit in rest):
            where = f"{number} of {len(confirmed)}"
            problems.append(f"screen: confirmation {where} is not in the journal, or out of order")
            break
    return problems


def of_centre(written: list[Passage], stored: list[Passage]) -> list[str]:
    """The centre has the journal's visits, all of them and no others, in the same order and at the same times."""
    if stored == written:
        pairs = zip(written, stored, strict=True)
        late = [ours.sequence for ours, theirs in pairs if abs(ours.at - theirs.at) > _SAME_TIME]
        return (
            [f"centre: {len(late)} visits at another time than the journal's {late[:_ENOUGH]}"]
            if late
            else []
        )
    known, kept = {visit.id for visit in stored}, {visit.id for visit in written}
    lost = [visit.sequence for visit in written if visit.id not in known]
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


def of_program(program: Kept, logs: Path) -> list[str]:
    """A program may end because of its surroundings, which it tells in a line; never by a bug or a signal."""
    bad = Counter(code for code in program.ends if code < 0 or code == _BUG)
    problems = [
        f"{program.name}: ended by itself with {code}, {number} times" for code, number in bad.items()
    ]
    if program.stopped_with not in _WELL_STOPPED:
        problems.append(f"{program.name}: ended with {program.stopped_with} when asked to")
    said = (logs / f"{program.name}.err").read_text(errors="replace")
    for trace in said.split("Traceback (most recent call last):\n")[1:2]:
        error = next((line for line in trace.splitlines() if line[:1].strip()), "cut short")
        problems.append(f"{program.name}: a traceback: {error}")
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
