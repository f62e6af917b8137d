"""
A light door: what `mqtt_bridge.bridge.Bridge` is to a real one, as a few hundred bytes.

The same bookkeeping tells which visits go out next and which go out again, with the same window, batches,
patience and pauses. What a real box does beside that, for orders, neighbours and certificates, it does not.
"""

import logging
import math

from kiosk.errors import BadMessage
from mqtt_bridge import bridge, sending, wire
from mqtt_bridge.fleet import saying
from mqtt_bridge.fleet.common import Common
from mqtt_bridge.fleet.journal import Journal
from mqtt_bridge.fleet.line import Line
from mqtt_bridge.pauses import Pauses
from mqtt_bridge.sending import Parcel, Sending
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.vitals import EVERY_S

log = logging.getLogger(__name__)


class Door:
    """
    One door, with the journal that it has in memory.

    Args:
        common: What it shares with the others.
        number: Which it is, from 1 on.
        host: At which of the brokers it knocks first.
    """

    __slots__ = (
        "_common",
        "_furthest",
        "_health_s",
        "_line",
        "_patience_s",
        "_pauses",
        "_sending",
        "_storm",
        "_up_since_s",
        "_wake_s",
        "host",
        "journal",
        "knock_until_s",
        "number",
        "reconnects",
        "resent",
    )

    def __init__(self, common: Common, number: int, host: int) -> None:
        self._common = common
        self.number = number
        self.host = host
        self.journal = Journal(common.told, number)
        self.reconnects = self.resent = 0
        self.knock_until_s = 0.0
        self._line: Line | None = None
        self._sending: Sending | None = None
        self._pauses: Pauses | None = None
        self._patience_s = bridge.PATIENCE_S
        self._up_since_s = -1.0
        self._health_s = 0.0
        self._wake_s = math.inf
        self._furthest = 0
        self._storm = 0

    @property
    def kiosk(self) -> str:
        """Its name."""
        return self._common.told.kiosk(self.number)

    @property
    def is_up(self) -> bool:
        """Whether its line stands."""
        return self._sending is not None

    @property
    def is_gone(self) -> bool:
        """Whether it has no line, and none that might come to stand."""
        return self._line is None

    def knock(self, _when_s: float) -> None:
        """Dial the broker."""
        common = self._common
        if self._line is not None or common.is_closing:
            return
        self.knock_until_s = math.inf
        self._line = Line(
            kiosk=self.kiosk,
            keepalive_s=common.keepalive_s,
            channels=common.channels,
            listener=self,
            now_s=common.agenda.now_s,
        )
        common.street.dial(self, self._line)

    def knocking(self) -> None:
        """The knock has begun: the broker has so long to let us in."""
        self.knock_until_s = self._common.agenda.now_s() + bridge.KNOCK_S
        self._wake_at(self.knock_until_s)

    def expect(self) -> None:
        """Have the next visitor come when it is time."""
        common = self._common
        if self.journal.next_s < common.ends_s and common.visits_left > 0:
            common.agenda.at(common.began_s + self.journal.next_s, self._write)

    def leave(self) -> None:
        """Say goodbye."""
        if self._line is not None and self.is_up:
            self._line.leave()
        elif self._line is not None:
            self.went_down("left")

    def storm(self) -> None:
        """
        Lose the line as a power cut at the broker's loses it, and come again as a real door does.

        In this very moment somebody comes: how long the receipt takes is how long the door was not served.
        """
        common = self._common
        if common.began_ms is not None:
            self.journal.write_in_storm(common.agenda.now_s() - common.began_s)
            common.tally.written += 1
            common.unserved += not self._storm
            self._storm = self.journal.written
            common.street.changed(self)
        if self.is_up:
            self.went_down("a storm that was asked for")

    def came_up(self) -> None:
        """The broker lets us in and the subscription stands."""
        common, now_s = self._common, self._common.agenda.now_s()
        if self._up_since_s >= 0:
            self.reconnects += 1
            common.tally.reconnects += 1
            common.street.changed(self)
        self._up_since_s = now_s
        self._patience_s = bridge.PATIENCE_S
        self._sending = sending.begin(self.journal.settled, now_s)
        common.tally.connected += 1
        self._send(self._sending, now_s)
        self._tell_health(now_s)
        self._plan()

    def went_down(self, why: str) -> None:
        """The line is gone: dial the next broker, after a pause."""
        common, now_s = self._common, self._common.agenda.now_s()
        if self._line is not None:
            self._line.drop()
        if self._sending is not None:
            common.tally.connected -= 1
            if now_s - self._up_since_s >= bridge.STEADY_S:
                self._pauses = None
        self._line = self._sending = None
        self._wake_s = math.inf
        if common.is_closing:
            return
        if why not in common.tally.troubles:
            log.warning(
                "line of %s down: %s; what happens to others likewise is only counted", self.kiosk, why
            )
        common.tally.troubles[why] += 1
        self.host = (self.host + 1) % common.hosts
        if self._pauses is None:
            self._pauses = Pauses(bridge.FIRST_PAUSE_S, bridge.LONGEST_PAUSE_S)
        common.agenda.at(now_s + self._pauses.next_s(), self.knock)

    def acknowledged(self, message: int) -> None:
        """The broker has a message."""
        if self._sending is not None:
            self._sending, _ = sending.acknowledged(self._sending, message)

    def heard(self, topic: bytes, payload: bytes) -> None:
        """Something came down: receipts are read, all else is a real box's business."""
        if self._sending is not None and topic == str(Topic(self.kiosk, Channel.RECEIPT)).encode():
            self._receipt(self._sending, payload)

    def rest(self) -> None:
        """There may be room again."""
        if self._sending is not None and self._sending.handed_over < self.journal.written:
            self._send(self._sending, self._common.agenda.now_s())

    def _receipt(self, state: Sending, payload: bytes) -> None:
        common = self._common
        try:
            receipt = wire.decode_receipt(payload)
        except BadMessage as error:
            log.warning("%s: receipt not understood: %s", self.kiosk, error)
            return
        if str(receipt.epoch) != self.journal.epoch:
            return
        if common.keys is not None and not wire.is_genuine(receipt, self.kiosk, common.keys):
            common.tally.disbelieved += 1
            return
        before, now_s = self.journal.settled, common.agenda.now_s()
        told = self.journal.settle(receipt.through)
        if self.journal.settled > before:
            self._patience_s = bridge.PATIENCE_S
            common.tally.confirmed += self.journal.settled - before
            common.tally.confirm(now_s - common.began_s - at_s for at_s in told)
            if 0 < self._storm <= self.journal.settled:
                self._storm = 0
                common.unserved -= 1
            common.street.changed(self)
        self._sending = sending.receipted(state, self.journal.settled, now_s)

    def _write(self, _when_s: float) -> None:
        common = self._common
        if self.journal.next_s >= common.ends_s or common.visits_left <= 0:
            return
        common.visits_left -= 1
        common.tally.written += 1
        self.journal.write()
        common.street.changed(self)
        if self._sending is not None:
            self._send(self._sending, common.agenda.now_s())
        self.expect()

    def _tend(self, when_s: float) -> None:
        """Look after the line, as a real bridge does at each turn; here, when something may be due."""
        if when_s != self._wake_s or self._line is None:
            return
        self._wake_s = math.inf
        state, now_s = self._sending, self._common.agenda.now_s()
        if state is None:
            if now_s >= self.knock_until_s:
                self.went_down(f"the broker has not let us in for {bridge.KNOCK_S:.0f} s")
                return
        elif sending.is_unheard(state, now_s, bridge.PATIENCE_S):
            self.went_down("the broker acknowledges nothing")
            return
        elif not self._line.tend(now_s):
            self.went_down("the broker is silent")
            return
        else:
            if sending.is_stalled(state, now_s, self._patience_s):
                self._patience_s = min(self._patience_s * 2, bridge.LONGEST_PATIENCE_S)
                state = sending.begin(self.journal.settled, now_s)
            self._send(state, now_s)
            if now_s >= self._health_s:
                self._tell_health(now_s)
        self._plan()

    def _plan(self) -> None:
        """Be woken when the next thing may be due."""
        state = self._sending
        if self._line is None:
            return
        if state is None:
            self._wake_at(self.knock_until_s)
            return
        due_s = min(self._health_s, self._line.tend_at_s)
        if state.under_way:
            due_s = min(due_s, state.under_way[0].posted_s + bridge.PATIENCE_S)
        if state.is_owed:
            due_s = min(due_s, state.quiet_since_s + self._patience_s)
        self._wake_at(due_s)

    def _wake_at(self, when_s: float) -> None:
        if when_s < self._wake_s:
            self._wake_s = when_s
            self._common.agenda.at(when_s, self._tend)

    def _send(self, state: Sending, now_s: float) -> None:
        """Give the broker as much as the window lets us, oldest first."""
        before = state.handed_over
        while state.has_room and self._line is not None and state.handed_over < self.journal.written:
            first = state.handed_over + 1
            sequences = tuple(range(first, min(self.journal.written, first + wire.MAX_BATCH - 1) + 1))
            told = saying.visits(
                self._common, self.number, self.journal, sequences=sequences, settled=state.settled
            )
            message = self._line.post(Channel.VISIT if len(sequences) == 1 else Channel.VISITS, told)
            state = sending.posted(state, Parcel(message, sequences, now_s))
        self._sending = state
        again = min(state.handed_over, self._furthest) - before
        if again > 0:
            self.resent += again
            self._common.tally.resent += again
            self._common.street.changed(self)
        if state.handed_over > before:
            self._furthest = max(self._furthest, state.handed_over)
            self._wake_at(now_s + bridge.PATIENCE_S)

    def _tell_health(self, now_s: float) -> None:
        self._health_s = now_s + EVERY_S
        state = self._sending
        if self._line is not None and state is not None:
            told = saying.health(self.journal, state, self._common.told.started_ms)
            self._line.post(Channel.HEALTH, told, retain=True)
