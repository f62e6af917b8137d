"""
Setting up: by codes of a centre, while it is open for them.

A box that is nobody's takes anybody's code: the centre that the code names checks it. A box in service takes
none, until a technician's badge or its button opens it for some minutes; then only those that its own centre
has signed. Nothing else that is held up opens it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from kiosk import cues
from kiosk.effects import Enrol, Sound
from kiosk.flow.answering import Step, show
from kiosk.flow.pausing import must_stay, resting
from kiosk.model import Moment, Reason, Unreadable, Verdict
from kiosk.rules import Policy
from kiosk.setup_codes import SetupCode, opened
from kiosk.states import Asking, Memory, OutOfOrder, Saving, SettingUp, State


@dataclass(frozen=True, slots=True)
class HeldUp:
    """
    A set-up code that was held up while setting up is open.

    Attributes:
        text: What the code holds.
        fault: Why it cannot be used; None where nothing speaks against it.
    """

    text: str = field(repr=False)
    fault: Reason | None


def is_open(memory: Memory, now: Moment, policy: Policy) -> bool:
    """Whether set-up codes are taken now."""
    return policy.sets_up and (policy.is_nobodys or now.monotonic_s < memory.setup_until_s)


def held_up(memory: Memory, texts: tuple[str, ...], now: Moment, policy: Policy) -> HeldUp | None:
    """The set-up code among those before the camera; None for none, and where none is taken."""
    if not is_open(memory, now, policy):
        return None
    for text in texts:
        code = opened(text, None)
        if isinstance(code, SetupCode):
            return HeldUp(text, _fault(text, code, now, policy))
        if isinstance(code, Unreadable) and policy.is_nobodys:
            return HeldUp(text, code.reason)
    return None


def taken(state: State, held: HeldUp, now: Moment, policy: Policy) -> Step:
    """A set-up code: handed over to whoever enrols the box, or refused."""
    memory = replace(state.memory, typed="")
    if held.fault is not None:
        return show(memory, Verdict(held.fault), now, policy)
    if not policy.is_nobodys:
        memory = replace(memory, setup_until_s=now.monotonic_s + policy.setup_s)
    return SettingUp(memory=memory, stages=()), (Enrol(held.text), Sound(cues.ON_DUTY))


def shown_badge(state: State, expires: datetime | None, now: Moment, policy: Policy) -> Step:
    """A technician's badge: it opens setting up, while it is good."""
    # The clock is never behind the last visit, even where nobody has set it: what is over by then is over.
    if expires is not None and now.utc >= expires:
        return show(state.memory, Verdict(Reason.EXPIRED_CODE), now, policy)
    return _opened(state, now, policy)


def asked(state: State, now: Moment, policy: Policy) -> Step:
    """Somebody held the button down."""
    if not policy.sets_up or isinstance(state, Saving | Asking | OutOfOrder) or must_stay(state):
        return state, ()
    return _opened(state, now, policy)


def closed(state: State, now: Moment) -> Step:
    """The technician is done."""
    memory = replace(state.memory, setup_until_s=0.0)
    return resting(memory, now), (Sound(cues.OFF_DUTY),)


def _opened(state: State, now: Moment, policy: Policy) -> Step:
    memory = replace(state.memory, typed="", setup_until_s=now.monotonic_s + policy.setup_s)
    return SettingUp(memory=memory, stages=()), (Sound(cues.ON_DUTY),)


def _fault(text: str, code: SetupCode, now: Moment, policy: Policy) -> Reason | None:
    if not policy.is_nobodys and not isinstance(opened(text, policy.trust.own), SetupCode):
        return Reason.FOREIGN_SETUP
    # A clock that nobody set must not call a code expired; the centre will.
    return Reason.EXPIRED_SETUP if now.trusted and now.utc >= code.expires else None
