"""
The whole behaviour of the door: `step(state, event, now, policy)` gives the next state and what to do.

Pure: it decides, the loop acts. Nobody is welcomed before the disk has answered: `Showing` with a visit is
only ever entered from `Saving`, by `Saved`.
"""

from dataclasses import dataclass, field, replace

from kiosk import cues
from kiosk.formats import number, recognise
from kiosk.model import LastVisit, Moment, Reason, Source, Unreadable, Verdict, Visit, Visitor
from kiosk.rules import Policy, judge
from kiosk.signals import Cue

MAX_DIGITS = 15
"""Longest number that can be typed: as long as an international phone number (ITU-T E.164)."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code that was before the camera, known by a mark that does not tell its text."""

    mark: int
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembering:
    """What every state carries on: the codes seen just now, and a number that was being typed."""

    sightings: tuple[Sighting, ...] = ()
    typed: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(_Remembering):
    """Nobody is at the door."""


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

    `until_s` is None for an answer that stays until somebody presses a key.
    """

    verdict: Verdict
    since: Moment
    until_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfOrder(_Remembering):
    """The door cannot serve anybody."""


State = Waiting | Typing | Saving | Showing | OutOfOrder


@dataclass(frozen=True, slots=True)
class CodeRead:
    """A code is before the camera. Comes again with every frame."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of the keypad: `0` to `9`, `*` or `#`."""

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recalled:
    """The journal's answer to `Recall`: the visitor's latest visit today, or None."""

    visitor: Visitor
    source: Source
    last: LastVisit | None


@dataclass(frozen=True, slots=True)
class Saved:
    """The visit is on disk."""


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The journal could not be read or written: the visit at hand is not recorded."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed. `able` is whether the door has any way left to learn who stands there."""

    able: bool = True


Event = CodeRead | KeyPressed | Recalled | Saved | NotSaved | Tick


@dataclass(frozen=True, slots=True)
class Recall:
    """Look up the visitor's latest visit and answer with `Recalled`, or `NotSaved`."""

    visitor: Visitor
    source: Source


@dataclass(frozen=True, slots=True)
class Save:
    """Write the visit to disk and answer with `Saved` or `NotSaved`."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Sound:
    """Play a cue."""

    cue: Cue


Effect = Recall | Save | Sound
Step = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event, now: Moment, policy: Policy) -> Step:
    """
    The next state of the door, and what is to be done.

    Total: any event in any state has an answer, and none raises.
    """
    match event:
        case Tick(able):
            return _tick(state, able, now, policy)
        case CodeRead(text):
            return _code(state, text, now, policy)
        case KeyPressed(key):
            return _key(state, key, now, policy)
        case Recalled():
            return _recalled(state, event, now, policy)
        case Saved():
            if isinstance(state, Saving):
                return _show(state, state.verdict, now, policy)
        case NotSaved():
            if not isinstance(state, OutOfOrder):
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


def _tick(state: State, able: bool, now: Moment, policy: Policy) -> Step:
    if isinstance(state, OutOfOrder):
        return (resting(state, now, policy), ()) if able else (state, ())
    if isinstance(state, Saving) or _must_stay(state):
        return state, ()
    if isinstance(state, Showing):
        over = state.until_s is not None and now.monotonic_s >= state.until_s
        state = resting(state, now, policy) if over else state
    elif isinstance(state, Typing) and now.monotonic_s >= state.until_s:
        state = Waiting(sightings=state.sightings)
    if not able and not isinstance(state, Showing):
        return OutOfOrder(sightings=state.sightings, typed=state.typed), ()
    return state, ()


def _code(state: State, text: str, now: Moment, policy: Policy) -> Step:
    if isinstance(state, Saving | OutOfOrder) or _must_stay(state):
        return state, ()
    mark = hash(text)
    recent = tuple(seen for seen in state.sightings if now.monotonic_s - seen.at_s < policy.same_code_s)
    others = tuple(seen for seen in recent if seen.mark != mark)
    state = replace(state, sightings=(*others, Sighting(mark, now.monotonic_s)))
    if others != recent:
        return state, ()
    subject = recognise(text)
    if isinstance(subject, Unreadable):
        return _show(state, Verdict(subject.reason), now, policy)
    return state, (Recall(subject, Source.CAMERA),)


def _key(state: State, key: str, now: Moment, policy: Policy) -> Step:
    if isinstance(state, Saving | OutOfOrder):
        return state, ()
    if _must_stay(state):
        return resting(state, now, policy), (Sound(cues.CLICK),)
    if isinstance(state, Showing) and not key.isdigit():
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
    if event.source is Source.KEYPAD:
        # The number has served; one that was interrupted by a code waits on in `typed`.
        state = replace(state, typed="")
    verdict = judge(event.visitor, event.last, now, policy)
    if not verdict.is_visit or verdict.direction is None:
        return _show(state, verdict, now, policy)
    visit = Visit(visitor=event.visitor, direction=verdict.direction, source=event.source, at=now)
    saving = Saving(sightings=state.sightings, typed=state.typed, visit=visit, verdict=verdict)
    return saving, (Save(visit),)


def _show(state: State, verdict: Verdict, now: Moment, policy: Policy) -> Step:
    stays = verdict.reason is Reason.NOT_SAVED
    showing = Showing(
        sightings=state.sightings,
        typed=state.typed,
        verdict=verdict,
        since=now,
        until_s=None if stays else now.monotonic_s + policy.result_s,
    )
    return showing, (Sound(cues.answer(verdict.reason)),)
