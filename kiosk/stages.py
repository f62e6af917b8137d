"""How far a box that is being put into service has come."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from kiosk.model import Moment, Status


class Step(StrEnum):
    """What a new box waits for."""

    CODE = "code"
    """A set-up code before its camera."""
    NETWORK = "network"
    CENTRE = "centre"
    """Found, and known to be the one that the code names; later, reached by the usual way."""
    KEYS = "keys"
    """Made, and admitted by the centre."""
    CLOCK = "clock"
    CONFIGURATION = "configuration"


BY_CODE = (Step.CODE, Step.NETWORK, Step.CENTRE, Step.KEYS, Step.CONFIGURATION)
"""What is done with a set-up code, in this order."""


class Hitch(StrEnum):
    """Why a step is not done yet, or never will be with this code."""

    FORGED = "forged"
    """The centre has not signed this code as it stands."""
    EXPIRED = "expired"
    USED = "used"
    WITHDRAWN = "withdrawn"
    MALFORMED = "malformed"
    """What one of both sides sent is not what the other expects."""
    STRANGER = "stranger"
    """Whoever answers is not the centre that the code names."""
    WIFI_PASSWORD = "wifi_password"  # noqa: S105 (the name of a trouble)
    NO_WIFI = "no_wifi"
    """The box has no wireless network, or nobody who may join one."""
    WIFI_UNSEEN = "wifi_unseen"
    NO_ADDRESS = "no_address"
    NO_NETWORK = "no_network"
    UNREACHABLE = "unreachable"
    CLOCK = "clock"
    """By the box's clock, the centre's certificate is over or not valid yet."""
    BUSY = "busy"
    DISK = "disk"
    """The box cannot write down what makes it the centre's."""
    FILE = "file"
    """What lies on the boot partition is no admission."""
    NO_ANSWER = "no_answer"
    """The box's own other program does not take the code."""

    @property
    def passes(self) -> bool:
        """Whether the box tries again by itself; else it takes another code."""
        return self not in _LASTING


_LASTING = frozenset(
    {
        *(Hitch.FORGED, Hitch.EXPIRED, Hitch.USED, Hitch.WITHDRAWN, Hitch.MALFORMED),
        *(Hitch.STRANGER, Hitch.WIFI_PASSWORD, Hitch.NO_WIFI, Hitch.DISK, Hitch.FILE),
    }
)


@dataclass(frozen=True, slots=True)
class Stage:
    """
    One step of setting up.

    Attributes:
        step: Which.
        done: Whether it needs no waiting any more.
        detail: What a technician wants to compare, such as the network address; empty for nothing.
        hitch: What keeps it from being done; None for nothing that is known.
    """

    step: Step
    done: bool
    detail: str = ""
    hitch: Hitch | None = None


class Stages(Protocol):
    """Who tells how far setting up has come."""

    def __call__(self, status: Status, now: Moment, *, is_open: bool) -> tuple[Stage, ...]:
        """The steps and how they stand; `is_open` says whether set-up codes are taken."""
        ...


def steps(*done: Step, hitch: Hitch | None = None) -> tuple[Stage, ...]:
    """The steps of enrolling by a code: those that are done, and what holds up the first that is not."""
    stages = [Stage(step, done=step in done) for step in BY_CODE]
    at = next((place for place, stage in enumerate(stages) if not stage.done), None)
    if at is not None:
        stages[at] = replace(stages[at], hitch=hitch)
    return tuple(stages)
