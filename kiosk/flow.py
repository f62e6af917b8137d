"""
The whole behaviour of the door: `step(state, event, now, policy)` gives the next state and what to do.

Pure: it decides, the loop acts. Nobody is welcomed before the disk has answered: `Showing` with a visit is
only ever entered from `Saving`, by `Saved`.
"""

from dataclasses import dataclass, field, replace

from kiosk import cues
from kiosk.effects import Effect, Recall, Save, Sound
from kiosk.events import Called, CodeGlimpsed, CodesRead, Event, KeyPressed, NotSaved, Recalled, Saved, Tick
from kiosk.formats import number, recognise
from kiosk.glimpse import Glimpse
from kiosk.model import Moment, Reason, Source, Unreadable, Verdict, Visit, Visitor
from kiosk.rules import Policy, judge

MAX_DIGITS = 15
"""Longest number that can be typed: as long as an international phone number (ITU-T E.164)."""


STRAY_KEY_S = 1.0
"""A second `#` so soon after the first was meant for the number, not for the answer."""


HINT_AFTER_S = 1.5
"""A code that is in view so long and not read gets a hint."""

HINT_KEPT_S = 1.0
"""A code that was not seen for so long is gone."""

IDENTIFY_S = 10.0
"""How long a box says which one it is."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code that was before the camera, known by a mark that does not tell its text."""

    mark: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Hint:
    """
    What the camera sees of a code that it cannot read.

    Attributes:
        glimpse: Why, as the last such frame told.
        since_s: When the first of these frames was taken (monotonic).
        last_s: When the last was.
    """

    glimpse: Glimpse
    since_s: float
    last_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembering:
    """What every state carries on: the codes seen just now, and a number that was being typed."""

    sightings: tuple[Sighting, ...] = ()
    typed: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(_Remembering):
    """Nobody is at the door, or somebody whose code is not read yet: then `hint` says why."""

    hint: Hint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing(_Remembering):
    """A number is being keyed in; it stands in `typed`. It is forgotten at `until_s` (monotonic)."""

    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving(_Remembering):
    """A visit is on its way to the disk; nothing else counts until the disk has answered."""

    visit: Visit
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing(_Remembering):
    """
    An answer is on the screen, from `since` until `until_s` (monotonic).

    `until_s` is None for an answer that stays until somebody presses a key. `keyed` is whether it answers a
    number that was keyed in.
    """

    verdict: Verdict
    since: Moment
    until_s: float | None
    keyed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfOrder(_Remembering):
    """The door cannot serve anybody."""


State = Waiting | Typing | Saving | Showing | OutOfOrder


Step = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event, now: Moment, policy: Policy) -> Step:
    """
    The next state of the door, and what is to be done.

    Total: any event in any state has an answer, and none raises.
    """
    match event:
        case Tick():
            return _tick(state, event, now, policy)
        case CodesRead():
            return _codes(state, event, now, policy)
        case CodeGlimpsed(glimpse):
            return _glimpsed(state, glimpse, now)
        case KeyPressed(key):
            return _key(state, key, now, policy)
        case Recalled():
            return _recalled(state, event, now, policy)
        case Called() if not (isinstance(state, Saving) or _must_stay(state)):
            return _show(state, Verdict(Reason.IDENTIFY), now, policy)
        case Called():
            # What is on the screen must stay; the ear finds the box too.
            return state, (Sound(cues.answer(Reason.IDENTIFY)),)
        case Saved() if isinstance(state, Saving):
            return _show(_served(state, state.visit.source), state.verdict, now, policy)
        case NotSaved() if not isinstance(state, OutOfOrder):
            # The code counts as not seen, so that it is tried again as soon as somebody has taken note.
            return _show(replace(state, sightings=()), Verdict(Reason.NOT_SAVED), now, policy)
    return state, ()


def resting(state: State, now: Moment, policy: Policy) -> State:
    """Where the door goes when nothing is left to show: on with the typed number, or to waiting."""
    if state.typed:
        until_s = now.monotonic_s + policy.typing_s
        return Typing(sightings=state.sightings, typed=state.typed, until_s=until_s)
    return Waiting(sightings=state.sightings)


def _must_stay(state: State) -> bool:
    """Whether only a key may take this state away."""
    return isinstance(state, Showing) and state.until_s is None


def _served(state: State, source: Source) -> State:
    """The state after a visitor was answered: a number that was keyed in for them has done its work."""
    return replace(state, typed="") if source is Source.KEYPAD else state


def _tick(state: State, tick: Tick, now: Moment, policy: Policy) -> Step:
    if isinstance(state, OutOfOrder):
        return (resting(state, now, policy), ()) if tick.able else (state, ())
    if isinstance(state, Saving):
        return state, ()
    if isinstance(state, Showing):
        # An answer that waits for a key waits for ever only where there is one.
        until_s = state.until_s
        if until_s is None and not tick.has_keys:
            until_s = state.since.monotonic_s + policy.result_s
        over = until_s is not None and now.monotonic_s >= until_s
        state = resting(state, now, policy) if over else state
    elif isinstance(state, Waiting):
        if state.hint is not None and now.monotonic_s - state.hint.last_s > HINT_KEPT_S:
            state = replace(state, hint=None)
    elif isinstance(state, Typing) and now.monotonic_s >= state.until_s:
        state = Waiting(sightings=state.sightings)
    if not tick.able and not isinstance(state, Showing):
        return OutOfOrder(sightings=state.sightings, typed=state.typed), ()
    return state, ()


def _glimpsed(state: State, glimpse: Glimpse, now: Moment) -> Step:
    if not isinstance(state, Waiting):
        return state, ()
    at_s, old = now.monotonic_s, state.hint
    hint = Hint(glimpse, old.since_s if old else at_s, at_s)
    shows_first = is_due(hint) and not (old and is_due(old))
    return replace(state, hint=hint), (Sound(cues.HINT),) if shows_first else ()


def is_due(hint: Hint) -> bool:
    """Whether a code has been in view so long that a hint is a help, and no disturbance."""
    return hint.last_s - hint.since_s >= HINT_AFTER_S


def _codes(state: State, read: CodesRead, now: Moment, policy: Policy) -> Step:
    if isinstance(state, Saving | OutOfOrder) or _must_stay(state):
        return state, ()
    subject = _subject(read.texts, now, policy)
    # Somebody who carries two codes is one; of codes that tell of nobody, each is its own.
    mark = hash(read.texts if isinstance(subject, Unreadable) and len(read.texts) == 1 else subject)
    recent = tuple(seen for seen in state.sightings if now.monotonic_s - seen.at_s < policy.same_code_s)
    others = tuple(seen for seen in recent if seen.mark != mark)
    state = replace(state, sightings=(*others, Sighting(mark, now.monotonic_s)))
    if others != recent:
        return state, ()
    if isinstance(subject, Unreadable):
        return _show(state, Verdict(subject.reason), now, policy)
    return state, (Recall(subject, read.source),)


def _subject(texts: tuple[str, ...], now: Moment, policy: Policy) -> Visitor | Unreadable:
    """Whom the codes before the camera tell of; codes of nobody beside a visitor's do not matter."""
    # A clock that nobody set must not call a code expired.
    at = now.utc if now.trusted else None
    found = [recognise(text, policy.trust, at) for text in texts]
    visitors = {who.identity: who for who in found if isinstance(who, Visitor)}
    if len(visitors) > 1:
        return Unreadable(Reason.SEVERAL_VISITORS)
    return next(iter(visitors.values()), None) or found[0]


def _key(state: State, key: str, now: Moment, policy: Policy) -> Step:
    if isinstance(state, Saving | OutOfOrder):
        return state, ()
    if isinstance(state, Showing):
        if state.keyed and key == "#" and now.monotonic_s - state.since.monotonic_s < STRAY_KEY_S:
            return state, ()
        if _must_stay(state) or not (key.isdigit() or state.typed):
            return resting(state, now, policy), (Sound(cues.CLICK),)
    if key == "*":
        return _typed(state, state.typed[:-1], Sound(cues.ERASE), now, policy)
    if key == "#":
        return _confirm(state, now, policy)
    if len(state.typed) >= MAX_DIGITS:
        return state, (Sound(cues.ERASE),)
    return _typed(state, state.typed + key, Sound(cues.CLICK), now, policy)


def _typed(state: State, typed: str, sound: Sound, now: Moment, policy: Policy) -> Step:
    opened = not typed and isinstance(state, Waiting)
    if opened:
        until_s = now.monotonic_s + policy.typing_s
        return Typing(sightings=state.sightings, until_s=until_s), (Sound(cues.CLICK),)
    return resting(replace(state, typed=typed), now, policy), (sound,)


def _confirm(state: State, now: Moment, policy: Policy) -> Step:
    if not isinstance(state, Typing):
        return state, ()
    if not state.typed:
        return Waiting(sightings=state.sightings), (Sound(cues.ERASE),)
    subject = number.recognise(state.typed)
    if isinstance(subject, Visitor):
        return state, (Sound(cues.CLICK), Recall(subject, Source.KEYPAD))
    return _show(state, Verdict(Reason.WRONG_NUMBER), now, policy)


def _recalled(state: State, event: Recalled, now: Moment, policy: Policy) -> Step:
    if isinstance(state, Saving | OutOfOrder) or _must_stay(state):
        return state, ()
    verdict = judge(event.visitor, event.last, now, policy)
    if not verdict.is_visit or verdict.direction is None:
        return _show(_served(state, event.source), verdict, now, policy)
    visit = Visit(visitor=event.visitor, direction=verdict.direction, source=event.source, at=now)
    saving = Saving(sightings=state.sightings, typed=state.typed, visit=visit, verdict=verdict)
    return saving, (Save(visit),)


def _show(state: State, verdict: Verdict, now: Moment, policy: Policy) -> Step:
    stays = verdict.reason is Reason.NOT_SAVED
    keyed = isinstance(state, Typing) or (isinstance(state, Saving) and state.visit.source is Source.KEYPAD)
    lasts_s = IDENTIFY_S if verdict.reason is Reason.IDENTIFY else policy.result_s
    showing = Showing(
        sightings=state.sightings,
        typed=state.typed,
        verdict=verdict,
        since=now,
        until_s=None if stays else now.monotonic_s + lasts_s,
        keyed=keyed,
    )
    return showing, (Sound(cues.answer(verdict.reason)),)
