"""
The road at work: journal → broker → receipt.

One thread owns all: it takes what the connection reports off a queue, looks for news in the journal, and
sends the oldest visits first. Nothing is kept in memory but a handful of sequence numbers; a bridge that is
killed at any point begins again from the journal.
"""

import logging
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event

from kiosk.errors import BadMessage
from kiosk.health import Health
from kiosk.model import Entry
from kiosk.store.outbox import Outbox
from mqtt_bridge import sending, wire
from mqtt_bridge.client import Acknowledged, Down, Happening, Line, LineDown, ReceiptArrived, Up
from mqtt_bridge.pauses import Pauses
from mqtt_bridge.sending import Parcel, Sending
from mqtt_bridge.wire import Sender, VisitMessage

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


class Bridge:
    """
    Carries a journal's visits to the centre. Belongs to the thread that runs it.

    Args:
        sender: Who sends: the kiosk, its place and its door, in names.
        outbox: The journal's visits that are not stored yet; closed at the end of `run()`.
        dial: Makes a new connection that reports to the given callable.
        health: Whom to tell that the bridge lives.
    """

    def __init__(
        self,
        *,
        sender: Sender,
        outbox: Outbox,
        dial: Callable[[Callable[[Happening], None]], Line],
        health: Health,
    ) -> None:
        self._sender = sender
        self._outbox = outbox
        self._dial = dial
        self._health = health
        self._happenings: SimpleQueue[tuple[Line, Happening]] = SimpleQueue()
        self._line: Line | None = None
        self._sending: Sending | None = None
        self._knock_again = Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._knock_at_s = 0.0
        self._up_since_s = 0.0
        self._patience_s = PATIENCE_S
        self._version = -1
        self._trouble = ""

    def run(self, stop: Event) -> None:
        """
        Carry until `stop` is set. A broker that is away is waited for, however long.

        Raises:
            JournalFailed: If the journal cannot be read or written.
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
            self._outbox.tell_line(up=False)
            self._outbox.close()

    def _turn(self) -> None:
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

    def _knock(self, now_s: float) -> None:
        line = self._dial(lambda happening: self._happenings.put((line, happening)))
        self._line = line
        self._knock_at_s = now_s + KNOCK_S
        try:
            line.connect()
        except LineDown as error:
            self._hang_up(str(error), now_s)

    def _hang_up(self, why: str, now_s: float) -> None:
        if self._line is not None:
            self._line.close()
        if self._sending is not None and now_s - self._up_since_s >= STEADY_S:
            self._knock_again.reset()
        elif self._sending is not None:
            why += f"; does another box use the name {self._sender.kiosk}?"
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
            case Down(why):
                self._hang_up(why, now_s)
            case Acknowledged(message) if self._sending is not None:
                self._sending, sequences = sending.acknowledged(self._sending, message)
                if sequences:
                    self._outbox.mark_sent(sequences)
            case ReceiptArrived(payload) if self._sending is not None:
                self._receipt(self._sending, payload, now_s)

    def _receipt(self, state: Sending, payload: bytes, now_s: float) -> None:
        try:
            receipt = wire.decode_receipt(payload)
        except BadMessage as error:
            log.warning("receipt not understood: %s", error)
            return
        if receipt.epoch != self._outbox.epoch:
            return
        if self._outbox.mark_stored(receipt.through):
            self._patience_s = PATIENCE_S
        self._sending = sending.receipted(state, self._outbox.settled(), now_s)

    def _send(self, state: Sending, now_s: float) -> None:
        if sending.is_unheard(state, now_s, PATIENCE_S):
            self._hang_up("the broker acknowledges nothing", now_s)
            return
        if sending.is_stalled(state, now_s, self._patience_s):
            log.warning("no receipt for %.0f s: sending again from %d", self._patience_s, state.settled + 1)
            self._patience_s = min(self._patience_s * 2, LONGEST_PATIENCE_S)
            self._sending = state = sending.begin(state.settled, now_s)
            self._version = -1
        version = self._outbox.version()
        if version == self._version:
            return
        while state.has_room:
            entries = self._outbox.after(state.handed_over, wire.MAX_BATCH)
            if not entries:
                self._version = version
                break
            message = self._post(entries, state.settled)
            if message is None:
                break
            parcel = Parcel(message, tuple(entry.sequence for entry in entries), now_s)
            state = sending.posted(state, parcel)
        self._sending = state

    def _post(self, entries: list[Entry], settled: int) -> int | None:
        if self._line is None:
            return None
        messages = [VisitMessage(self._sender, entry, settled) for entry in entries]
        if len(messages) == 1:
            return self._line.post_visit(wire.encode_visit(messages[0]))
        return self._line.post_visits(wire.encode_visits(messages))
