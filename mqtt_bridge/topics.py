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
"""A kiosk's name: as a DNS label (RFC 1123), so that it can be a certificate's common name."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Channel(StrEnum):
    """What is said on a topic: the level below the kiosk's name."""

    VISIT = "visit"
    """Up, QoS 1: one CloudEvent."""
    VISITS = "visits"
    """Up, QoS 1: a backlog, a JSON batch of the same."""
    RECEIPT = "receipt"
    """Down: how far the centre has committed, signed."""
    AVAILABILITY = "availability"
    """Up, retained, last will: `online` or `offline`."""
    HEALTH = "health"
    """Up, retained: how the box is."""
    CONFIG = "config"
    """Down, QoS 1, retained, signed: how the door is to behave."""
    NEIGHBOURS = "neighbours"
    """Down, QoS 1, signed: visits at the place's other doors."""
    COMMAND = "command"
    """Down, QoS 1, signed; the command's name stands below."""
    REPLY = "reply"
    """Up, QoS 1: what became of a command, whose id stands below."""
    SUPPORT = "support"
    """Up, QoS 1: what helps to find out what ails the box; the command's id stands below."""
    RENEWAL = "renewal"
    """Up, QoS 1: a request for a new certificate."""
    CERTIFICATE = "certificate"
    """Down, QoS 1: the new certificate."""


NAMED = frozenset({Channel.COMMAND, Channel.REPLY, Channel.SUPPORT})
"""Channels with one more level below."""


@dataclass(frozen=True, slots=True)
class Topic:
    """
    Whose topic, and what is said on it.

    Attributes:
        kiosk: The kiosk's name.
        channel: What is said.
        name: The level below, of those channels that have one.
    """

    kiosk: str
    channel: Channel
    name: str = ""

    def __str__(self) -> str:
        below = f"/{self.name}" if self.name else ""
        return f"{ROOT}/{self.kiosk}/{self.channel}{below}"


def everyone(channel: Channel) -> str:
    """The subscription that hears this channel of every kiosk."""
    return f"{ROOT}/+/{channel}" + ("/+" if channel in NAMED else "")


def own(kiosk: str, channel: Channel) -> str:
    """The subscription by which a kiosk hears this channel."""
    return str(Topic(kiosk, channel, "+" if channel in NAMED else ""))


def parse(topic: str) -> Topic | None:
    """Whose topic this is; None for a topic that is not of this contract."""
    if not topic.startswith(f"{ROOT}/"):
        return None
    kiosk, _, rest = topic.removeprefix(f"{ROOT}/").partition("/")
    said, slash, name = rest.partition("/")
    if not KIOSK_NAME.fullmatch(kiosk) or said not in set(Channel):
        return None
    channel = Channel(said)
    is_whole = bool(_NAME.fullmatch(name)) if channel in NAMED else not slash
    return Topic(kiosk, channel, name) if is_whole else None
