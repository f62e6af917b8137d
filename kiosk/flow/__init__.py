"""
The whole behaviour of the door: `step(state, event, now, policy)` gives the next state and what to do.

Pure: it decides, the loop acts. Nobody is welcomed before the disk has answered: `Showing` with a visit is
only ever entered from `Saving`, by `Saved`.
"""

from kiosk import cues
from kiosk.effects import Sound
from kiosk.events import (
    Called,
    CodeGlimpsed,
    CodesRead,
    Done,
    Ending,
    Event,
    Examined,
    KeyPressed,
    NotSaved,
    PinChecked,
    Recalled,
    Saved,
    SetupAsked,
    TakenBack,
    Tick,
    VisitsListed,
)
from kiosk.flow import answering, asking, checking, guarding, keying, seeing, setting_up, ticking
from kiosk.flow.answering import Step
from kiosk.flow.pausing import must_stay
from kiosk.model import Moment, Reason, Verdict
from kiosk.rules import Policy
from kiosk.states import Asking, Checking, Menu, OutOfOrder, Saving, State

__all__ = ["step"]


def step(state: State, event: Event, now: Moment, policy: Policy) -> Step:
    """
    The next state of the door, and what is to be done.

    Total: any event in any state has an answer, and none raises.
    """
    match event:
        case Tick():
            return ticking.ticked(state, event, now, policy)
        case CodesRead():
            return seeing.read(state, event, now, policy)
        case CodeGlimpsed(glimpse):
            return seeing.glimpsed(state, glimpse, now)
        case KeyPressed(key):
            return keying.pressed(state, key, now, policy)
        case Called():
            return _called(state, now, policy)
        case SetupAsked():
            return setting_up.asked(state, now, policy)
        case Ending():
            return asking.finished(state, now) if isinstance(state, Asking) else (state, ())
    return _done(state, event, now, policy)


def _done(state: State, event: Done, now: Moment, policy: Policy) -> Step:
    """What came of an effect."""
    match event:
        case Recalled() if isinstance(state, Asking):
            return asking.recalled(state, event, now, policy)
        case Recalled():
            return answering.recalled(state, event, now, policy)
        case PinChecked() if not isinstance(state, Saving | Asking):
            return guarding.pin_checked(state, event, now, policy)
        case Examined(findings) if isinstance(state, Checking):
            return checking.examined(state, findings, now)
        case VisitsListed():
            return guarding.listed(state, event, now, policy)
        case TakenBack() if isinstance(state, Saving) and not state.verdict.is_visit:
            return answering.taken_back(state, event, now, policy)
        case Saved() if isinstance(state, Saving) and state.verdict.is_visit:
            return answering.saved(state, now, policy)
        case NotSaved() if not isinstance(state, OutOfOrder):
            return answering.not_saved(state, now, policy)
    return state, ()


def _called(state: State, now: Moment, policy: Policy) -> Step:
    if not isinstance(state, Saving | Asking | Menu) and not must_stay(state):
        return answering.show(state.memory, Verdict(Reason.IDENTIFY), now, policy)
    # What is on the screen must stay; the ear finds the box too.
    return state, (Sound(cues.answer(Reason.IDENTIFY)),)
