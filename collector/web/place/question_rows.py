"""Questions of a place as a form without scripts has them: one row each, answers one a line."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from collector.questions import Told
from mqtt_bridge.wire.config import MAX_QUESTIONS

YES_OR_NO, CHOICES = "yes_no", "choices"
_SLUG_LETTERS = 32
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Row:
    """
    A question as it is edited; one without any text is none.

    Attributes:
        id: As it stands with the visits; empty for a new one.
        vi: How it is asked in Vietnamese.
        en: In English; may be empty.
        kind: `yes_no` or `choices`.
        choices: The answers, one a line; English after a slash.
        personal: Whether the answer is for the manager's eyes only.
    """

    id: str = ""
    vi: str = ""
    en: str = ""
    kind: str = YES_OR_NO
    choices: str = ""
    personal: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return not self.vi and not self.en


def written(questions: Sequence[Mapping[str, Any]]) -> list[Row]:
    """A place's questions as rows, filled up with empty ones."""
    rows = [
        Row(
            id=question["id"],
            vi=question["text"].get("vi", ""),
            en=question["text"].get("en", ""),
            kind=CHOICES if question.get("answers") else YES_OR_NO,
            choices="\n".join(_line(choice["text"]) for choice in question.get("answers", ())),
            personal=bool(question.get("personal")),
        )
        for question in questions
    ]
    return rows + [Row()] * (MAX_QUESTIONS - len(rows))


def sent(form: QueryDict) -> list[Row]:
    """The rows that a form has sent: anything."""
    return [
        Row(
            id=form.get(f"id_{number}", ""),
            vi=form.get(f"vi_{number}", "")[:_LONGEST].strip(),
            en=form.get(f"en_{number}", "")[:_LONGEST].strip(),
            kind=CHOICES if form.get(f"kind_{number}") == CHOICES else YES_OR_NO,
            choices=form.get(f"choices_{number}", "")[:_LONGEST].strip(),
            personal=bool(form.get(f"personal_{number}")),
        )
        for number in range(MAX_QUESTIONS)
    ]


def read(rows: Sequence[Row], before: Sequence[Mapping[str, Any]]) -> Told:
    """
    Rows as questions, unchecked.

    A question keeps its id when its words change, and so does an answer that stays in its line, or whose
    words stay: what visitors answered before is still understood.

    Args:
        rows: The rows in which something is asked.
        before: The questions that the place has.
    """
    known = {question["id"]: question for question in before}
    left = dict.fromkeys(row.id for row in rows if row.id in known)
    taken = set(left)
    told: Told = []
    for row in rows:
        id_ = row.id if row.id in left else _new(row.vi or row.en, taken)
        left.pop(id_, None)
        taken.add(id_)
        question: dict[str, Any] = {"id": id_, "text": _texts(row.vi, row.en)}
        if row.kind == CHOICES:
            question["answers"] = _choices(row.choices, known.get(id_, {}).get("answers", ()))
        if row.personal:
            question["personal"] = True
        told.append(question)
    return told


def _choices(lines: str, before: Sequence[Mapping[str, Any]]) -> Told:
    texts = [_texts(*_halves(line)) for line in lines.splitlines() if line.strip()]
    same = {_line(choice["text"]): choice["id"] for choice in before}
    ids = [same.get(_line(text), "") for text in texts]
    if len(texts) == len(before):
        ids = [id_ or choice["id"] for id_, choice in zip(ids, before, strict=True)]
    taken = {id_ for id_ in ids if id_}
    told: Told = []
    seen: set[str] = set()
    for text, kept in zip(texts, ids, strict=True):
        id_ = kept if kept and kept not in seen else _new(next(iter(text.values()), ""), taken)
        seen.add(id_)
        taken.add(id_)
        told.append({"id": id_, "text": text})
    return told


def _halves(line: str) -> tuple[str, str]:
    vietnamese, _, english = line.partition("/")
    return vietnamese.strip(), english.strip()


def _texts(vietnamese: str, english: str) -> dict[str, str]:
    return {language: text for language, text in (("vi", vietnamese), ("en", english)) if text}


def _line(text: Mapping[str, str]) -> str:
    return " / ".join(one for one in (text.get("vi", ""), text.get("en", "")) if one)


def _new(text: str, taken: set[str]) -> str:
    """An id such as `co_sot_khong` that nothing else has."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    base = re.sub(r"[^a-z0-9]+", "_", "".join(one for one in plain if not unicodedata.combining(one)))
    base = base.strip("_")[: _SLUG_LETTERS - 3].strip("_") or "q"
    number, id_ = 1, base
    while id_ in taken:
        number += 1
        id_ = f"{base}_{number}"
    return id_
