"""What visitors are asked at the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

YES: Final = "yes"
NO: Final = "no"


@dataclass(frozen=True, slots=True)
class Choice:
    """
    One of the answers to a question.

    Attributes:
        id: By which it travels.
        text: By language; none for yes and no, whose words the door knows.
    """

    id: str
    text: Mapping[str, str] = field(default_factory=dict)


YES_OR_NO: Final = (Choice(YES), Choice(NO))


@dataclass(frozen=True, slots=True)
class Question:
    """
    Something that a visitor who comes in is asked.

    Attributes:
        id: By which the answer travels.
        text: By language, at least one.
        choices: The answers, two to nine, numbered from 1. Default yes and no.
        personal: Whether the answer is for the manager's eyes only.
    """

    id: str
    text: Mapping[str, str]
    choices: tuple[Choice, ...] = YES_OR_NO
    personal: bool = False


PHONE: Final = Question("phone", {}, choices=(), personal=True)
"""Asks for a phone number, where the card holds none. The words are the door's own."""


def said_in(language: str, text: Mapping[str, str]) -> str:
    """A sentence in a language, or in the first there is."""
    return text.get(language) or next(iter(text.values()), "")
