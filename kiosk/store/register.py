"""What the door writes into the journal: visits, and visits that take others back."""

import json
from typing import cast

from sqlite_utils import Database
from uuid_utils import uuid7

from kiosk.entries import Pseudonyms
from kiosk.model import Answer, Moment, Source, Visit
from kiosk.sealing import Sealer
from kiosk.store.opening import stamp

TAKEN_BACK = "EXISTS (SELECT 1 FROM entries AS correction WHERE correction.corrects = {visit}.id)"
"""Whether a later entry has taken a visit back."""

_VISIT = """
    INSERT INTO entries (
        id, kind, at, boot, monotonic_s, clock_trusted, direction, source, operator, format,
        document, phone, other, sealing_key, person, answers
    ) VALUES (
        :id, 'visit', :at, :boot, :monotonic_s, :clock_trusted, :direction, :source, :operator, :format,
        :document, :phone, :other, :sealing_key, :person, :answers
    )
"""
# One statement has the lock before it looks: nobody else can take the same visit back in between.
_CORRECTION = f"""
    INSERT INTO entries (
        id, kind, at, boot, monotonic_s, clock_trusted, direction, source, operator, format,
        document, phone, other, corrects
    )
    SELECT
        :id, 'visit', :at, :boot, :monotonic_s, :clock_trusted,
        CASE direction WHEN 'in' THEN 'out' ELSE 'in' END, :source, :operator, format,
        document, phone, other, visit.id
    FROM entries AS visit
    WHERE sequence = :sequence AND kind = 'visit' AND corrects IS NULL
    AND NOT {TAKEN_BACK.format(visit="visit")}
"""  # noqa: S608 - made of what stands in this file


def write(db: Database, visit: Visit, *, boot: str, sealer: Sealer) -> int:
    """
    Write a visit down.

    Returns:
        Its sequence number.

    Raises:
        sqlite3.Error: If it is not certain to be on disk.
    """
    visit_id = str(uuid7())
    person = sealer.seal(visit.visitor, visit_id, visit.at.utc, visit.answers)
    row = {
        "id": visit_id,
        **_when(visit.at, boot),
        "direction": visit.direction,
        "source": visit.source,
        "operator": visit.operator,
        "format": visit.visitor.format,
        **columns(sealer.pseudonyms(visit.visitor)),
        "sealing_key": person.key if person else None,
        "person": person.box if person else None,
        "answers": _plain(visit.answers),
    }
    return cast(int, db.execute(_VISIT, row).lastrowid)


def take_back(db: Database, sequence: int, at: Moment, *, boot: str, operator: str) -> int | None:
    """
    Write down that a visit did not take place: the same person, the other way.

    Returns:
        The sequence number of that; None, and nothing is written, when there is no such visit, when it is
        itself one that takes another back, or when it was taken back already.

    Raises:
        sqlite3.Error: If it is not certain to be on disk.
    """
    row = {
        "id": str(uuid7()),
        **_when(at, boot),
        "source": Source.KEYPAD,
        "operator": operator,
        "sequence": sequence,
    }
    written = db.execute(_CORRECTION, row)
    return cast(int, written.lastrowid) if written.rowcount else None


def columns(pseudonyms: Pseudonyms) -> dict[str, bytes | None]:
    """Pseudonyms by the names of their columns."""
    return {"document": pseudonyms.document, "phone": pseudonyms.phone, "other": pseudonyms.other}


def _when(at: Moment, boot: str) -> dict[str, str | float | bool]:
    return {
        "at": stamp(at.utc),
        "boot": boot,
        "monotonic_s": at.monotonic_s,
        "clock_trusted": at.trusted,
    }


def _plain(answers: tuple[Answer, ...]) -> str | None:
    """What is not personal, as JSON; None for nothing."""
    plain = {answer.question: answer.answer for answer in answers if not answer.personal}
    return json.dumps(plain, separators=(",", ":")) if plain else None
