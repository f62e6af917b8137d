"""What the flow asks to be done, done: at the journal, the sounder, the voice, and the guards' list."""

import logging
from collections.abc import Callable

from kiosk import cues, pins, views
from kiosk.devices import Devices
from kiosk.effects import (
    CheckPin,
    Effect,
    Enrol,
    Examine,
    ListVisits,
    Recall,
    Save,
    Say,
    Sound,
    TakeBack,
    Wanted,
)
from kiosk.errors import JournalFailed
from kiosk.events import Event, NotSaved, PinChecked, Recalled, Saved, TakenBack, VisitsListed
from kiosk.manner import Manner
from kiosk.model import Moment
from kiosk.ports import Journal
from kiosk.roster import Roster
from kiosk.rules import day_start
from kiosk.signals import Cue

log = logging.getLogger(__name__)

ALWAYS_LOUD = frozenset({cues.ALARM, cues.IDENTIFY})
"""No quiet hour softens these."""

OF_KEYS = frozenset({cues.CLICK, cues.ERASE})
"""What keys sound."""


class Deeds:
    """
    Does what the flow asks for. Belongs to the main thread.

    Args:
        devices: Sounder and voice are used.
        journal: Where visits are written.
        enrol: Takes set-up codes; raises `JournalFailed`. None for a box that is not enrolled by any.
        examine: Begins to look at the box; what is found comes as a report. None where nobody looks.
    """

    def __init__(
        self,
        devices: Devices,
        journal: Journal,
        enrol: Callable[[str], None] | None = None,
        examine: Callable[[], None] | None = None,
    ) -> None:
        self._devices = devices
        self._journal = journal
        self._enrol = enrol
        self._examine = examine
        self._roster = Roster()
        self._answers_until_s = 0.0
        self._to_say: Say | None = None
        self.cue: Cue | None = None
        """The last that was played; whoever has taken note sets it to None."""

    def do(self, effect: Effect, now: Moment, manner: Manner) -> Event | None:
        """Do it; the event that it answers with, or None."""
        match effect:
            case Sound(cue):
                self._sound(cue, now, manner)
            case Say():
                self._to_say = effect
            case Examine() if self._examine is not None:
                self._examine()
            case _:
                return self._written(effect, now, manner)
        return None

    def _written(self, effect: Effect, now: Moment, manner: Manner) -> Event | None:
        """What reads or writes the disk, and may fail by that."""
        try:
            return self._do(effect, now, manner)
        except JournalFailed as error:
            log.error("%s", error)  # noqa: TRY400 (the message says all; a traceback adds nothing)
            return NotSaved()

    def speak(self, now: Moment, manner: Manner) -> None:
        """Say what was asked for; after the picture is painted, for a recording has to be read first."""
        if self._to_say is not None:
            spoken = manner.spoken(self._to_say.language).language
            self._devices.voice.say(self._to_say.phrase, spoken, manner.volume(now.utc))
            self._to_say = None

    def _sound(self, cue: Cue, now: Moment, manner: Manner) -> None:
        if cue in OF_KEYS and now.monotonic_s < self._answers_until_s:
            # The tone of an answer is what a guard lives by who looks away: no key cuts it short.
            return
        if cue not in OF_KEYS:
            self._answers_until_s = now.monotonic_s + sum(beep.ms for beep in cue.beeps) / 1000
        is_loud = cue in ALWAYS_LOUD
        self.cue = cue
        self._devices.buzzer.play(cue, manner.loudness.volume if is_loud else manner.volume(now.utc))

    def _do(self, effect: Effect, now: Moment, manner: Manner) -> Event | None:
        day = day_start(now, manner.policy.zone)
        match effect:
            case Recall(visitor, source):
                return Recalled(visitor, source, self._journal.last_visit(visitor, day))
            case CheckPin(pin):
                place = pins.matches(pin, list(manner.pins.values()))
                guard = None if place is None else list(manner.pins)[place]
                if guard is None:
                    log.warning("a PIN was wrong")
                return PinChecked(guard)
            case ListVisits(wanted, most):
                inside = wanted is Wanted.INSIDE
                found = self._journal.inside(day) if inside else self._journal.recent(day, most)
                return VisitsListed(self._roster.listed(found, day))
            case TakeBack(sequence, operator):
                correction = self._journal.take_back(sequence, now, operator)
                log.info("visit %d %s", sequence, "taken back" if correction else "cannot be taken back")
                return TakenBack(correction is not None)
            case Enrol(text) if self._enrol is not None:
                self._enrol(text)
                log.info("a set-up code was read, and handed over")
            case Save(visit):
                sequence = self._journal.append(visit)
                self._roster.remember(sequence, views.abbreviated(visit.visitor), now.monotonic_s, day)
                log.info("visit %d saved", sequence)
                return Saved()
        return None
