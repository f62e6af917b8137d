"""
The road at work: journal → broker → receipt.

One thread owns all: it takes what the connection reports off a queue, looks for news in the journal, and
sends the oldest entries first. Nothing is kept in memory but a handful of sequence numbers; a bridge that is
killed at any point begins again from the journal. What else goes up or comes down is the work of companions.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from queue import Empty, Queue
from threading import Event
from typing import Protocol

from kiosk.errors import BadMessage, EntryUnreadable, JournalDamaged, JournalFailed
from kiosk.health import Health
from kiosk.store.outbox import Outbox
from mqtt_bridge import sending, wire
from mqtt_bridge.client import Acknowledged, Down, Happening, Heard, Line, LineDown, Refused, Up
from mqtt_bridge.pauses import Pauses
from mqtt_bridge.sending import Parcel, Sending
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Sender

log = logging.getLogger(__name__)

POLL_S = 0.025
"""How often the journal is asked for news. Asking costs some microseconds."""
KNOCK_S = 10.0
"""How long the broker may take to let us in."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
STEADY_S = 5.0
"""A line that held for so long was a good one: pauses begin short again when it breaks."""
PATIENCE_S, LONGEST_PATIENCE_S = 5.0, 300.0
"""How long a receipt may be owed before visits are sent again; it grows while that does not help."""


class Companion(Protocol):
    """Something else that uses the line: it listens to channels of its own, and posts when it is its turn."""

    channels: frozenset[Channel]
    """What it listens to."""

    def came_up(self, line: Line) -> None:
        """A new connection stands."""
        ...

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:
        """Something came on one of its channels."""
        ...

    def turn(self, line: Line | None, now_s: float) -> None:
        """Some milliseconds have passed; `line` is None while the line is down."""
        ...


class Bridge:
    """
    Carries a journal's entries to the centre. Belongs to the thread that runs it.

    Args:
        sender: Tells who sends: the kiosk, its place and its door, in names.
        outbox: The journal's entries that are not stored yet; closed at the end of `run()`.
        dial: Makes a new connection that reports to the given callable.
        health: Whom to tell that the bridge lives.
        keys: The centre's public keys by id: receipts must be signed by one. None believes any receipt, for a
            box that was never enrolled.
        companions: What else uses the line.
    """

    def __init__(
        self,
        *,
        sender: Callable[[], Sender],
        outbox: Outbox,
        dial: Callable[[Callable[[Happening], None]], Line],
        health: Health,
        keys: Mapping[str, bytes] | None = None,
        companions: Sequence[Companion] = (),
    ) -> None:
        self._sender = sender
        self._outbox = outbox
        self._dial = dial
        self._health = health
        self._keys = keys
        self._companions = companions
        # No SimpleQueue: a signal on a busy machine can make its get() forget the timeout (CPython 3.11), and
        # who is told to stop would wait for a happening.
        self._happenings: Queue[tuple[Line, Happening]] = Queue()
        self._line: Line | None = None
        self._sending: Sending | None = None
        self._knock_again = Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._knock_at_s = 0.0
        self._up_since_s = 0.0
        self._patience_s = PATIENCE_S
        self._version = -1
        self._alone_through = self._last_aside = 0
        self._trouble = ""

    def run(self, stop: Event) -> None:
        """
        Carry until `stop` is set. A broker that is away is waited for, however long.

        Raises:
            JournalFailed: If the journal cannot be read or written.
            JournalDamaged: If the journal is damaged, or another file has taken its place.
        """
        self._outbox.tell_line(up=False)
        self._health.ready()
        try:
            while not stop.is_set():
                self._turn()
                self._health.alive()
        finally:
            self._health.stopping()
            if self._line is not None:
                self._line.close()
            with suppress(JournalFailed, JournalDamaged):
                self._outbox.tell_line(up=False)
            self._outbox.close()

    def _turn(self) -> None:
        self._outbox.assure()
        now_s = time.monotonic()
        if self._line is None and now_s >= self._knock_at_s:
            self._knock(now_s)
        elif self._line is not None and self._sending is None and now_s >= self._knock_at_s:
            self._hang_up(f"the broker has not let us in for {KNOCK_S:.0f} s", now_s)
        try:
            line, happening = self._happenings.get(timeout=POLL_S)
        except Empty:
            pass
        else:
            if line is self._line:
                self._take(happening, time.monotonic())
        if self._sending is not None:
            self._send(self._sending, time.monotonic())
        for companion in self._companions:
            companion.turn(self._line if self._sending is not None else None, time.monotonic())

    def _knock(self, now_s: float) -> None:
        self._knock_at_s = now_s + KNOCK_S
        try:
            line = self._dial(lambda happening: self._happenings.put((line, happening)))
            self._line = line
            line.connect()
        except LineDown as error:
            self._hang_up(str(error), now_s)

    def _hang_up(self, why: str, now_s: float) -> None:
        if self._line is not None:
            self._line.close()
        if self._sending is not None and now_s - self._up_since_s >= STEADY_S:
            self._knock_again.reset()
        elif self._sending is not None:
            why += f"; does another box use the name {self._sender().kiosk}?"
        self._line = None
        self._sending = None
        pause_s = self._knock_again.next_s()
        self._knock_at_s = now_s + pause_s
        self._outbox.tell_line(up=False)
        if why != self._trouble:
            self._trouble = why
            log.warning("line down: %s; trying again for as long as it takes", why)
        self._health.status(f"line down: {why}")

    def _take(self, happening: Happening, now_s: float) -> None:
        match happening:
            case Up():
                self._trouble = ""
                self._up_since_s = now_s
                self._patience_s = PATIENCE_S
                self._sending = sending.begin(self._outbox.settled(), now_s)
                self._version = -1
                self._outbox.tell_line(up=True)
                self._health.status("line up")
                log.info("line up")
                for companion in self._companions:
                    if self._line is not None:
                        companion.came_up(self._line)
            case Down(why):
                self._hang_up(why, now_s)
            case Acknowledged(message) if self._sending is not None:
                self._sending, sequences = sending.acknowledged(self._sending, message)
                if sequences:
                    self._outbox.mark_sent(sequences)
            case Refused(message, why) if self._sending is not None:
                self._refused(self._sending, message, why, now_s)
            case Heard(topic, payload) if self._sending is not None:
                self._heard(self._sending, topic, payload, now_s)

    def _heard(self, state: Sending, topic: Topic, payload: bytes, now_s: float) -> None:
        if topic.channel is Channel.RECEIPT:
            self._receipt(state, payload, now_s)
        for companion in self._companions:
            if topic.channel in companion.channels and self._line is not None:
                companion.heard(topic, payload, self._line)

    def _receipt(self, state: Sending, payload: bytes, now_s: float) -> None:
        try:
            receipt = wire.decode_receipt(payload)
        except BadMessage as error:
            log.warning("receipt not understood: %s", error)
            return
        if str(receipt.epoch) != self._outbox.epoch:
            return
        if self._keys is not None and not wire.is_genuine(receipt, self._sender().kiosk, self._keys):
            log.warning("receipt not believed: no key of our centre has signed it")
            return
        if self._outbox.mark_stored(receipt.through):
            self._patience_s = PATIENCE_S
        self._sending = sending.receipted(state, self._outbox.settled(), now_s)

    def _refused(self, state: Sending, message: int, why: str, now_s: float) -> None:
        """Of a batch that the broker refuses, each entry is tried alone; one that it refuses is set aside."""
        _, sequences = sending.acknowledged(state, message)
        if len(sequences) == 1:
            self._set_aside(sequences[0], f"the broker refuses it: {why}")
        elif sequences:
            self._alone_through = max(sequences)
        self._again(now_s)

    def _set_aside(self, sequence: int, why: str) -> None:
        self._last_aside = sequence
        log.error("entry %d set aside: %s; see `kiosk journal`", sequence, why)
        self._outbox.set_aside(sequence, why)

    def _again(self, now_s: float) -> Sending:
        """Everything that is not stored goes out again, oldest first."""
        self._version = -1
        self._sending = sending.begin(self._outbox.settled(), now_s)
        return self._sending

    def _send(self, state: Sending, now_s: float) -> None:
        if sending.is_unheard(state, now_s, PATIENCE_S):
            self._hang_up("the broker acknowledges nothing", now_s)
            return
        if sending.is_stalled(state, now_s, self._patience_s):
            log.warning("no receipt for %.0f s: sending again from %d", self._patience_s, state.settled + 1)
            self._patience_s = min(self._patience_s * 2, LONGEST_PATIENCE_S)
            state = self._again(now_s)
        version = self._outbox.version()
        if version == self._version:
            return
        while state.has_room:
            sent = self._post_next(state)
            if sent is None:
                break
            message, sequences = sent
            if not sequences:
                self._version = version
                break
            state = sending.posted(state, Parcel(message, sequences, now_s))
        self._sending = state

    def _post_next(self, state: Sending) -> tuple[int, tuple[int, ...]] | None:
        """Give the next entries to the broker: packet id and sequences, none of them if all are out."""
        while self._line is not None:
            most = wire.MAX_BATCH if state.handed_over >= self._alone_through else 1
            try:
                entries = self._outbox.after(state.handed_over, most)
            except EntryUnreadable as error:
                self._set_aside(error.sequence, "not what a door writes")
                continue
            if not entries:
                return 0, ()
            sender = self._sender()
            try:
                events = [wire.event(sender, entry, state.settled) for entry in entries]
                payload = wire.encode(events)
                # What the centre would refuse is found here, entry by entry.
                wire.decode(payload)
            except (ValueError, TypeError):
                if entries[0].sequence == self._last_aside:
                    raise  # What stands there now is our own writing: this is no bad entry, it is a bug.
                if len(entries) > 1:
                    self._alone_through = entries[-1].sequence
                else:
                    self._set_aside(entries[0].sequence, "cannot be written as a message")
                continue
            message = self._line.post(Channel.VISIT if len(events) == 1 else Channel.VISITS, payload)
            return None if message is None else (message, tuple(entry.sequence for entry in entries))
        return None
