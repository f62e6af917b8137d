"""From a visitor to a visit on disk, and from there to the answer on the screen."""

from dataclasses import replace

from kiosk import cues
from kiosk.effects import Effect, Save, Say, Sound
from kiosk.events import Recalled, TakenBack
from kiosk.flow.pausing import must_stay, patience
from kiosk.model import Direction, Moment, Reason, Source, Verdict, Visit
from kiosk.questions import PHONE, Question
from kiosk.rules import Policy, judge
from kiosk.states import Asking, Memory, OutOfOrder, Saving, Showing, State, Typing

IDENTIFY_S = 10.0
"""How long a box says which one it is."""

Step = tuple[State, tuple[Effect, ...]]


def recalled(state: State, event: Recalled, now: Moment, policy: Policy) -> Step:
    """What the journal knows of somebody: they are answered, asked, or written down."""
    if isinstance(state, Saving | OutOfOrder) or must_stay(state):
        return state, ()
    verdict = judge(event.visitor, event.last, now, policy)
    memory, keyed = state.memory, event.source is Source.KEYPAD
    if not verdict.is_visit or verdict.direction is None:
        return show(_served(memory, keyed), verdict, now, policy, keyed=keyed)
    visit = Visit(
        visitor=event.visitor,
        direction=verdict.direction,
        source=event.source,
        at=now,
        operator=memory.duty.guard if keyed and memory.duty else None,
    )
    asked = _asked(visit, memory, policy)
    if not asked:
        return save(memory, visit, verdict)
    asking = Asking(
        memory=_served(memory, keyed),
        visit=visit,
        verdict=verdict,
        questions=asked,
        until_s=now.monotonic_s + patience(policy.asking_s, memory),
    )
    return asking, (Say("question", memory.language),)


def save(memory: Memory, visit: Visit, verdict: Verdict) -> Step:
    """Write a visit down before a word is said."""
    keyed = visit.source is Source.KEYPAD
    return Saving(memory=memory, verdict=verdict, keyed=keyed), (Save(visit),)


def saved(state: Saving, now: Moment, policy: Policy) -> Step:
    """It is on disk: now it may be said."""
    return show(_served(state.memory, state.keyed), state.verdict, now, policy, keyed=state.keyed)


def not_saved(state: State, now: Moment, policy: Policy) -> Step:
    """The disk refuses: say so, until somebody takes note."""
    # The code counts as not seen, so that it is tried again then.
    memory = replace(state.memory, sightings=(), next=None)
    keyed = isinstance(state, Typing) or (isinstance(state, Saving) and state.keyed)
    return show(memory, Verdict(Reason.NOT_SAVED), now, policy, keyed=keyed)


def taken_back(state: Saving, event: TakenBack, now: Moment, policy: Policy) -> Step:
    """The correction is on disk, or there was nothing to correct."""
    verdict = state.verdict if event.done else Verdict(Reason.TOO_LATE)
    return show(state.memory, verdict, now, policy)


def show(memory: Memory, verdict: Verdict, now: Moment, policy: Policy, *, keyed: bool = False) -> Step:
    """Put an answer on the screen, and sound it."""
    lasts_s = IDENTIFY_S if verdict.reason is Reason.IDENTIFY else patience(policy.result_s, memory)
    showing = Showing(
        memory=memory,
        verdict=verdict,
        since=now,
        until_s=None if verdict.reason is Reason.NOT_SAVED else now.monotonic_s + lasts_s,
        keyed=keyed,
    )
    sound, phrase = Sound(cues.answer(verdict.reason)), cues.phrase(verdict.reason)
    return showing, (sound, Say(phrase, memory.language)) if phrase else (sound,)


def _served(memory: Memory, keyed: bool) -> Memory:
    """The memory after a visitor was answered: a number that was keyed in for them has done its work."""
    return replace(memory, typed="") if keyed else memory


def _asked(visit: Visit, memory: Memory, policy: Policy) -> tuple[Question, ...]:
    """What somebody who comes in is asked, where there are keys to answer with."""
    if visit.direction is Direction.OUT or not memory.has_keys:
        return ()
    lacks_phone = policy.asks_phone and not visit.visitor.phone
    return (PHONE, *policy.questions) if lacks_phone else policy.questions
