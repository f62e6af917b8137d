"""Codes before the camera or a reader: read, or in view and not read yet."""

from dataclasses import replace

from kiosk import cues
from kiosk.effects import Recall, Say, Sound
from kiosk.events import CodesRead
from kiosk.flow import asking, guarding, setting_up
from kiosk.flow.answering import Step, show
from kiosk.flow.pausing import must_stay
from kiosk.flow.setting_up import HeldUp
from kiosk.formats import recognise
from kiosk.glimpse import Glimpse
from kiosk.model import Moment, Reason, Source, Unreadable, Verdict, Visitor
from kiosk.rules import Policy
from kiosk.states import Asking, Hint, OutOfOrder, Saving, Showing, Sighting, State, Waiting

HINT_AFTER_S = 1.5
"""A code that is in view so long and not read gets a hint."""

KEYPAD_AFTER_S = 8.0
"""A code that could not be read for so long had better be keyed in."""

HINT_KEPT_S = 1.0
"""A code that was not seen for so long is gone."""


def glimpsed(state: State, glimpse: Glimpse, now: Moment) -> Step:
    """A code is in view and cannot be read."""
    if not isinstance(state, Waiting):
        return state, ()
    at_s, old = now.monotonic_s, state.hint
    hint = Hint(glimpse, old.since_s if old else at_s, at_s)
    state = replace(state, hint=hint)
    if in_vain_s(hint) >= KEYPAD_AFTER_S > in_vain_s(old):
        return state, (Say("hint.keypad", state.memory.language),)
    if in_vain_s(hint) >= HINT_AFTER_S > in_vain_s(old):
        return state, (Sound(cues.HINT), Say(f"hint.{glimpse}", state.memory.language))
    return state, ()


def in_vain_s(hint: Hint | None) -> float:
    """For how long a code has been in view without being read."""
    return hint.last_s - hint.since_s if hint else 0.0


def is_due(hint: Hint) -> bool:
    """Whether a code has been in view so long that a hint is a help, and no disturbance."""
    return in_vain_s(hint) >= HINT_AFTER_S


def read(state: State, codes: CodesRead, now: Moment, policy: Policy) -> Step:
    """Codes that were read."""
    if isinstance(state, Saving | OutOfOrder) or must_stay(state):
        return state, _unheard(state, codes)
    held = setting_up.held_up(state.memory, codes.texts, now, policy)
    subject = held or _subject(codes.texts, now, policy)
    # Somebody who carries two codes is one; of codes that tell of nobody, each is its own.
    is_text = isinstance(subject, Unreadable) and not subject.badge and len(codes.texts) == 1
    mark = hash(codes.texts if is_text else subject)
    seen = state.memory.sightings
    recent = tuple(one for one in seen if now.monotonic_s - one.at_s < policy.same_code_s)
    others = tuple(one for one in recent if one.mark != mark)
    memory = replace(state.memory, sightings=(*others, Sighting(mark, now.monotonic_s)))
    if others != recent or _is_answered(state, subject):
        return replace(state, memory=memory), ()
    if isinstance(state, Asking):
        if not isinstance(subject, Visitor) and not (isinstance(subject, Unreadable) and subject.badge):
            return replace(state, memory=memory), _unheard(state, codes)
        # Somebody else is there: the visit of whoever was asked first, then theirs.
        memory = replace(state.memory, sightings=recent, next=codes)
        return asking.finished(replace(state, memory=memory), now)
    state = replace(state, memory=memory)
    if isinstance(subject, Visitor):
        return state, (Recall(subject, codes.source),)
    if isinstance(subject, HeldUp):
        return setting_up.taken(state, subject, now, policy)
    if subject.reason is Reason.TECHNICIAN_CODE and policy.sets_up:
        return setting_up.shown_badge(state, subject.expires, now, policy)
    if subject.badge and policy.guards:
        return _badge(state, subject, now, policy)
    return show(state.memory, Verdict(subject.reason), now, policy)


def _subject(texts: tuple[str, ...], now: Moment, policy: Policy) -> Visitor | Unreadable:
    """Whom the codes before the camera tell of; codes of nobody beside a visitor's do not matter."""
    # A clock that nobody set must not call a code expired.
    at = now.utc if now.trusted else None
    found = [recognise(text, policy.trust, at) for text in texts]
    visitors = {who.identity: who for who in found if isinstance(who, Visitor)}
    if len(visitors) > 1:
        return Unreadable(Reason.SEVERAL_VISITORS)
    return next(iter(visitors.values()), None) or found[0]


def _is_answered(state: State, subject: Visitor | Unreadable | HeldUp) -> bool:
    """Whether it is whoever is being asked, or just was: a card held up all the while is no second visit."""
    match state:
        case Asking(visit=visit):
            known: Visitor | None = visit.visitor
        case Showing(verdict=verdict, answered=True):
            known = verdict.visitor
        case _:
            known = None
    return isinstance(subject, Visitor) and known is not None and subject.identity == known.identity


def _unheard(state: State, codes: CodesRead) -> tuple[Sound, ...]:
    """A camera sees a code again and again; a reader tells it once, and beeps as if all were well."""
    if codes.source is not Source.READER or isinstance(state, Saving):
        return ()
    return (Sound(cues.ALARM if must_stay(state) else cues.REFUSED),)


def _badge(state: State, badge: Unreadable, now: Moment, policy: Policy) -> Step:
    memory = state.memory
    # The clock is never behind the last visit, even where nobody has set it: what is over by then is over.
    if badge.expires is not None and now.utc >= badge.expires:
        return show(memory, Verdict(Reason.EXPIRED_CODE), now, policy)
    guard = next((guard.name for guard in policy.guards if guard.badge == badge.badge), None)
    if guard is None:
        return show(memory, Verdict(Reason.NO_GUARD), now, policy)
    if memory.typed and memory.duty and memory.duty.guard != guard:
        # A number that one guard has begun must not become another's, by a badge worn on the chest.
        return state, (Sound(cues.ERASE),)
    return guarding.begun(memory, guard, now, policy)
