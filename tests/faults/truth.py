"""What journals and database hold, read past the product's own code: the only module here that knows their schemas."""

import json
import re
import sqlite3
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from kiosk import credentials
from kiosk.entries import SealedPerson
from kiosk.model import Visitor
from kiosk.sealing import Person, Sealer, opened
from kiosk.store.opening import FILE_NAME
from tests.faults.databases import Database

_FACTS = "id, sequence, direction, at, document, phone, other"
_JOURNAL = f"SELECT {_FACTS} FROM entries WHERE kind = 'visit' ORDER BY sequence"
_KINDS = "SELECT kind, state, count(*) FROM entries GROUP BY kind, state"
_CENTRE = (
    f"SELECT kiosk, epoch, sealing_key, person, {_FACTS} FROM collector_visit ORDER BY kiosk, epoch, sequence"
)
_TWICE = (
    "SELECT count(*) FROM (SELECT 1 AS one FROM collector_visit GROUP BY {} HAVING count(*) > 1) AS twice"
)
_KEY_FILE = "sealing.keys"


@dataclass(frozen=True)
class Passage:
    """
    A visit, as a journal or the database holds it.

    Attributes:
        id: Made at the door.
        sequence: Its place in the journal.
        direction: `in` or `out`.
        at: When, as the door or the centre now has it (aware).
        who: The pseudonyms of document, phone and whatever else.
    """

    id: str
    sequence: int
    direction: str
    at: datetime = field(compare=False)
    who: tuple[bytes | None, ...] = field(repr=False)


@dataclass(frozen=True)
class Journal:
    """
    What a door wrote down.

    Attributes:
        epoch: Its id.
        visits: In order.
        kinds: How many entries of which kind are in which state.
        aside: How many were set aside at the door.
        missing: Places in the sequence that nothing holds.
        health: What `PRAGMA integrity_check` says.
    """

    epoch: str
    visits: list[Passage]
    kinds: dict[tuple[str, str], int]
    aside: int
    missing: list[int]
    health: str

    @property
    def unstored(self) -> int:
        """How many entries wait for the centre's word."""
        return sum(number for (_, state), number in self.kinds.items() if state != "stored")


@dataclass(frozen=True)
class Centre:
    """
    What the centre stored.

    Attributes:
        visits: By kiosk and epoch, in order.
        twice: How many ids, and places in a journal, stand there more than once.
        aside: How many messages were set aside.
        persons: The sealed persons, by id of the visit: kiosk, key and box.
    """

    visits: dict[tuple[str, str], list[Passage]]
    twice: int
    aside: int
    persons: dict[str, tuple[str, SealedPerson]]


def journal(folder: Path) -> Journal:
    """Read a door's journal; nothing in it is changed."""
    with closing(sqlite3.connect(folder / FILE_NAME, timeout=10)) as database:
        numbers = [row[0] for row in database.execute("SELECT sequence FROM entries ORDER BY sequence")]
        return Journal(
            epoch=database.execute("SELECT epoch FROM journal").fetchone()[0],
            visits=[_passage(*row) for row in database.execute(_JOURNAL)],
            kinds={(kind, state): number for kind, state, number in database.execute(_KINDS)},
            aside=database.execute("SELECT count(*) FROM aside").fetchone()[0],
            missing=sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers)),
            health=database.execute("PRAGMA integrity_check").fetchone()[0],
        )


def unstored(folder: Path) -> int:
    """How many entries of a journal wait for the centre's word."""
    with closing(sqlite3.connect(folder / FILE_NAME, timeout=10)) as database:
        return int(database.execute("SELECT count(*) FROM entries WHERE state != 'stored'").fetchone()[0])


def centre(database: Database) -> Centre:
    """Read the centre's database."""
    found = Centre({}, 0, int(database.rows("SELECT count(*) FROM collector_setaside")[0][0]), {})
    for kiosk, epoch, key, person, *facts in database.rows(_CENTRE):
        passage = _passage(*facts)
        found.visits.setdefault((kiosk, str(UUID(str(epoch)))), []).append(passage)
        if person is not None:
            found.persons[passage.id] = (kiosk, SealedPerson(key, bytes(person)))
    twice = sum(
        int(database.rows(_TWICE.format(columns))[0][0]) for columns in ("id", "kiosk, epoch, sequence")
    )
    return Centre(found.visits, twice, found.aside, found.persons)


def stored(database: Database) -> int:
    """How many visits the centre has."""
    return int(database.rows("SELECT count(*) FROM collector_visit")[0][0])


def pseudonyms(folder: Path, kiosk: str, visitors: Iterable[Visitor]) -> list[tuple[bytes | None, ...]]:
    """By what a journal knows people again, with the key that its box was given."""
    known = credentials.load(folder, kiosk)
    assert known is not None
    sealer = Sealer(kiosk, known.place_key)
    made = (sealer.pseudonyms(visitor) for visitor in visitors)
    return [(one.document, one.phone, one.other) for one in made]


def open_person(centre_data: Path, visit: str, kiosk: str, person: SealedPerson) -> Person:
    """What a sealed person says, with the centre's private keys."""
    keys = json.loads((centre_data / _KEY_FILE).read_text())
    return opened(person, urlsafe_b64decode(keys[person.key] + "="), kiosk=kiosk, visit=visit)


def traces(files: Iterable[Path], numbers: set[str], words: Iterable[str]) -> Counter[str]:
    """In which files one of these numbers or words stands, and how often."""
    found: Counter[str] = Counter()
    lengths = sorted({len(number) for number in numbers})
    known = {number.encode() for number in numbers}
    grouped = re.compile(rb"\d[\d ]{8,}\d")
    for file in files:
        content = file.read_bytes()
        runs = (run.replace(b" ", b"") for run in grouped.findall(content))
        windows = (
            run[at : at + size] for run in runs for size in lengths for at in range(len(run) - size + 1)
        )
        found[str(file)] += sum(window in known for window in windows)
        found[str(file)] += sum(content.count(form) for word in words for form in _forms(word))
    return +found


def _forms(word: str) -> set[bytes]:
    return {word.encode(), json.dumps(word)[1:-1].encode()}


def _passage(id_: object, sequence: int, direction: str, at: object, *who: object) -> Passage:
    time = datetime.fromisoformat(str(at))
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    pseudonyms = tuple(None if part is None else bytes(part) for part in who)
    return Passage(str(UUID(str(id_))), sequence, direction, aware, pseudonyms)
