"""How long things last, and where the door goes when nothing is left to show."""

from dataclasses import replace

from kiosk.model import Moment
from kiosk.rules import Policy
from kiosk.states import Asking, Memory, Showing, State, Typing, Waiting


def patience(seconds: float, memory: Memory) -> float:
    """A time limit, or twice as much for somebody who has asked for time."""
    return seconds * 2 if memory.unhurried else seconds


def typing(memory: Memory, now: Moment, policy: Policy) -> Typing:
    """The keypad, open for the typed number from now on."""
    until_s = now.monotonic_s + patience(policy.typing_s, memory)
    return Typing(memory=replace(memory, typed_until_s=until_s))


def resting(memory: Memory, now: Moment) -> State:
    """On with the typed number, if its time is not over, or to waiting."""
    if memory.typed and now.monotonic_s < memory.typed_until_s:
        return Typing(memory=memory)
    return Waiting(memory=replace(memory, typed=""))


def used(state: State, now: Moment) -> State:
    """The same state, with somebody at the keys."""
    return replace(state, memory=replace(state.memory, used_s=now.monotonic_s))


def alone(memory: Memory, now: Moment, policy: Policy) -> Memory:
    """The memory once no key was pressed for a while: the next visitor finds the first language."""
    if not (memory.language or memory.unhurried) or now.monotonic_s - memory.used_s < policy.language_s:
        return memory
    return replace(memory, language=0, unhurried=False)


def relieved(state: State, now: Moment, policy: Policy) -> Memory:
    """
    The memory with the turn of duty ended if its time is over, or the guard is none here any more.

    Whoever is being keyed in meanwhile stands under the guard who began it, as long as typing may last.
    """
    memory, duty = state.memory, state.memory.duty
    if duty is None:
        return memory
    grace_s = patience(policy.typing_s, memory) if isinstance(state, Typing | Asking) else 0.0
    is_guard = any(guard.name == duty.guard for guard in policy.guards)
    stays = is_guard and now.monotonic_s < duty.until_s + grace_s
    return memory if stays else replace(memory, duty=None)


def must_stay(state: State) -> bool:
    """Whether only a key may take this state away."""
    return isinstance(state, Showing) and state.until_s is None
