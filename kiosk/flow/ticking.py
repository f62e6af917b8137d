"""What time brings, and what devices do that nobody asked."""

from dataclasses import replace

from kiosk.events import Tick
from kiosk.flow import asking, seeing, setting_up
from kiosk.flow.answering import Step
from kiosk.flow.pausing import alone, relieved, resting
from kiosk.model import Moment
from kiosk.rules import Policy
from kiosk.states import (
    Asking,
    Checking,
    Menu,
    OutOfOrder,
    Saving,
    SettingUp,
    Showing,
    State,
    Typing,
    Waiting,
)


def ticked(state: State, tick: Tick, now: Moment, policy: Policy) -> Step:
    """Time passed."""
    if isinstance(state, Saving):
        return state, ()
    state = _in_service(state, tick, now, policy)
    if state.memory.next is not None and tick.able:
        codes, memory = state.memory.next, replace(state.memory, next=None)
        return seeing.read(replace(state, memory=memory), codes, now, policy)
    if isinstance(state, OutOfOrder):
        return (resting(state.memory, now) if tick.able else state), ()
    if isinstance(state, Asking):
        is_over = not tick.able or now.monotonic_s >= state.until_s
        return asking.finished(state, now) if is_over else (state, ())
    state = _passed(state, tick, now, policy)
    if not tick.able and not isinstance(state, Showing):
        return OutOfOrder(memory=state.memory), ()
    return _set_up(state, tick, now, policy), ()


def _passed(state: State, tick: Tick, now: Moment, policy: Policy) -> State:
    """The same, or what comes when its time is over."""
    match state:
        case Showing():
            return _shown(state, tick, now, policy)
        case Waiting(hint=hint) if hint and now.monotonic_s - hint.last_s > seeing.HINT_KEPT_S:
            return replace(state, hint=None)
        case Typing() if now.monotonic_s >= state.memory.typed_until_s:
            return Waiting(memory=replace(state.memory, typed=""))
        case Checking(until_s=until_s) if now.monotonic_s >= until_s:
            return resting(state.memory, now)
        case Menu() if now.monotonic_s >= state.until_s or state.memory.duty is None:
            return resting(state.memory, now)
    return state


def _in_service(state: State, tick: Tick, now: Moment, policy: Policy) -> State:
    """The same state, with what time and devices do to the memory."""
    memory = replace(state.memory, has_keys=tick.has_keys)
    if isinstance(state, Waiting | SettingUp):
        memory = alone(memory, now, policy)
    memory = relieved(replace(state, memory=memory), now, policy)
    return state if memory == state.memory else replace(state, memory=memory)


def _shown(state: Showing, tick: Tick, now: Moment, policy: Policy) -> State:
    until_s = state.until_s
    if until_s is None and not tick.has_keys:
        # An answer that waits for a key waits for ever only where there is one.
        until_s = state.since.monotonic_s + policy.result_s
    return resting(state.memory, now) if until_s is not None and now.monotonic_s >= until_s else state


def _set_up(state: State, tick: Tick, now: Moment, policy: Policy) -> State:
    is_open = setting_up.is_open(state.memory, now, policy)
    if isinstance(state, Waiting | SettingUp) and (tick.stages or is_open):
        return SettingUp(memory=state.memory, stages=tick.stages)
    return Waiting(memory=state.memory) if isinstance(state, SettingUp) else state
