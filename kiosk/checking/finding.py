"""What was found of a part of the box, and what all findings come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.errors import KioskError
from kiosk.signals import Row
from kiosk.words import Words


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"
    """The door serves without it."""
    MISSING = "missing"
    """A device that is not there, or does not work."""
    WRONG = "wrong"
    """Anything else that must be mended first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What was found of one part.

    Attributes:
        part: Name of the part.
        state: How it is.
        says: What works, or what does not and the remedy; one line.
    """

    part: str
    state: State
    says: str

    def __str__(self) -> str:
        mark = "!" if self.state is State.WARNING else self.state
        return f"{mark:<8} {self.part:<11} {self.says}"


def serves(findings: Iterable[Finding]) -> bool:
    """Whether a door with these parts can serve; warnings do not keep it from that."""
    return all(finding.state in {State.OK, State.WARNING} for finding in findings)


def summary(findings: Iterable[Finding]) -> dict[str, Any]:
    """All of it as one object that JSON can hold."""
    told = list(findings)
    parts = [{"part": one.part, "state": one.state, "says": one.says} for one in told]
    return {"serves": serves(told), "parts": parts}


def rows(findings: Iterable[Finding], words: Words) -> tuple[Row, ...]:
    """The findings as lines of a screen: the part and how it is, both in the screen's language."""
    return tuple(
        Row(
            text=name(one.part, words),
            detail=words.say(f"check.state.{one.state}"),
            done=one.state is State.OK,
        )
        for one in findings
    )


def name(part: str, words: Words) -> str:
    """A part's name in the screen's language; as it stands in the settings where there is none."""
    return words.table.get(f"check.part.{part}", part)


def one_line(problem: KioskError) -> str:
    """An error as a finding says it."""
    return " ".join(str(problem).split())
