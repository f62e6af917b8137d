"""A fleet at work: its doors dial, people come, and in the end all is confirmed or it is said what is not."""

import asyncio
import json
import math
import random
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from kiosk.errors import KioskError
from mqtt_bridge.client import CONNECT_S
from mqtt_bridge.fleet import tls
from mqtt_bridge.fleet.agenda import Agenda
from mqtt_bridge.fleet.common import Common
from mqtt_bridge.fleet.door import Door
from mqtt_bridge.fleet.ledger import Ledger
from mqtt_bridge.fleet.ledger import Line as LedgerLine
from mqtt_bridge.fleet.line import Line
from mqtt_bridge.fleet.plan import Plan
from mqtt_bridge.fleet.tally import Tally
from mqtt_bridge.orders import Downlink
from mqtt_bridge.renewing import Renewing
from mqtt_bridge.topics import Channel

AT_ONCE = 64
"""So many doors connect at the same time: here they share a processor, where real ones have one each."""
DOORS_A_SECOND = 500
"""How fast doors begin to knock, on average, where no storm is wanted."""
FAREWELL_S = 10.0
LOOK_S = 0.05


class Fleet:
    """
    All doors. Belongs to the loop that runs it.

    Args:
        plan: What is to be done.
        tell: Told what happens, each time as the name of an event and what belongs to it; without a name
            each second.
    """

    def __init__(self, plan: Plan, tell: Callable[[Mapping[str, Any]], None]) -> None:
        self._plan = plan
        self._tell = tell
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._turnstile = asyncio.Semaphore(AT_ONCE)
        self._changed: set[Door] = set()
        self._ending = asyncio.Event()
        self._given_up = asyncio.Event()
        self._storm_s = 0.0
        self._storm_events: dict[str, Callable[[], bool]] = {}
        self._started_s = loop.time()
        self._ledger = Ledger(plan.ledger, plan.told)
        told = plan.told
        self._common = Common(
            told=told,
            agenda=Agenda(loop),
            tally=Tally(written=told.doors * told.backlog),
            street=self,
            channels=_channels(tls=plan.wardrobe is not None),
            keepalive_s=plan.keepalive_s,
            hosts=len(plan.hosts),
            keys=plan.keys,
            person=plan.person,
            ends_s=plan.seconds,
            visits_left=plan.visits,
        )
        chance = random.Random(told.seed)  # noqa: S311 (no secret)
        self._doors = [
            Door(self._common, number, chance.randrange(len(plan.hosts)))
            for number in range(1, told.doors + 1)
        ]
        self._changed.update(self._doors)
        within_s = 0.0 if plan.storm else told.doors / DOORS_A_SECOND
        for door in self._doors:
            self._common.agenda.at(self._started_s + chance.random() * within_s, door.knock)

    async def run(self) -> bool:
        """
        Run until it is told to end, or all is written and confirmed, or doors do not come.

        Returns:
            Whether all doors came, and all is confirmed.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._told_to_end)
        self._loop.add_signal_handler(signal.SIGUSR1, self._lose_lines)
        self._loop.set_exception_handler(self._failed)
        telling = self._begin_task(self._tell_each_second())
        try:
            came = await self._come()
            self._begin()
            await self._until(lambda: self._is_written, self._ending)
            self._common.visits_left = 0
            await self._until(lambda: self._is_confirmed, self._given_up, self._plan.patience_s)
            self._tell_end_of_storm()
        finally:
            telling.cancel()
        if self._failure is not None:
            raise self._failure
        summary, is_confirmed = self._summary(), self._is_confirmed
        self._note()
        self._ledger.close()
        await self._leave()
        self._tell(summary)
        return came and is_confirmed

    def dial(self, door: Door, line: Line) -> None:
        """Connect a line for a door."""
        self._begin_task(self._dial(door, line))

    def changed(self, door: Door) -> None:
        """There is news of a door for the ledger."""
        self._changed.add(door)

    @property
    def _is_whole(self) -> bool:
        return self._common.tally.connected == len(self._doors)

    def _has_more_than(self, doors: int) -> bool:
        return self._common.tally.connected > doors

    @property
    def _is_written(self) -> bool:
        common = self._common
        return common.visits_left <= 0 or self._loop.time() - common.began_s >= common.ends_s

    @property
    def _is_confirmed(self) -> bool:
        return self._common.tally.confirmed == self._common.tally.written

    async def _dial(self, door: Door, line: Line) -> None:
        host, wardrobe = self._plan.hosts[door.host], self._plan.wardrobe
        async with self._turnstile:
            door.knocking()
            try:
                async with asyncio.timeout(CONNECT_S):
                    if wardrobe is None:
                        await self._loop.create_connection(lambda: line, host.host, host.port)
                    else:
                        await tls.connect(wardrobe, line, kiosk=door.kiosk, host=host.host, port=host.port)
            except (OSError, ValueError) as error:
                line.fail(f"broker {host.host}:{host.port}: {str(error) or 'no answer'}")

    async def _until(
        self, true: Callable[[], bool], unless: asyncio.Event, longest_s: float = math.inf
    ) -> None:
        """Wait until something is so, or an event, for so long at the most."""
        end_s = self._loop.time() + longest_s
        while not true() and self._loop.time() < end_s:
            try:
                await asyncio.wait_for(unless.wait(), LOOK_S)
            except TimeoutError:
                continue
            return

    async def _come(self) -> bool:
        """Wait until all doors are connected, and while one more is within the patience; whether they are."""
        before = -1
        while not self._is_whole and not self._ending.is_set() and self._common.tally.connected > before:
            before = self._common.tally.connected
            more = partial(self._has_more_than, before)
            await self._until(more, self._ending, self._plan.patience_s)
        if self._is_whole:
            return True
        self._ending.set()
        missing = len(self._doors) - self._common.tally.connected
        seconds = round(self._loop.time() - self._started_s, 2)
        self._tell({"event": "missing", "doors": missing, "seconds": seconds})
        return False

    def _begin(self) -> None:
        """All doors are open: people come."""
        common = self._common
        if self._ending.is_set():
            return
        common.began_s, common.began_ms = self._loop.time(), int(time.time() * 1000)
        self._ledger.begin(common.began_ms)
        seconds = round(common.began_s - self._started_s, 2)
        self._tell({"event": "connected", "doors": len(self._doors), "seconds": seconds})
        for door in self._doors:
            door.expect()

    def _told_to_end(self) -> None:
        if self._ending.is_set():
            self._given_up.set()
        self._ending.set()

    def _lose_lines(self) -> None:
        self._storm_s = self._loop.time()
        self._storm_events = {"reconnected": lambda: self._is_whole}
        if self._common.began_ms is not None:
            self._storm_events["served"] = lambda: not self._common.unserved
        self._tell({"event": "storm", "doors": self._common.tally.connected})
        for door in self._doors:
            door.storm()

    def _begin_task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failed(self._loop, {"exception": task.exception()})

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """End it all for a disk that refuses the ledger, or for a bug; lines that fail are no matter."""
        failure = context.get("exception")
        if failure is None or (isinstance(failure, OSError) and not isinstance(failure, KioskError)):
            loop.default_exception_handler(context)
            return
        self._failure = self._failure or failure
        self._ending.set()
        self._given_up.set()

    async def _tell_each_second(self) -> None:
        due_s = self._loop.time()
        while True:
            due_s += 1
            while self._loop.time() < due_s:
                await asyncio.sleep(min(LOOK_S, max(0, due_s - self._loop.time())))
                self._tell_end_of_storm()
            self._note()
            self._tell(self._counts())

    def _tell_end_of_storm(self) -> None:
        for event in [event for event, is_so in self._storm_events.items() if is_so()]:
            del self._storm_events[event]
            seconds = round(self._loop.time() - self._storm_s, 2)
            self._tell({"event": event, "doors": len(self._doors), "seconds": seconds})

    def _counts(self) -> dict[str, Any]:
        tally = self._common.tally
        return {
            "connected": tally.connected,
            "written": tally.written,
            "confirmed": tally.confirmed,
            "resent": tally.resent,
            "reconnects": tally.reconnects,
        }

    def _note(self) -> None:
        changed, self._changed = self._changed, set()
        self._ledger.note(
            LedgerLine(
                kiosk=door.kiosk,
                door=door.number,
                epoch=door.journal.epoch,
                written=door.journal.written,
                through=door.journal.settled,
                reconnects=door.reconnects,
                resent=door.resent,
                storms=json.dumps(door.journal.storms),
            )
            for door in changed
        )

    async def _leave(self) -> None:
        self._common.is_closing = True
        for door in self._doors:
            door.leave()
        await self._until(lambda: all(door.is_gone for door in self._doors), asyncio.Event(), FAREWELL_S)
        self._common.agenda.close()

    def _summary(self) -> dict[str, Any]:
        common, tally = self._common, self._common.tally
        seconds = 0.0 if common.began_ms is None else self._loop.time() - common.began_s
        return {
            "event": "done",
            "doors": len(self._doors),
            "seconds": round(seconds, 2),
            "confirmed_s": round(seconds, 2) if self._is_confirmed else None,
            **self._counts(),
            "disbelieved": tally.disbelieved,
            "p50_ms": tally.wait_ms(0.5),
            "p99_ms": tally.wait_ms(0.99),
            "troubles": dict(tally.troubles.most_common(10)),
        }


def _channels(*, tls: bool) -> tuple[Channel, ...]:
    """What a real box listens to that has been enrolled."""
    renewing = Renewing.channels if tls else frozenset()
    return (Channel.RECEIPT, *sorted(Downlink.channels), *sorted(renewing))
