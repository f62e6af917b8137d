"""
What comes down to the box: believed or not, kept for the door, replied to.

Nothing is believed but what a signing key of our centre has signed for this box, each message once. A message
that is refused is told in the log once, without what it said.
"""

import hashlib
import logging
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from kiosk.entries import Pseudonyms
from kiosk.errors import BadMessage, JournalFailed
from kiosk.model import Moment
from kiosk.store.inbox import CommandRow, Inbox, NeighbourRow, Result
from kiosk.verbosity import Verbosity
from mqtt_bridge.client import Line
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Sender, orders
from mqtt_bridge.wire.config import Config, decode_config
from mqtt_bridge.wire.neighbours import NeighbourVisit
from mqtt_bridge.wire.orders import LogLevel, Reply
from mqtt_bridge.wire.signed import (
    Claims,
    CommandClaims,
    CommandUnknown,
    ConfigClaims,
    Kind,
    NeighboursClaims,
    UnknownClaims,
    believe,
)

log = logging.getLogger(__name__)

KINDS: Final = {
    Channel.CONFIG: Kind.CONFIG,
    Channel.COMMAND: Kind.COMMAND,
    Channel.NEIGHBOURS: Kind.NEIGHBOURS,
}
REMEMBERED = 64
"""So many refused messages are known again, so that each is told once only."""
LOOK_S = 1.0
"""How often commands are given up whose deadline is over."""


class Downlink:
    """
    Hears the centre. A companion of the bridge; belongs to its thread.

    Args:
        sender: The box's name, and the names of place and door in its own settings.
        keys: The centre's signing keys as the credentials have them: Ed25519, 32 bytes, by id.
        inbox: Where what was believed goes; closed with this.
        now: The present moment.
        end: Has the bridge end, to be started again.
    """

    channels = frozenset(KINDS)

    def __init__(
        self,
        *,
        sender: Sender,
        keys: Mapping[str, bytes],
        inbox: Inbox,
        now: Callable[[], Moment],
        end: Callable[[], None],
    ) -> None:
        self._own = sender
        self._first_keys = dict(keys)
        self._inbox = inbox
        self._now = now
        self._end = end
        self._refused: dict[bytes, None] = {}
        self._version = -1
        self._look_due_s = 0.0
        self._verbosity = Verbosity()
        self._owes = True
        self._trouble = ""
        self._sender = sender
        self.keys = dict(keys)
        """Whose signatures are believed now."""
        self._learn_keys()

    def sender(self) -> Sender:
        """Who sends, as the configuration in force has it."""
        return self._sender

    def came_up(self, line: Line) -> None:  # noqa: ARG002 - the next turn sends what is owed
        """A new connection stands: what nobody was told yet is told now."""
        self._owes = True

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:
        """Something came from the centre, or from somebody who pretends to be it."""
        try:
            self._hear(topic, payload, line)
            self._trouble = ""
        except JournalFailed as error:
            # A full disk must not keep visits from leaving it. The centre says all this again.
            self._complain(str(error))

    def turn(self, line: Line | None, now_s: float) -> None:
        """Reply to what was done since, and give up what is too late."""
        self._verbosity.turn(now_s)
        try:
            self._look()
            if line is not None and self._owes:
                self._reply(line)
            self._give_up(now_s)
        except JournalFailed as error:
            # What was replied and could not be marked so must not be replied all the time.
            self._owes = False
            self._complain(str(error))

    def _hear(self, topic: Topic, payload: bytes, line: Line) -> None:
        kind = KINDS[topic.channel]
        try:
            claims = believe(payload, kiosk=self._own.kiosk, expected=kind, keys=self.keys)
            self._take(claims, topic, line)
        except CommandUnknown as error:
            if error.claims.counter > self._inbox.last(kind):
                self._keep(error.claims, topic.name, "{}", "refused", "no such command at this box")
            else:
                self._repeat(str(error.claims.id), line)
        except BadMessage as error:
            self._refuse(topic.channel, payload, str(error))

    def _look(self) -> None:
        version = self._inbox.version()
        if version != self._version:
            self._version = version
            self._owes = True
            self._learn_names()

    def _give_up(self, now_s: float) -> None:
        if now_s >= self._look_due_s:
            self._look_due_s = now_s + LOOK_S
            now = self._now()
            if now.trusted and self._inbox.expire(now.utc):
                self._owes = True

    def _take(self, claims: Claims, topic: Topic, line: Line) -> None:
        kind = KINDS[topic.channel]
        last = self._inbox.last(kind)
        if isinstance(claims, CommandClaims) and topic.name != orders.name(claims.body):
            raise BadMessage("name: not the one of its topic")
        if claims.counter <= last:
            if isinstance(claims, CommandClaims) and self._repeat(str(claims.id), line):
                return
            if claims.counter == last:
                return  # The broker keeps the configuration, and gives it again on every connection.
            raise BadMessage(f"counter {claims.counter}: not above {last}, so it is an old one")
        match claims:
            case ConfigClaims(body=config):
                self._inbox.keep_config(claims.counter, msgspec.json.encode(config).decode())
                self._learn_keys()
                log.info("configuration %d is here, for the door to adopt", claims.counter)
            case NeighboursClaims(body=neighbours):
                self._inbox.keep_neighbours(claims.counter, map(_row, neighbours.visits))
            case CommandClaims(body=command):
                is_open = self._keep(claims, topic.name, orders.arguments(command).decode())
                if is_open and isinstance(command, LogLevel):
                    self._verbosity.change(command.level, command.minutes * 60.0, time.monotonic())

    def _keep(
        self,
        claims: CommandClaims | UnknownClaims,
        name: str,
        arguments: str,
        status: str | None = None,
        reason: str = "",
    ) -> bool:
        """Keep a command; whether it is still to be done."""
        deadline = datetime.fromtimestamp(claims.exp, UTC)
        now = self._now()
        # A clock that nobody has set cannot tell what is late; an old command is known by its counter then.
        if status is None and now.trusted and now.utc > deadline:
            status, reason = "expired", "it came after its deadline"
        row = CommandRow(
            counter=claims.counter, id=str(claims.id), name=name, arguments=arguments, deadline=deadline
        )
        self._inbox.keep_command(row, status=status, reason=reason)
        self._owes = self._owes or status is not None
        log.info("command %s: %s", name, f"{status}, {reason}" if status else "to be done")
        return status is None

    def _repeat(self, command: str, line: Line) -> bool:
        """Say again what became of a command that came before; whether it did."""
        known, result = self._inbox.result(command)
        if result is not None:
            _post(result, line)
        return known

    def _reply(self, line: Line) -> None:
        for result in self._inbox.results():
            if not _post(result, line):
                return
            self._inbox.mark_replied(result.id)
            if (result.name, result.status) == ("restart", "done"):
                self._end()
        self._owes = False

    def _refuse(self, channel: Channel, payload: bytes, why: str) -> None:
        digest = hashlib.sha256(payload).digest()
        if digest not in self._refused:
            log.warning("%s refused: %s", channel, why)
            self._refused[digest] = None
            if len(self._refused) > REMEMBERED:
                del self._refused[next(iter(self._refused))]

    def _complain(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            log.error("%s; what comes down is left undone until then", trouble)

    def _learn_keys(self) -> None:
        """The keys of the last configuration are believed beside those of the credentials."""
        config = _config(self._inbox.newest_config())
        told = config.signing_keys if config else {}
        self.keys.clear()
        self.keys.update({name: urlsafe_b64decode(f"{key}=") for name, key in told.items()})
        self.keys.update(self._first_keys)

    def _learn_names(self) -> None:
        config = _config(self._inbox.config_in_force())
        if config is not None:
            self._sender = Sender(self._own.kiosk, place=config.place, door=config.door or self._own.door)


def _config(document: str | None) -> Config | None:
    try:
        return decode_config(document.encode()) if document else None
    except BadMessage as error:
        log.warning("configuration on the disk: %s; it waits for the next one", error)
        return None


def _post(result: Result, line: Line) -> bool:
    status = msgspec.convert(result.status, orders.Status)
    reply = orders.encode_reply(Reply(status, result.reason))
    return line.post(Channel.REPLY, reply, name=result.id) is not None


def _row(visit: NeighbourVisit) -> NeighbourRow:
    known = visit.pseudonyms
    return NeighbourRow(
        id=str(visit.id),
        direction=visit.direction,
        at=visit.at,
        pseudonyms=Pseudonyms(known.document, known.phone, known.other),
    )
