"""How the box is, told to the centre: each minute, and soon after something changes."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from msgspec import structs

from kiosk import __version__, machine
from kiosk.errors import JournalFailed
from kiosk.store.facts import DoorFacts, Facts
from kiosk.store.holding import DOOR, is_held
from mqtt_bridge.client import Line
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire.health import Clock, Door, Health, Queue, State, encode_health

log = logging.getLogger(__name__)

EVERY_S = 60.0
LOOK_S = 5.0
"""How often it is looked whether something has changed; so, no more is told than one message in this time."""
_DISK_SHARE = 0.05
"""Free space that changed by less than this share of itself is no news."""
_EPOCH = datetime.fromtimestamp(0, UTC)


class Vitals:
    """
    Tells the centre how the box is. A `mqtt_bridge.bridge.Companion`.

    Args:
        look: Looks at the box, all but how much is stored.
        stored: Counts what is stored, which takes longer.
    """

    channels: frozenset[Channel] = frozenset()

    def __init__(self, look: Callable[[], Health], stored: Callable[[], int]) -> None:
        self._look = look
        self._stored = stored
        self._told: Health | None = None
        self._tell_due_s = self._look_due_s = 0.0
        self._trouble = ""

    def came_up(self, _line: Line) -> None:
        """The new broker may know nothing of us."""
        self._told = None
        self._look_due_s = 0.0

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:
        """Nothing comes down to us."""

    def turn(self, line: Line | None, now_s: float) -> None:
        """Tell what is to be told."""
        if line is None or now_s < self._look_due_s:
            return
        self._look_due_s = now_s + LOOK_S
        try:
            health = self._look()
            if self._told is not None and now_s < self._tell_due_s and not is_news(self._told, health):
                return
            health = structs.replace(health, queue=structs.replace(health.queue, stored=self._stored()))
        except JournalFailed as error:
            # Visits go on as they can; the centre misses our health, and says so.
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.warning("health not told: %s", error)
            return
        self._trouble = ""
        if line.post(Channel.HEALTH, encode_health(health), retain=True) is not None:
            self._told = health
            self._tell_due_s = now_s + EVERY_S


class Look:
    """
    Looks at the box. Belongs to the thread that made it.

    Args:
        facts: The journal.
        folder: Where it lies.
        boot: Id of the machine's boot.
        is_clock_trusted: Whether a time service has set the clock.
        throttled: Why the processor was slowed down.
        certificate_expires: When the box's certificate runs out; None when it has none.
        enrolled: Whether the box has the credentials of a centre.
        keeps_names: Whether persons are kept, as long as the door has not said so itself.
    """

    def __init__(
        self,
        *,
        facts: Facts,
        folder: Path,
        boot: str,
        is_clock_trusted: Callable[[], bool],
        throttled: Callable[[], int | None],
        certificate_expires: Callable[[], datetime | None],
        enrolled: bool,
        keeps_names: bool,
    ) -> None:
        self._facts = facts
        self._folder = folder
        self._boot = UUID(boot)
        self._is_clock_trusted = is_clock_trusted
        self._throttled = throttled
        self._certificate_expires = certificate_expires
        self._enrolled = enrolled
        self._keeps_names = keeps_names

    def __call__(self) -> Health:
        """
        How the box is now; what is stored is not counted.

        Raises:
            JournalFailed: If the journal cannot be read.
        """
        queue = self._facts.under_way()
        told = self._facts.door()
        return Health(
            version=__version__,
            boot=self._boot,
            uptime_s=machine.uptime_s(),
            queue=Queue(waiting=queue.waiting, sent=queue.sent, stored=0, aside=queue.aside),
            last_receipt=self._facts.last_receipt(),
            clock=Clock(trusted=self._is_clock_trusted(), time=datetime.now(UTC)),
            door=_door(told) if is_held(self._folder, DOOR) else Door(running=False),
            disk_free_mb=machine.disk_free_mb(self._folder),
            disk_read_only=machine.disk_read_only(self._folder),
            temperature_c=machine.temperature_c(),
            throttled=self._throttled(),
            config=self._facts.config(),
            enrolled=self._enrolled,
            keeps_names=told.keeps_names if told else self._keeps_names,
            certificate_expires=self._certificate_expires(),
        )


def is_news(before: Health, now: Health) -> bool:
    """Whether something has changed that the centre should learn before the minute is over."""
    had, has = before.disk_free_mb or 0, now.disk_free_mb or 0
    return abs(has - had) > had * _DISK_SHARE or _lasting(before) != _lasting(now)


def _lasting(health: Health) -> Health:
    """Health without what changes all the time."""
    queue = health.queue
    return structs.replace(
        health,
        uptime_s=0,
        queue=Queue(waiting=_magnitude(queue.waiting), sent=0, stored=0, aside=queue.aside),
        last_receipt=None,
        clock=Clock(trusted=health.clock.trusted, time=_EPOCH),
        disk_free_mb=None,
        temperature_c=None,
    )


def _magnitude(count: int) -> int:
    """Nought, some, hundreds, thousands …"""
    return 0 if count == 0 else max(2, len(str(count)))


def _door(told: DoorFacts | None) -> Door:
    if told is None:
        return Door(running=True)
    state: State = "serving" if told.serving else "out_of_order"
    return Door(running=True, state=state, camera=told.camera, keypad=told.keypad)
