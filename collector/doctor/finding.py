"""What was found of one thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARNING = "warning"
    """The centre works all the same, and somebody should look at it."""
    WRONG = "wrong"
    """Something is lost, or will be, until it is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What was found of one thing.

    Attributes:
        thing: Its name.
        state: How it is.
        says: What is well, or what is not and the remedy; one line, and no person's data.
    """

    thing: str
    state: State
    says: str

    def __str__(self) -> str:
        mark = "!" if self.state is State.WARNING else self.state
        return f"{mark:<6} {self.thing:<12} {self.says}"


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing is wrong; warnings are no illness."""
    return all(finding.state is not State.WRONG for finding in findings)


def summary(findings: Iterable[Finding]) -> dict[str, Any]:
    """All of it as one object that JSON can hold."""
    told = list(findings)
    things = [{"thing": one.thing, "state": one.state, "says": one.says} for one in told]
    return {"well": is_well(told), "things": things}


def joined(faults: Iterable[Finding], well: Finding) -> Finding:
    """The worst of what was found of one thing, with all that it says; `well` where nothing was."""
    found = list(faults)
    if not found:
        return well
    worst = State.WRONG if not is_well(found) else State.WARNING
    return Finding(well.thing, worst, "; ".join(one.says for one in found))
