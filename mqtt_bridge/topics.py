"""
Names of the topics between a door and the centre, built and parsed.

Flat, with one wildcard level: the kiosk's name. Units and places live in the centre's registry, since
offices get renamed. `docs/mqtt.md` has the contract in full.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

ROOT = "doors/v1"
KIOSK_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A kiosk's name: as a DNS label (RFC 1123), so that it can be a certificate's common name later."""


class Channel(StrEnum):
    """The last level of a topic: what is said on it."""

    VISIT = "visit"
    """Up, QoS 1: one CloudEvent."""
    VISITS = "visits"
    """Up, QoS 1: a backlog, a JSON batch of the same."""
    RECEIPT = "receipt"
    """Down: `{epoch, through}`."""
    AVAILABILITY = "availability"
    """Up, retained, last will: `online` or `offline`."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Whose topic, and what is said on it."""

    kiosk: str
    channel: Channel

    def __str__(self) -> str:
        return f"{ROOT}/{self.kiosk}/{self.channel}"


def everyone(channel: Channel) -> str:
    """The subscription that hears this channel of every kiosk."""
    return f"{ROOT}/+/{channel}"


def parse(topic: str) -> Topic | None:
    """Whose topic this is; None for a topic that is not of this contract."""
    root, _, rest = topic.rpartition(f"{ROOT}/")
    kiosk, slash, channel = rest.partition("/")
    if root or not slash or not topic.startswith(f"{ROOT}/"):
        return None
    if not KIOSK_NAME.fullmatch(kiosk) or channel not in set(Channel):
        return None
    return Topic(kiosk, Channel(channel))
