"""A door that a test can walk through: the flow, with a journal that answers at once."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from kiosk import views, words
from kiosk.effects import CheckPin, Effect, Enrol, ListVisits, Recall, Save, Say, Sound, TakeBack, Wanted
from kiosk.errors import JournalFailed
from kiosk.events import (
    CodesRead,
    Event,
    KeyPressed,
    NotSaved,
    PinChecked,
    Recalled,
    Saved,
    TakenBack,
    Tick,
    VisitsListed,
)
from kiosk.flow import step
from kiosk.manner import Manner, Plate
from kiosk.model import Reason, Status
from kiosk.roster import Roster
from kiosk.rules import Guard, Policy
from kiosk.signals import View
from kiosk.states import Showing, State, Waiting
from tests.fakes import MORNING, FakeClock, FakeJournal

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MIDNIGHT = MORNING - timedelta(hours=8, minutes=5)
PLATE = Plate(place="UBND phường Chiềng An", door="Cửa chính")
PIN, OTHER_PIN = "264819", "918273"
AN, BINH = "Lò Văn An", "Quàng Thị Bình"
GUARDED = Policy(ZONE, guards=(Guard(AN), Guard(BINH)))
WELL = Status(line_up=True)


def manner(policy: Policy | None = None, *languages: str, plate: Plate = PLATE) -> Manner:
    """How a door of the tests behaves; Vietnamese unless told otherwise."""
    spoken = tuple(words.load(language) for language in languages or ("vi",))
    return Manner(replace(policy or Policy(ZONE), languages=len(spoken)), plate, spoken)


@dataclass
class Door:
    """A door, where it stands now, and what it has sounded and said."""

    policy: Policy = field(default_factory=lambda: Policy(ZONE))
    clock: FakeClock = field(default_factory=FakeClock)
    journal: FakeJournal = field(default_factory=FakeJournal)
    state: State = field(default_factory=Waiting)
    pins: dict[str, str] = field(default_factory=lambda: {PIN: AN, OTHER_PIN: BINH})
    sounds: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    handed_over: list[str] = field(default_factory=list)
    roster: Roster = field(default_factory=Roster)

    def happen(self, *events: Event) -> "Door":
        for event in events:
            self.state, effects = step(self.state, event, self.clock.now(), self.policy)
            for effect in effects:
                try:
                    self._act(effect)
                except JournalFailed:
                    self.happen(NotSaved())
        return self

    def show(self, text: str) -> "Door":
        return self.happen(CodesRead((text,)))

    def type(self, keys: str) -> "Door":
        return self.happen(*map(KeyPressed, keys))

    def wait(self, seconds: float) -> "Door":
        self.clock.move(seconds)
        return self.happen(Tick())

    @property
    def reason(self) -> Reason | None:
        return self.state.verdict.reason if isinstance(self.state, Showing) else None

    @property
    def typed(self) -> str:
        return self.state.memory.typed

    @property
    def guard(self) -> str | None:
        return self.state.memory.duty.guard if self.state.memory.duty else None

    def view(self, *languages: str, status: Status = WELL, plate: Plate = PLATE) -> View:
        return views.view(self.state, status, self.clock.now(), manner(self.policy, *languages, plate=plate))

    def _act(self, effect: Effect) -> None:
        match effect:
            case Sound(cue):
                self.sounds.append(cue.name)
            case Say(phrase):
                self.said.append(phrase)
            case Enrol(text):
                self.handed_over.append(text)
            case Recall(visitor, source):
                self.happen(Recalled(visitor, source, self.journal.last_visit(visitor, MIDNIGHT)))
            case CheckPin(pin):
                self.happen(PinChecked(self.pins.get(pin)))
            case ListVisits(wanted, most):
                inside = wanted is Wanted.INSIDE
                found = self.journal.inside(MIDNIGHT) if inside else self.journal.recent(MIDNIGHT, most)
                self.happen(VisitsListed(self.roster.listed(found, MIDNIGHT)))
            case TakeBack(sequence, operator):
                correction = self.journal.take_back(sequence, self.clock.now(), operator)
                self.happen(TakenBack(correction is not None))
            case Save(visit):
                sequence = self.journal.append(visit)
                now_s = self.clock.now().monotonic_s
                self.roster.remember(sequence, views.abbreviated(visit.visitor), now_s, MIDNIGHT)
                self.happen(Saved())
