"""How far a box that is being put into service has come."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What a new box waits for, in this order."""

    NETWORK = "network"
    CENTRE = "centre"
    CLOCK = "clock"
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True)
class Stage:
    """
    One step of setting up.

    Attributes:
        step: Which.
        done: Whether it needs no waiting any more.
        detail: What a technician wants to compare, such as the network address; empty for nothing.
    """

    step: Step
    done: bool
    detail: str = ""
