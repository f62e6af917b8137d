"""
The shell around the flow: one inbox, one owner of the state, workers at the edge.

Everything that happens comes in through the inbox and is taken one at a time: the flow decides, the effects
are done, and what is to be seen is painted before the next one is looked at, so that nobody's answer is
ever skipped.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Event

from kiosk import views
from kiosk.condition import Condition
from kiosk.deeds import Deeds
from kiosk.devices import Devices
from kiosk.errors import DiskRefuses, JournalFailed
from kiosk.events import Called, CodeGlimpsed, CodesRead, Ending, Examined, KeyPressed, SetupAsked, Tick
from kiosk.events import Event as Happening
from kiosk.findings import Finding
from kiosk.flow import setting_up, step
from kiosk.glimpse import Glimpse
from kiosk.health import Health
from kiosk.manner import Manner
from kiosk.model import Moment, Status
from kiosk.orders import Identify, NoOrders, Order, Orders, Restart, Shut
from kiosk.ports import Clock, Journal, Report, Told
from kiosk.reports import ButtonHeld, Closing, DeviceChange, Examination, KeyPress, Reading
from kiosk.signals import Glow, View
from kiosk.stages import Stage, Stages
from kiosk.states import State, Waiting
from kiosk.witness import Witness
from kiosk.workers import Crash, Workers

log = logging.getLogger(__name__)

TURN_S = 1 / 30
"""Longest pause between two turns: how smooth the camera's picture is, and how exact the timers are."""
STATUS_S = 1.0
"""How often the journal is asked what still waits."""
PRUNE_S = 3600.0
"""How often old visits are looked for, to be forgotten."""
FRAME_OVERDUE_S = 10.0
"""A scanner that is neither lost nor has seen a frame for so long is stuck: the watchdog may bite."""

_Told = Told | Examination | Crash


class Loop:
    """
    A door at work. Belongs to the main thread.

    Args:
        devices: Opened devices; closed at the end of `run()`.
        journal: The opened journal; closed at the end of `run()`.
        clock: Tells the time.
        manner: How the door looks, sounds and decides.
        health: Whom to tell that the door lives.
        keep: How long visits that the centre has are kept.
        orders: Who hears what the centre wants; None for nobody.
        stages: Tells how far setting up has come; None for a box that was never set up.
        enrol: Takes set-up codes; None for a box that is not enrolled by any.
        examine: Looks at all parts of a box that is as the status says, in a thread; None where nobody does.
        witness: Who writes down what is shown; None for nobody.
    """

    def __init__(
        self,
        *,
        devices: Devices,
        journal: Journal,
        clock: Clock,
        manner: Manner,
        health: Health,
        keep: timedelta = timedelta(days=30),
        orders: Orders | None = None,
        stages: Stages | None = None,
        enrol: Callable[[str], None] | None = None,
        examine: Callable[[Status], Iterable[Finding]] | None = None,
        witness: Witness | None = None,
    ) -> None:
        self._devices = devices
        self._journal = journal
        self._clock = clock
        self._manner = manner
        self._deeds = Deeds(devices, journal, enrol, self._begin_examination if examine else None)
        self._examine = examine
        self._examining = False
        self._tell_stages = stages
        self._stages: tuple[Stage, ...] = ()
        self._orders: Orders = orders or NoOrders()
        self._health = health
        self._keep = keep
        self._prune_due_s = 0.0
        self._witness = witness
        self._inbox: SimpleQueue[_Told] = SimpleQueue()
        self._workers = Workers(self._inbox.put)
        self.stop: Event = self._workers.stop
        """Set when the door closes: everything that waits should wait on it."""
        self._state: State = Waiting()
        self._condition = Condition()
        self._status_due_s = 0.0
        self._view: View | None = None
        self._glow: Glow | None = None
        self._opened_s = 0.0
        self._closing = False

    @property
    def report(self) -> Report:
        """How anything tells this door something. Any thread may call it."""
        return self._inbox.put

    @property
    def _status(self) -> Status:
        return self._condition.status

    def run(self) -> None:
        """
        Serve until somebody asks to close.

        Raises:
            RuntimeError: If a worker ended unasked; its own error is the cause.
        """
        try:
            self._begin("scanner", self._devices.scanner.run)
            self._begin("keypad", self._devices.keypad.run)
            self._begin("button", self._devices.button.run)
            self._begin("buzzer", self._devices.buzzer.run)
            opened = self._clock.now()
            self._opened_s = opened.monotonic_s
            self._show(opened)
            self._health.ready()
            log.info("door is open")
            while not self._closing:
                self.turn()
        finally:
            self._health.stopping()
            self._workers.end()
            self._devices.close()
            self._journal.close()
        log.info("door is closed")

    def accompany(self, name: str, run: Callable[[], object]) -> None:
        """Have something run beside the door, in a thread of its own; it may end before the door does."""
        self._workers.begin(name, run, may_end=True)

    def turn(self) -> None:
        """Take one happening, or let `TURN_S` pass; then show what is to be seen."""
        try:
            report = self._inbox.get(timeout=TURN_S)
        except Empty:
            report = None
        now = self._clock.now()
        if report is not None:
            self._take(report, now)
        self._look_around(now)
        if self._tell_stages is not None:
            is_open = setting_up.is_open(self._state.memory, now, self._manner.policy)
            self._stages = self._tell_stages(self._status, now, is_open=is_open)
        able, has_keys = self._condition.is_able, self._status.keypad_present
        self._feed(Tick(able=able, has_keys=has_keys, stages=self._stages), now)
        self._show(now)
        self._deeds.speak(now, self._manner)
        self._devices.screen.attend(self.report)
        if self._is_alive(now):
            self._health.alive()

    def _begin(self, name: str, run: Callable[[Report, Event], object]) -> None:
        self._workers.begin(name, lambda: run(self.report, self.stop))

    def _take(self, report: _Told, now: Moment) -> None:
        match report:
            case Reading(texts, source):
                self._feed(CodesRead(texts, source), now)
            case Glimpse():
                self._feed(CodeGlimpsed(report), now)
            case KeyPress(key):
                self._feed(KeyPressed(key), now)
            case ButtonHeld():
                self._feed(SetupAsked(), now)
            case DeviceChange():
                self._condition.changed(report)
            case Examination(findings):
                self._examining = False
                self._feed(Examined(findings), now)
            case Closing():
                self._close(now)
            case Crash(worker, error):
                self._feed(Ending(), now)
                raise RuntimeError(f"the {worker} ended unasked") from error

    def _begin_examination(self) -> None:
        """Have the box looked at in a thread of its own; one at a time, for whoever asks again."""
        if self._examining or self._examine is None:
            return
        self._examining = True
        findings = self._examine(self._status)
        self.accompany("examination", lambda: self._inbox.put(Examination(tuple(findings))))

    def _feed(self, happening: Happening, now: Moment) -> None:
        happenings = deque([happening])
        while happenings:
            before = self._state
            self._state, effects = step(self._state, happenings.popleft(), now, self._manner.policy)
            self._note(before)
            for effect in effects:
                answer = self._deeds.do(effect, now, self._manner)
                if answer is not None:
                    happenings.append(answer)

    def _note(self, before: State) -> None:
        """Log what has changed; never who."""
        if views.name(before) != views.name(self._state):
            log.debug("%s -> %s", views.name(before), views.name(self._state))
        if before.memory.duty != self._state.memory.duty:
            log.info("a guard's turn of duty %s", "begins" if self._state.memory.duty else "ends")

    def _look_around(self, now: Moment) -> None:
        if now.monotonic_s < self._status_due_s:
            return
        self._status_due_s = now.monotonic_s + STATUS_S
        try:
            self._keep_book(now)
            for order in self._orders.look(now):
                self._obey(order, now)
            waiting, line_up = self._journal.waiting(), self._journal.line_up()
        except DiskRefuses as error:
            self._condition.can_save = False
            self._health.status(f"out_of_order, {error}")
            return
        except JournalFailed:
            # The next visit will say it aloud; the signs keep what they last knew.
            return
        self._condition.looked(waiting=waiting, line_up=line_up, clock_trusted=now.trusted)
        line = "up" if line_up else "down"
        self._health.status(f"{views.name(self._state)}, {waiting} visits waiting, line {line}")
        serving, status = views.name(self._state) != "out_of_order", self._status
        with suppress(JournalFailed):  # as above
            self._journal.tell_door(
                serving=serving, camera=status.scanner_present, keypad=status.keypad_present
            )

    def _obey(self, order: Order, now: Moment) -> None:
        match order:
            case Manner():
                self._manner = order
            case Identify():
                self._feed(Called(), now)
            case Shut(notice):
                self._condition.shut(notice)
            case Restart():
                self._close(now)

    def _close(self, now: Moment) -> None:
        """Leave nothing unwritten behind."""
        self._feed(Ending(), now)
        self._closing = True

    def _keep_book(self, now: Moment) -> None:
        """Times are put right as soon as they can be; old visits go in small lots."""
        corrected = self._journal.keep_time(self._clock.anchor)
        if corrected:
            log.info("the clock is set: times of %d visits put right", corrected)
        if (
            now.trusted
            and now.monotonic_s >= self._prune_due_s
            and not self._journal.prune(now.utc - self._keep)
        ):
            self._prune_due_s = now.monotonic_s + PRUNE_S

    def _show(self, now: Moment) -> None:
        view = views.view(self._state, self._status, now, self._manner)
        glow = views.lamp(self._state, now)
        if view != self._view:
            self._devices.screen.show(view)
            self._devices.light.shine(on=not view.night)
            self._view = view
        if glow != self._glow:
            self._devices.lamp.light(glow)
            self._glow = glow
        if self._witness is not None:
            self._witness.note(view, glow, self._deeds.cue)
        self._deeds.cue = None

    def _is_alive(self, now: Moment) -> bool:
        if not self._status.scanner_present:
            return True
        seen_s = self._devices.scanner.last_frame_s or self._opened_s
        return now.monotonic_s - seen_s < FRAME_OVERDUE_S
