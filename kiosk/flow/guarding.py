"""A guard's turn of duty: how it begins and ends, and what the guard's screen does."""

from dataclasses import replace

from kiosk import cues
from kiosk.effects import CheckPin, Effect, ListVisits, Sound, TakeBack, Wanted
from kiosk.events import PinChecked, VisitsListed
from kiosk.flow.answering import Step, show
from kiosk.flow.pausing import patience
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

_CLICK, _ERASE = (Sound(cues.CLICK),), (Sound(cues.ERASE),)
_OPENED = {"1": Leaf.INSIDE, "2": Leaf.RECENT, "3": Leaf.TAKE_BACK}


def must_hide(typed: str, memory: Memory, policy: Policy) -> bool:
    """Whether a number that begins like this may be a guard's PIN: nobody must see it."""
    only_pins = not (memory.duty or policy.self_service)
    return bool(policy.guards) and (only_pins or not typed.startswith("0"))


def is_pin(typed: str, policy: Policy) -> bool:
    """Whether a whole number is to be tried as a PIN."""
    return bool(policy.guards) and len(typed) == PIN_DIGITS and not typed.startswith("0")


def try_pin(state: State, pin: str, now: Moment, policy: Policy) -> Step:
    """Have a PIN looked at, unless too many were wrong."""
    memory = replace(state.memory, typed="")
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


def opened(memory: Memory, now: Moment, policy: Policy) -> Menu:
    """The guard's screen, at its first page."""
    return Menu(memory=memory, until_s=now.monotonic_s + patience(policy.typing_s, memory))


def chosen(state: Menu, key: str, now: Moment, policy: Policy) -> Step:
    """A key, while the guard's screen is open."""
    until_s = now.monotonic_s + patience(policy.typing_s, state.memory)
    if key == "#" and is_pin(state.typed, policy):
        # `*`, PIN, `#` is what a guard is used to, also with another one on duty.
        return try_pin(replace(state, typed=""), state.typed, now, policy)
    typed = (state.typed + key)[: PIN_DIGITS + 1] if key.isdigit() else ""
    state = replace(state, until_s=until_s, typed=typed)
    if state.leaf is Leaf.CONTENTS:
        return _from_contents(state, key, now, policy)
    match state.leaf, key:
        # A key that is in no PIN.
        case Leaf.TAKE_BACK, "*" if state.visits:
            return _take_back(state, now, policy)
        case Leaf.INSIDE | Leaf.RECENT, "*" if pages(state.visits) > 1:
            return replace(state, turn=(state.turn + 1) % pages(state.visits)), _CLICK
        case _, "#":
            return opened(state.memory, now, policy), _CLICK
    return state, _CLICK if key.isdigit() else _ERASE


def listed(state: State, event: VisitsListed, now: Moment, policy: Policy) -> Step:
    """The visits that the guard's screen asked for."""
    if not isinstance(state, Menu):
        return state, ()
    if state.leaf is not Leaf.TAKE_BACK:
        return replace(state, visits=event.visits, turn=0), ()
    last = next((one for one in event.visits if _can_be_taken_back(one, now, policy)), None)
    if last is None:
        return replace(state, visits=()), (Sound(cues.REFUSED),)
    return replace(state, visits=(last,)), ()


def pages(visits: tuple[Listed, ...]) -> int:
    """How many pages a list has, at least one."""
    return max(1, -(-len(visits) // ROWS))


def _from_contents(state: Menu, key: str, now: Moment, policy: Policy) -> Step:
    if key in _OPENED:
        wanted = Wanted.INSIDE if key == "1" else Wanted.RECENT
        effects: tuple[Effect, ...] = (*_CLICK, ListVisits(wanted, RECENT))
        return replace(state, leaf=_OPENED[key]), effects
    if key == "0" and state.typed == "0":
        return _ended(state.memory, now, policy)
    if key == "#":
        return Waiting(memory=state.memory), _CLICK
    return state, _CLICK if key.isdigit() else _ERASE


def _ended(memory: Memory, now: Moment, policy: Policy) -> Step:
    guard = memory.duty.guard if memory.duty else ""
    memory = replace(memory, duty=None, typed="")
    return show(memory, Verdict(Reason.OFF_DUTY, guard=guard), now, policy, keyed=True)


def _can_be_taken_back(one: Listed, now: Moment, policy: Policy) -> bool:
    by_wall_s = (now.utc - one.visit.at).total_seconds()
    age_s = by_wall_s if one.saved_s is None else now.monotonic_s - one.saved_s
    return not one.visit.taken_back and 0 <= age_s <= policy.take_back_s


def _take_back(state: Menu, now: Moment, policy: Policy) -> Step:
    (one,), duty = state.visits, state.memory.duty
    if duty is None or not _can_be_taken_back(one, now, policy):
        return show(state.memory, Verdict(Reason.TOO_LATE), now, policy, keyed=True)
    verdict = Verdict(Reason.TAKEN_BACK, guard=duty.guard)
    effects = (TakeBack(one.visit.sequence, duty.guard),)
    return Saving(memory=state.memory, verdict=verdict, at=now, keyed=True), effects
