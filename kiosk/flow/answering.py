"""From a visitor to a visit on disk, and from there to the answer on the screen."""

from dataclasses import replace
from datetime import timedelta

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
        return show(served(memory, keyed), verdict, now, policy, keyed=keyed)
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
        memory=served(memory, keyed),
        visit=visit,
        verdict=verdict,
        questions=asked,
        since_s=now.monotonic_s,
        until_s=now.monotonic_s + patience(policy.asking_s, memory),
    )
    return asking, (Say("question", memory.language),)


def save(memory: Memory, visit: Visit, verdict: Verdict, *, answered: bool = False) -> Step:
    """Write a visit down before a word is said."""
    keyed = visit.source is Source.KEYPAD
    saving = Saving(memory=memory, verdict=verdict, at=visit.at, keyed=keyed, answered=answered)
    return saving, (Save(visit),)


def restated(at: Moment, now: Moment) -> Moment:
    """A moment that is past, told by the clock as it stands now: it may have become true in between."""
    if at.trusted or not now.trusted:
        return at
    return replace(at, utc=now.utc - timedelta(seconds=now.monotonic_s - at.monotonic_s), trusted=True)


def saved(state: Saving, now: Moment, policy: Policy) -> Step:
    """It is on disk: now it may be said."""
    step, effects = show(served(state.memory, state.keyed), state.verdict, now, policy, keyed=state.keyed)
    return replace(step, at=state.at, answered=state.answered), effects


def not_saved(state: State, now: Moment, policy: Policy) -> Step:
    """The disk refuses: say so, until somebody takes note."""
    # The code counts as not seen, so that it is tried again then.
    memory = replace(state.memory, sightings=(), next=None)
    keyed = isinstance(state, Typing) or (isinstance(state, Saving) and state.keyed)
    return show(memory, Verdict(Reason.NOT_SAVED), now, policy, keyed=keyed)


def taken_back(state: Saving, event: TakenBack, now: Moment, policy: Policy) -> Step:
    """The correction is on disk, or there was nothing to correct."""
    verdict = state.verdict if event.done else Verdict(Reason.TOO_LATE)
    return show(state.memory, verdict, now, policy, keyed=True)


def show(
    memory: Memory, verdict: Verdict, now: Moment, policy: Policy, *, keyed: bool = False
) -> tuple[Showing, tuple[Effect, ...]]:
    """Put an answer on the screen, and sound it."""
    lasts_s = IDENTIFY_S if verdict.reason is Reason.IDENTIFY else patience(policy.result_s, memory)
    stays = verdict.reason is Reason.NOT_SAVED
    if memory.typed and not stays:
        # A number waits for its turn; nobody can type while an answer stands.
        memory = replace(memory, typed_until_s=memory.typed_until_s + lasts_s)
    until_s = None if stays else now.monotonic_s + lasts_s
    showing = Showing(memory=memory, verdict=verdict, since=now, until_s=until_s, keyed=keyed)
    sound, phrase = Sound(cues.answer(verdict.reason)), cues.phrase(verdict.reason)
    return showing, (sound, Say(phrase, memory.language)) if phrase else (sound,)


def served(memory: Memory, keyed: bool) -> Memory:
    """The memory after a visitor was answered: a number that was keyed in for them has done its work."""
    return replace(memory, typed="") if keyed else memory


def _asked(visit: Visit, memory: Memory, policy: Policy) -> tuple[Question, ...]:
    """What somebody who comes in is asked, where there are keys to answer with."""
    if visit.direction is Direction.OUT or not memory.has_keys:
        return ()
    lacks_phone = policy.asks_phone and not visit.visitor.phone
    return (PHONE, *policy.questions) if lacks_phone else policy.questions
