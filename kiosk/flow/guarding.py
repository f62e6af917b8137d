"""A guard's turn of duty: how it begins and ends, and what the guard's screen does."""

from dataclasses import replace

from kiosk import cues
from kiosk.effects import CheckPin, ListVisits, Sound, TakeBack, Wanted
from kiosk.events import PinChecked, VisitsListed
from kiosk.flow.answering import Step, show
from kiosk.flow.pausing import patience, resting
from kiosk.model import Moment, Reason, Verdict
from kiosk.roster import Listed
from kiosk.rules import Policy
from kiosk.states import Duty, Leaf, Memory, Menu, Saving, State, Waiting

PIN_DIGITS = 6
"""A guard's PIN has so many, and does not begin with 0: so no phone or ID card can look like one."""

MAX_WRONG_PINS = 5
"""So many wrong ones in a row lock the keypad for PINs, and so many more lock it again."""

LOCKED_S = 60.0
"""For how long at first; each further time doubles it."""

LONGEST_LOCKED_S = 900.0
"""A child at the keypad must not keep guards out for long; twenty guesses an hour are few enough."""

RECENT = 10
"""So many visits are listed."""

ROWS = 5
"""So many people stand on one page of a list."""


def may_be_pin(typed: str, policy: Policy) -> bool:
    """Whether a number that begins like this may become a guard's PIN: nobody must see it."""
    return bool(policy.guards) and not typed.startswith("0")


def is_pin(typed: str, policy: Policy) -> bool:
    """Whether a whole number is to be tried as a PIN."""
    return may_be_pin(typed, policy) and len(typed) == PIN_DIGITS


def try_pin(state: State, now: Moment, policy: Policy) -> Step:
    """Have the typed PIN looked at, unless too many were wrong."""
    memory, pin = replace(state.memory, typed=""), state.memory.typed
    if now.monotonic_s < memory.locked_until_s:
        return show(memory, Verdict(Reason.LOCKED), now, policy, keyed=True)
    return replace(state, memory=memory), (CheckPin(pin),)


def pin_checked(state: State, event: PinChecked, now: Moment, policy: Policy) -> Step:
    """Whose PIN it was."""
    if event.guard is not None:
        return begun(state.memory, event.guard, now, policy)
    wrong = state.memory.wrong_pins + 1
    memory = replace(state.memory, wrong_pins=wrong)
    if wrong % MAX_WRONG_PINS:
        return show(memory, Verdict(Reason.WRONG_PIN), now, policy, keyed=True)
    times = wrong // MAX_WRONG_PINS
    lasts_s = min(LOCKED_S * 2.0 ** (times - 1), LONGEST_LOCKED_S)
    memory = replace(memory, locked_until_s=now.monotonic_s + lasts_s)
    return show(memory, Verdict(Reason.LOCKED), now, policy, keyed=True)


def begun(memory: Memory, guard: str, now: Moment, policy: Policy) -> Step:
    """A guard's turn begins, in the place of any other's."""
    duty = Duty(guard, now.monotonic_s + policy.duty_s)
    memory = replace(memory, duty=duty, wrong_pins=0, locked_until_s=0.0)
    return show(memory, Verdict(Reason.ON_DUTY, guard=guard), now, policy, keyed=True)


def ended(memory: Memory, now: Moment, policy: Policy) -> Step:
    """The guard has said that the turn is over."""
    guard = memory.duty.guard if memory.duty else ""
    return show(replace(memory, duty=None, typed=""), Verdict(Reason.OFF_DUTY, guard=guard), now, policy)


def opened(memory: Memory, now: Moment, policy: Policy) -> Menu:
    """The guard's screen, at its first page."""
    return Menu(memory=memory, until_s=now.monotonic_s + patience(policy.typing_s, memory))


def chosen(state: Menu, key: str, now: Moment, policy: Policy) -> Step:
    """A key, while the guard's screen is open."""
    state = replace(state, until_s=now.monotonic_s + patience(policy.typing_s, state.memory))
    match state.leaf, key:
        case Leaf.CONTENTS, "1":
            return replace(state, leaf=Leaf.INSIDE), (Sound(cues.CLICK), ListVisits(Wanted.INSIDE, 0))
        case Leaf.CONTENTS, "2":
            return replace(state, leaf=Leaf.RECENT), (Sound(cues.CLICK), ListVisits(Wanted.RECENT, RECENT))
        case Leaf.CONTENTS, "3":
            return replace(state, leaf=Leaf.TAKE_BACK), (Sound(cues.CLICK), ListVisits(Wanted.RECENT, RECENT))
        case Leaf.CONTENTS, "4":
            return ended(state.memory, now, policy)
        case Leaf.CONTENTS, "#":
            return Waiting(memory=state.memory), (Sound(cues.CLICK),)
        case Leaf.TAKE_BACK, "1" if state.visits:
            return _take_back(state, now, policy)
        case Leaf.INSIDE | Leaf.RECENT, "*" if pages(state.visits) > 1:
            return replace(state, turn=(state.turn + 1) % pages(state.visits)), (Sound(cues.CLICK),)
        case _, "#":
            return opened(state.memory, now, policy), (Sound(cues.CLICK),)
    return state, (Sound(cues.ERASE),)


def listed(state: State, event: VisitsListed, now: Moment, policy: Policy) -> Step:
    """The visits that the guard's screen asked for."""
    if not isinstance(state, Menu):
        return state, ()
    if state.leaf is not Leaf.TAKE_BACK:
        return replace(state, visits=event.visits, turn=0), ()
    last = next((one for one in event.visits if _can_be_taken_back(one, now, policy)), None)
    if last is None:
        return show(state.memory, Verdict(Reason.TOO_LATE), now, policy)
    return replace(state, visits=(last,)), ()


def pages(visits: tuple[Listed, ...]) -> int:
    """How many pages a list has, at least one."""
    return max(1, -(-len(visits) // ROWS))


def closed(state: Menu, now: Moment, policy: Policy) -> State:
    """Where the door goes when nobody has touched the guard's screen for long, or the turn is over."""
    return resting(state.memory, now, policy)


def _can_be_taken_back(one: Listed, now: Moment, policy: Policy) -> bool:
    age_s = (now.utc - one.visit.at).total_seconds()
    return not one.visit.taken_back and age_s <= policy.take_back_s


def _take_back(state: Menu, now: Moment, policy: Policy) -> Step:
    (one,), duty = state.visits, state.memory.duty
    if duty is None or not _can_be_taken_back(one, now, policy):
        return show(state.memory, Verdict(Reason.TOO_LATE), now, policy)
    verdict = Verdict(Reason.TAKEN_BACK, guard=duty.guard)
    return Saving(memory=state.memory, verdict=verdict), (TakeBack(one.visit.sequence, duty.guard),)
