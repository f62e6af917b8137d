"""What a place asks who comes in: read from a file as a box has it in `kiosk.toml`, and told as one."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from collector.errors import RegistryRefused
from collector.registering import fits, meant
from mqtt_bridge.wire.config import MAX_CHOICES, MAX_QUESTIONS, MIN_CHOICES, known_languages
from mqtt_bridge.wire.forms import Brief, Phrase, Slug

Told = list[dict[str, Any]]
"""Questions as they travel: `mqtt_bridge.wire.config.Question`."""
Faults = Iterator[tuple[str, str]]
"""Where something will not do, such as `questions.0.text.vi`, and what is to be done."""

_QUESTION = ("id", "text", "answers", "personal")
_CHOICE = ("id", "text")
_SLUG = "write 1 to 32 small letters, digits and _, such as purpose"
_PHRASE = "write one line of 1 to 120 letters"
_BRIEF = "write one line of 1 to 40 letters: nine of them must fit on the screen"


def read(file: Path) -> Told:
    """
    The questions in a file of TOML: its tables `[[questions]]`. All else that it holds is passed over.

    Raises:
        RegistryRefused: If it cannot be read, holds no question, or anything in one will not do; the message
            has all of it.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryRefused(f"file {file}: {error.strerror}; name another") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegistryRefused(f"file {file}: not TOML: {error}; see toml.io") from None
    told = document.get("questions")
    if not told:
        raise RegistryRefused(f"file {file}: no [[questions]] in it; --none asks nothing any more")
    if said := "; ".join(f"{path}: {words}" for path, words in faults(told)):
        raise RegistryRefused(f"file {file}: {said}")
    return [_plain(question) for question in told]


def written(questions: Told) -> str:
    """Questions as TOML that `read` takes; empty for none."""
    return "\n".join("\n".join(_lines(question)) + "\n" for question in questions)


def _plain(question: Mapping[str, Any]) -> dict[str, Any]:
    """A question without what is as usual."""
    return {name: question[name] for name in _QUESTION if question.get(name)}


def faults(told: object) -> Faults:
    """What will not do in questions that somebody has written, each with the place where it stands."""
    if not isinstance(told, list):
        yield "questions", "not a list of tables; begin each with [[questions]]"
        return
    if len(told) > MAX_QUESTIONS:
        yield "questions", f"{len(told)} are too many; ask at most {MAX_QUESTIONS}"
    for path, question in _tables("questions", told):
        if question is None:
            yield path, "not a table; begin it with [[questions]]"
            continue
        yield from _named(path, question, _QUESTION, Phrase, _PHRASE)
        yield from _choices(f"{path}.answers", question.get("answers", []))
        if not isinstance(question.get("personal", False), bool):
            yield f"{path}.personal", "neither true nor false"
    yield from _twice("questions", told)


def _choices(path: str, told: object) -> Faults:
    if not isinstance(told, list):
        yield path, "not a list; write [{ id = …, text = … }, …], or leave it out for yes and no"
        return
    if told and not MIN_CHOICES <= len(told) <= MAX_CHOICES:
        yield path, f"{len(told)}; give {MIN_CHOICES} to {MAX_CHOICES}, or none for yes and no"
    for where, choice in _tables(path, told):
        if choice is None:
            yield where, "not a table; write { id = …, text = … }"
        else:
            yield from _named(where, choice, _CHOICE, Brief, _BRIEF)
    yield from _twice(path, told)


def _named(path: str, told: Mapping[str, Any], fields: Sequence[str], form: Any, remedy: str) -> Faults:
    """What is wrong with the id and the text of a question or an answer, and with names of fields."""
    for name in told:
        if name not in fields:
            yield f"{path}.{name}", f"no such field{meant(name, fields)}"
    if not fits(told.get("id"), Slug):
        yield f"{path}.id", f"{'not one' if 'id' in told else 'missing'}; {_SLUG}"
    text = told.get("text")
    if not isinstance(text, dict) or not text:
        yield f"{path}.text", f"{'no table' if 'text' in told else 'missing'}; write {{ vi = …, en = … }}"
        return
    for language, phrase in text.items():
        if language not in known_languages():
            yield f"{path}.text.{language}", f"doors speak {', '.join(known_languages())}"
        elif not fits(phrase, form):
            yield f"{path}.text.{language}", remedy


def _twice(path: str, told: Sequence[Any]) -> Faults:
    ids = [one["id"] for one in told if isinstance(one, dict) and isinstance(one.get("id"), str)]
    for id_ in dict.fromkeys(id_ for id_ in ids if ids.count(id_) > 1):
        yield path, f"two have the id {id_[:32]!r}; give each its own"


def _tables(path: str, told: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for number, one in enumerate(told):
        yield f"{path}.{number}", one if isinstance(one, dict) else None


def _lines(question: Mapping[str, Any]) -> Iterator[str]:
    yield "[[questions]]"
    yield f"id = {_text(question['id'])}"
    yield f"text = {_texts(question['text'])}"
    if question.get("answers"):
        yield "answers = ["
        for choice in question["answers"]:
            yield f"  {{ id = {_text(choice['id'])}, text = {_texts(choice['text'])} }},"
        yield "]"
    if question.get("personal"):
        yield "personal = true"


def _texts(texts: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{language} = {_text(text)}' for language, text in texts.items())} }}"


def _text(text: str) -> str:
    """A basic string of TOML, which JSON's are, for what no form here allows: letters that cannot be seen."""
    return json.dumps(text, ensure_ascii=False)
