"""How long things last, and where the door goes when nothing is left to show."""

from dataclasses import replace

from kiosk.model import Moment
from kiosk.rules import Policy
from kiosk.states import Memory, Showing, State, Typing, Waiting


def patience(seconds: float, memory: Memory) -> float:
    """A time limit, or twice as much for somebody who has asked for time."""
    return seconds * 2 if memory.unhurried else seconds


def resting(memory: Memory, now: Moment, policy: Policy) -> State:
    """On with the typed number, or to waiting."""
    if memory.typed:
        return Typing(memory=memory, until_s=now.monotonic_s + patience(policy.typing_s, memory))
    return Waiting(memory=memory)


def used(state: State, now: Moment) -> State:
    """The same state, with somebody before the door."""
    return replace(state, memory=replace(state.memory, used_s=now.monotonic_s))


def alone(memory: Memory, now: Moment, policy: Policy) -> Memory:
    """The memory once nobody has been there for a while: the next visitor speaks the first language."""
    if not (memory.language or memory.unhurried) or now.monotonic_s - memory.used_s < policy.language_s:
        return memory
    return replace(memory, language=0, unhurried=False)


def relieved(memory: Memory, now: Moment, policy: Policy) -> Memory:
    """The memory with the turn of duty ended if its time is over, or the guard is none here any more."""
    if memory.duty is None:
        return memory
    is_guard = any(guard.name == memory.duty.guard for guard in policy.guards)
    return memory if is_guard and now.monotonic_s < memory.duty.until_s else replace(memory, duty=None)


def must_stay(state: State) -> bool:
    """Whether only a key may take this state away."""
    return isinstance(state, Showing) and state.until_s is None
