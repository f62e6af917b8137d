"""
The centre's side of the road: broker → database → acknowledgement → receipt, in this order.

One thread owns all: it takes what the connection reports off a queue, commits a batch, and only then tells
anybody. Messages are understood by the network thread that brings them: by then they are still in the
processor's cache, and this thread waits for the disk. Nothing is kept in memory that the broker or the doors
would not send again; an intake that is killed at any point begins again from the database.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from threading import Event as Flag
from typing import Protocol
from uuid import UUID

from django.db import Error, connections

from collector import database
from collector.ingest.frames import Delivered
from collector.ingest.inbox import Inbox
from collector.ingest.lines import BrokerAway, Down, Happen, Happening, Line, Up
from collector.ingest.receiving import Heard, MakeRow, Received, foreign
from collector.ingest.storing import Outcome
from mqtt_bridge.pauses import Pauses
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Event, Receipt

log = logging.getLogger(__name__)

BATCH_MESSAGES, BATCH_BYTES = 2000, 4 * 1024 * 1024
"""A transaction begins when so much has come; or, when less has come, at once."""
RECEIPT_S, LONGEST_RECEIPTS_S = 0.002, 1.0
"""
To sign a receipt costs a fortieth of this. So long, for each receipt, they all wait for the next batch while
more is coming: its receipts say the same and more. With nothing to do, none waits.
"""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 20.0
"""Between attempts to reach the broker."""
FIRST_RETRY_S, LONGEST_RETRY_S = 0.1, 2.0
"""Between attempts to write to a database in trouble."""
STEADY_S = 10.0
"""A connection that lasted this long resets the pauses. Two centres under one name cut each other."""

TURN_S = 1.0
"""How often desks get their turn while the line is up."""

Dial = Callable[[Happen], Line]
Store = Callable[[Sequence[Received]], Outcome]
Sign = Callable[[str, Receipt], Receipt]


class Desk(Protocol):
    """Somebody at the centre who deals with the rest of what doors say, and with what goes down to them."""

    channels: frozenset[Channel]
    """What it listens to."""

    def came_up(self, line: Line) -> None:
        """A new connection stands."""
        ...

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:
        """Something came on one of its channels; it is acknowledged when this returns."""
        ...

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """These were committed just now; among them are some that were stored before."""
        ...

    def turn(self, line: Line, now_s: float) -> None:
        """A second or so has passed, and the line is up."""
        ...


class Intake:
    """
    Takes visits off the road and stores them.

    Args:
        dial: Makes a new connection that reports to the given callable.
        store: Commits a batch; raises `django.db.OperationalError` when the database cannot now.
        tell_line: Told on change whether the broker lets us in.
        sign: Puts the centre's signature on a kiosk's receipt.
        desks: Who deals with the rest.
        make_row: Makes rows of visits for `store`, on another thread; None leaves it to make them itself.
    """

    def __init__(
        self,
        *,
        dial: Dial,
        store: Store,
        tell_line: Callable[[bool], None],
        sign: Sign,
        desks: Sequence[Desk] = (),
        make_row: MakeRow | None = None,
    ) -> None:
        self._dial = dial
        self._store = store
        self._tell_line = tell_line
        self._sign = sign
        self._desks = desks
        self._turn_due_s = 0.0
        self._receipts: dict[tuple[str, UUID], Receipt] = {}
        """What is committed, and not told yet: by kiosk and epoch."""
        self._told_at_s = 0.0
        self._stopped = Flag()
        self._inbox = Inbox(make_row)
        self._line: Line | None = None
        self._up_since_s: float | None = None
        self._knock_at_s = 0.0
        self._knock_again = Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._trouble = ""

    def run(self) -> None:
        """Work until `stop()`. A broker that is away, or a database in trouble, is waited for."""
        self._tell_line(False)
        try:
            while not self._stopped.is_set():
                self._turn()
        finally:
            if self._line is not None:
                self._line.close()
            connections.close_all()

    def stop(self) -> None:
        """Let `run()` end soon. Any thread, and signal handlers, may call this."""
        self._stopped.set()
        self._inbox.wake()

    def _turn(self) -> None:
        now_s = time.monotonic()
        if self._up_since_s is None and now_s >= self._knock_at_s:
            if self._line is None:
                self._knock(now_s)
            else:
                self._hang_up(f"the broker has not let us in for {self._line.knock_s:.0f} s", now_s)
        timeout_s = TURN_S if self._up_since_s is not None else max(0.0, self._knock_at_s - time.monotonic())
        batch, happening = self._gather(timeout_s)
        if batch and self._line is not None:
            self._settle(batch, self._line)
        if self._up_since_s is not None and self._line is not None and now_s >= self._turn_due_s:
            self._turn_due_s = now_s + TURN_S
            for desk in self._desks:
                self._attempt(partial(desk.turn, self._line, now_s))
        match happening:
            case Up():
                self._came_up()
            case Down(why):
                self._hang_up(why, time.monotonic())
        if self._receipts and self._up_since_s is not None and self._line is not None:
            self._tell(self._line)

    def _gather(self, timeout_s: float) -> tuple[list[Heard], Up | Down | None]:
        """What is there, or the first that comes; and what came after it."""
        batch: list[Heard] = []
        messages = size = 0
        happening = self._inbox.take(self._line, timeout_s)
        while isinstance(happening, Heard):
            batch.append(happening)
            messages += len(happening.packets)
            size += happening.size
            if messages >= BATCH_MESSAGES or size >= BATCH_BYTES:
                return batch, None
            happening = self._inbox.take(self._line, 0)
        return batch, happening

    def _knock(self, now_s: float) -> None:
        def happen(happening: Happening) -> None:
            self._inbox.put(line, happening)

        line = self._dial(happen)
        self._line = line
        self._knock_at_s = now_s + line.knock_s
        try:
            line.connect()
        except BrokerAway as error:
            self._hang_up(str(error), time.monotonic())

    def _came_up(self) -> None:
        self._up_since_s = time.monotonic()
        self._trouble = ""
        self._tell_line(True)
        log.info("broker: connected, listening to all doors")
        for desk in self._desks:
            if self._line is not None:
                self._attempt(partial(desk.came_up, self._line))

    def _hang_up(self, why: str, now_s: float) -> None:
        if self._line is not None:
            self._line.close()
        if self._up_since_s is not None and now_s - self._up_since_s >= STEADY_S:
            self._knock_again.reset()
        self._line = None
        self._up_since_s = None
        self._knock_at_s = now_s + self._knock_again.next_s()
        self._tell_line(False)
        if why != self._trouble:
            self._trouble = why
            log.warning("%s; trying again for as long as it takes", why)

    def _settle(self, batch: Sequence[Heard], line: Line) -> None:
        """Commit, then acknowledge to the connection that delivered, and have receipts to send."""
        received = [one for heard in batch for one in heard.received]
        for heard in batch:
            received += [
                foreign(message) for topic, message in heard.others if not self._hand_on(topic, message, line)
            ]
        outcome = self._commit(received) if received else Outcome()
        if outcome is None:
            return
        line.acknowledge(chain.from_iterable(heard.packets for heard in batch))
        for kiosk, receipt in outcome.receipts:
            self._receipts[kiosk, receipt.epoch] = receipt
        if self._desks and (events := [event for one in received for event in one.events]):
            for desk in self._desks:
                self._attempt(partial(desk.stored, events, line))
        if outcome.set_aside:
            log.warning("%d messages or events set aside: see `collector visits`", outcome.set_aside)

    def _tell(self, line: Line) -> None:
        """Sign and send the receipts that wait, unless others will soon take their place."""
        now_s = time.monotonic()
        wait_s = min(RECEIPT_S * len(self._receipts), LONGEST_RECEIPTS_S)
        if not self._inbox.is_empty() and now_s - self._told_at_s < wait_s:
            return
        self._told_at_s = now_s
        line.post_receipts(
            [(kiosk, self._sign(kiosk, receipt)) for (kiosk, _), receipt in self._receipts.items()]
        )
        self._receipts.clear()

    def _hand_on(self, topic: Topic | None, message: Delivered, line: Line) -> bool:
        """Give a message to those who listen to its channel; whether there are any."""
        if topic is None:
            return False
        desks = [desk for desk in self._desks if topic.channel in desk.channels]
        for desk in desks:
            self._attempt(partial(desk.heard, topic, message.payload, line))
        return bool(desks)

    def _attempt(self, work: Callable[[], None]) -> None:
        """Have something done that visits must not wait for: a database in trouble does not stop them."""
        try:
            work()
        except Error as error:
            if not database.passes(error):
                raise
            log.error("database: %s; a message of a door is left undone, and will come again", error)  # noqa: TRY400
            connections.close_all()

    def _commit(self, batch: Sequence[Received]) -> Outcome | None:
        """Write until it is written; None when we are to stop before that."""
        pauses = Pauses(FIRST_RETRY_S, LONGEST_RETRY_S)
        trouble = ""
        while not self._stopped.is_set():
            try:
                outcome = self._store(batch)
            except Error as error:
                if not database.passes(error):
                    raise
                if str(error) != trouble:
                    trouble = str(error)
                    log.error("database: %s; nothing is lost, trying again for as long as it takes", trouble)  # noqa: TRY400 - known trouble, no traceback
                connections.close_all()
                self._stopped.wait(pauses.next_s())
            else:
                if trouble:
                    log.info("database: works again")
                return outcome
        return None
