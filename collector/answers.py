"""What a visitor answered at the door, in the words of the place's questions. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from collector.people import tidy
from mqtt_bridge.wire.events import MAX_ANSWERS

_MOST = 2 * MAX_ANSWERS


@dataclass(frozen=True, slots=True)
class Answered:
    """
    A question and its answer, fit for the page.

    Attributes:
        question: In words; the question's id where nobody knows it any more.
        answer: In words; `yes`, `no` or another id where there are none.
    """

    question: str
    answer: str = field(repr=False)


def told(given: Mapping[str, str], questions: Sequence[Mapping[str, Any]], language: str) -> list[Answered]:
    """
    Answers in the order of a place's questions, then those to questions that it has no more.

    Args:
        given: Ids of answers by those of questions.
        questions: As the place has them today.
        language: That of the page; a text that is not there in it is told in the first that is.
    """
    known = {question["id"]: question for question in questions}
    # More than that no door asks, but whoever has the public key can seal.
    given = dict(islice(given.items(), _MOST))
    order = [*(id_ for id_ in known if id_ in given), *sorted(given.keys() - known)]
    return [_told(id_, given[id_], known.get(id_, {}), language) for id_ in order]


def said(text: Mapping[str, str], language: str) -> str:
    """A text of the place in a language, or in the first that it has; empty for none."""
    return text.get(language) or next(iter(text.values()), "")


def _told(id_: str, answer: str, question: Mapping[str, Any], language: str) -> Answered:
    texts = {choice["id"]: choice["text"] for choice in question.get("answers", ())}
    return Answered(
        said(question.get("text", {}), language) or tidy(id_),
        said(texts.get(answer, {}), language) or tidy(answer),
    )
