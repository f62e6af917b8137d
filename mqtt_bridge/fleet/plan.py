"""What a fleet is to do, as somebody has asked for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.entries import SealedPerson
from mqtt_bridge.fleet.hosts import Host
from mqtt_bridge.fleet.script import Script
from mqtt_bridge.fleet.tls import Wardrobe


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What a fleet is to do.

    Attributes:
        told: What its doors write.
        hosts: The brokers.
        ledger: Where the ledger is written.
        wardrobe: The doors' certificates; None for lines in clear.
        keys: The centre's public keys by id; None believes any receipt.
        person: The sealed person of every visit.
        keepalive_s: Longest silence on a line.
        seconds: So long people come; infinity until told to stop.
        visits: So many come beside the backlog, at the most.
        patience_s: How long one more door is waited for in the beginning, and receipts in the end.
        storm: Whether all doors knock at once at the start.
    """

    told: Script
    hosts: tuple[Host, ...]
    ledger: Path
    wardrobe: Wardrobe | None
    keys: Mapping[str, bytes] | None
    person: SealedPerson = field(repr=False)
    keepalive_s: int = 30
    seconds: float = math.inf
    visits: float = math.inf
    patience_s: float = 60.0
    storm: bool = False
