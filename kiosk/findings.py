"""What was found of a part of the box, and what all findings come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.errors import KioskError

PAGE_ROWS = 6
"""So many parts stand on one page of a screen."""


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


@dataclass(frozen=True, slots=True)
class Page:
    """
    What a screen shows at once.

    Attributes:
        findings: Of a list of parts, or the one that is not well.
        closely: Whether it is that one, with what is to be done.
    """

    findings: tuple[Finding, ...]
    closely: bool = False


def pages(findings: Iterable[Finding]) -> tuple[Page, ...]:
    """All parts, so many a page, and then a page for each that is not well."""
    told = tuple(findings)
    lists = (told[start : start + PAGE_ROWS] for start in range(0, len(told), PAGE_ROWS))
    ill = (Page((one,), closely=True) for one in told if one.state is not State.OK)
    return (*map(Page, lists), *ill)


def one_line(problem: KioskError) -> str:
    """An error as a finding says it."""
    return " ".join(str(problem).split())
