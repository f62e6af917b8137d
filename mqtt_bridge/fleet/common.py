"""What all doors of a fleet have in common."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from kiosk.entries import SealedPerson
from mqtt_bridge.fleet.agenda import Agenda
from mqtt_bridge.fleet.line import Line
from mqtt_bridge.fleet.script import Script
from mqtt_bridge.fleet.tally import Tally
from mqtt_bridge.topics import Channel

if TYPE_CHECKING:
    from mqtt_bridge.fleet.door import Door


class Street(Protocol):
    """What lies between the doors and their brokers."""

    def dial(self, door: "Door", line: Line) -> None:
        """Connect a line for a door; without success, its `went_down()` is called."""
        ...

    def changed(self, door: "Door") -> None:
        """There is news of a door for the ledger."""
        ...


@dataclass(slots=True)
class Common:
    """
    What all doors of a fleet have in common.

    Attributes:
        told: What they write.
        agenda: What is due.
        tally: What all have done.
        street: How they reach their brokers.
        channels: What they listen to.
        keepalive_s: Longest silence on a line.
        hosts: How many brokers there are.
        keys: The centre's public keys by id; None believes any receipt.
        person: The sealed person of every visit.
        began_ms: Wall clock when people began to come, in milliseconds since 1970; None before.
        began_s: The same on the loop's clock.
        ends_s: So long people come, in seconds.
        visits_left: So many will still come.
        unserved: Doors whose visit of the last storm has no receipt yet.
        is_closing: Whether no door dials any more.
    """

    told: Script
    agenda: Agenda
    tally: Tally
    street: Street
    channels: Sequence[Channel]
    keepalive_s: int
    hosts: int
    keys: Mapping[str, bytes] | None
    person: SealedPerson = field(repr=False)
    began_ms: int | None = None
    began_s: float = 0.0
    ends_s: float = math.inf
    visits_left: float = math.inf
    unserved: int = 0
    is_closing: bool = False
