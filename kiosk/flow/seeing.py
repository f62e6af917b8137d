"""Codes before the camera or a reader: read, or in view and not read yet."""

from dataclasses import replace

from kiosk import cues
from kiosk.effects import Recall, Say, Sound
from kiosk.events import CodesRead
from kiosk.flow import asking, guarding
from kiosk.flow.answering import Step, show
from kiosk.flow.pausing import must_stay, used
from kiosk.formats import recognise
from kiosk.glimpse import Glimpse
from kiosk.model import Moment, Reason, Unreadable, Verdict, Visitor
from kiosk.rules import Policy
from kiosk.states import Asking, Hint, OutOfOrder, Saving, Sighting, State, Waiting

HINT_AFTER_S = 1.5
"""A code that is in view so long and not read gets a hint."""

HINT_KEPT_S = 1.0
"""A code that was not seen for so long is gone."""


def glimpsed(state: State, glimpse: Glimpse, now: Moment) -> Step:
    """A code is in view and cannot be read."""
    if not isinstance(state, Waiting):
        return state, ()
    at_s, old = now.monotonic_s, state.hint
    hint = Hint(glimpse, old.since_s if old else at_s, at_s)
    shows_first = is_due(hint) and not (old and is_due(old))
    said = (Sound(cues.HINT), Say(f"hint.{glimpse}", state.memory.language))
    return replace(state, hint=hint), said if shows_first else ()


def is_due(hint: Hint) -> bool:
    """Whether a code has been in view so long that a hint is a help, and no disturbance."""
    return hint.last_s - hint.since_s >= HINT_AFTER_S


def read(state: State, codes: CodesRead, now: Moment, policy: Policy) -> Step:
    """Codes that were read."""
    if isinstance(state, Saving | OutOfOrder) or must_stay(state):
        return state, ()
    subject = _subject(codes.texts, now, policy)
    # Somebody who carries two codes is one; of codes that tell of nobody, each is its own.
    is_text = isinstance(subject, Unreadable) and not subject.badge and len(codes.texts) == 1
    mark = hash(codes.texts if is_text else subject)
    seen = state.memory.sightings
    recent = tuple(one for one in seen if now.monotonic_s - one.at_s < policy.same_code_s)
    others = tuple(one for one in recent if one.mark != mark)
    memory = replace(state.memory, sightings=(*others, Sighting(mark, now.monotonic_s)))
    if others != recent:
        return replace(state, memory=memory), ()
    if isinstance(state, Asking):
        asked = state.visit.visitor.identity
        if isinstance(subject, Unreadable) or subject.identity == asked:
            return replace(state, memory=memory), ()
        # Somebody else is there: the visit of whoever was asked first, then theirs.
        memory = replace(state.memory, sightings=recent, next=codes)
        return asking.finished(replace(state, memory=memory))
    state = used(replace(state, memory=memory), now)
    if isinstance(subject, Visitor):
        return state, (Recall(subject, codes.source),)
    if subject.badge and policy.guards:
        return _badge(state, subject.badge, now, policy)
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


def _badge(state: State, badge: str, now: Moment, policy: Policy) -> Step:
    guard = next((guard.name for guard in policy.guards if guard.badge == badge), None)
    if guard is None:
        return show(state.memory, Verdict(Reason.NO_GUARD), now, policy)
    return guarding.begun(state.memory, guard, now, policy)
